"""Another deadline reaches every dossier: a few at once, many in the background, whatever is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from procedures import limit_changes
from procedures.catalogue import save_procedures
from procedures.limit_changes import run, sweep
from procedures.models import Dossier, Rederivation
from procedures.sync import sync_dossiers
from procedures.tasks import rederive_procedure, sweep_rederivations
from tests.people import account
from tests.procedures.conftest import AS_OF, Heard, World
from tests.procedures.sending import dossier
from tests.signing_in import give_app, signed_in

DOSSIERS = 7


@pytest.fixture
def many(world: World, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> World:
    """More dossiers than are derived at once, in portions of three."""
    monkeypatch.setattr(limit_changes, "AT_ONCE", 5)
    monkeypatch.setattr(limit_changes, "BATCH", 3)
    sync_dossiers(
        [dossier(4, f"H44.01-260301-{number:05}") for number in range(DOSSIERS)],
        client=world.client,
        as_of=AS_OF,
    )
    heard.spans.clear()
    return world


def shorten(world: World, time: int = 1) -> None:
    world.procedure.processing_time = time
    save_procedures([world.procedure], as_of=AS_OF)


def deadlines() -> set[Any]:
    return set(Dossier.objects.values_list("deadline_at", flat=True))


def clock() -> Any:
    return AS_OF


def test_a_few_are_derived_at_once(many: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit_changes, "AT_ONCE", DOSSIERS)
    before = deadlines()
    shorten(many)
    assert not Rederivation.objects.exists()
    assert len(deadlines()) == 1 and deadlines() != before


def test_many_wait_for_a_worker(many: World, heard: Heard, django_capture_on_commit_callbacks: Any) -> None:
    before = deadlines()
    with django_capture_on_commit_callbacks() as calls:
        shorten(many)
    assert deadlines() == before and heard.spans == set()
    assert len(calls) == 2, "a worker for the dossiers, and one for the catalogue's counts"
    run(many.procedure.pk, clock)
    assert not Rederivation.objects.exists()
    assert len(deadlines()) == 1 and deadlines() != before
    assert heard.spans == {(many.justice.pk, 202603, 202603)}


def test_a_turn_ends_and_the_next_goes_on_from_there(
    many: World, django_capture_on_commit_callbacks: Any
) -> None:
    shorten(many)
    with django_capture_on_commit_callbacks() as calls:
        run(many.procedure.pk, clock, seconds=-1)
    row = Rederivation.objects.get()
    assert row.derived == 3 and 0 < row.percent < 100
    assert len(deadlines()) == 2
    assert len(calls) == 2, "a worker for the next turn, and one for the months derived"
    run(many.procedure.pk, clock)
    assert len(deadlines()) == 1 and not Rederivation.objects.exists()


def test_another_change_on_the_way_begins_again(many: World) -> None:
    shorten(many)
    run(many.procedure.pk, clock, seconds=-1)
    shorten(many, 2)
    assert Rederivation.objects.get().after == 0
    run(many.procedure.pk, clock)
    assert len(deadlines()) == 1


def test_a_failure_keeps_what_was_done_and_what_is_left(many: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(many)
    derive: Callable[..., None] = limit_changes.rederive_portion
    portions: list[Any] = []

    def dying(ids: Any, as_of: Any) -> None:
        derive(ids, as_of)
        portions.append(ids)
        if len(portions) == 2:
            raise RuntimeError("the worker is gone")

    monkeypatch.setattr(limit_changes, "rederive_portion", dying)
    with pytest.raises(RuntimeError):
        run(many.procedure.pk, clock)
    assert Rederivation.objects.get().derived == 3 and len(deadlines()) == 2
    monkeypatch.undo()
    rederive_procedure(many.procedure.pk)
    assert len(deadlines()) == 1 and not Rederivation.objects.exists()


def test_the_sweep_calls_for_what_waits(many: World, django_capture_on_commit_callbacks: Any) -> None:
    assert sweep() == 0
    shorten(many)
    with django_capture_on_commit_callbacks() as calls:
        sweep_rederivations()
    assert len(calls) == 1


def test_nothing_is_left_to_a_second_worker(many: World) -> None:
    run(many.procedure.pk, clock)
    assert not Rederivation.objects.exists()


def test_the_procedures_page_tells_how_far(many: World) -> None:
    operator = account("root")
    operator.is_superuser = True
    operator.save()
    give_app(operator)
    browser = signed_in(operator)
    page = reverse("admin:procedures_procedure_change", args=[many.procedure.pk])
    form = browser.get(page).context["adminform"].form
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    saved = browser.post(page, {**values, "processing_time": 1, "_continue": "1"}, follow=True)
    assert saved.status_code == 200
    assert any(many.procedure.code in str(message) for message in saved.context["messages"])
    run(many.procedure.pk, timezone.now, seconds=-1)
    row = Rederivation.objects.get()
    assert f"{row.percent} %" in browser.get(page).content.decode()
    run(many.procedure.pk, timezone.now)
    assert f"{row.percent} %" not in browser.get(page).content.decode()
