"""Steps of progress: a set, whatever the order in which they come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from procedures.models import STILL_OPEN, Dossier, DossierStep, InboxItem
from procedures.progress import sync_steps
from procedures.refusals import Reason
from procedures.sync import sync_dossiers
from procedures.sync_report import Outcome, SyncReport
from tests.procedures.conftest import AS_OF, Heard, World, at
from tests.procedures.sending import CODE, dossier, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(world: World) -> World:
    sync_dossiers([dossier(2)], client=world.client, as_of=AS_OF)
    return world


def send(world: World, *records: object) -> SyncReport:
    return sync_steps(records, client=world.client, as_of=AS_OF)  # type: ignore[arg-type]


def test_the_newest_step_is_the_dossiers_status(known: World) -> None:
    report = send(known, step(6, "03-09"), step(4, "03-06", post="Chuyên viên", unit="Phòng Hộ tịch"))

    assert report.outcomes == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert Dossier.objects.get().status == 6
    first = DossierStep.objects.order_by("at").first()
    assert first is not None
    assert (first.post, first.unit) == ("Chuyên viên", "Phòng Hộ tịch")


def test_a_step_ends_the_dossier_and_marks_its_months(known: World, heard: Heard) -> None:
    send(known, step(9, "03-09"))

    found = Dossier.objects.get()
    assert (found.status, found.record_status, found.ended_at) == (9, 2, at("03-09"))
    assert heard.spans == {(known.justice.pk, 202603, 202603)}


def test_a_step_that_changes_nothing_derived_marks_nothing(known: World, heard: Heard) -> None:
    send(known, step(2, "03-05", unit="Một cửa"))
    assert DossierStep.objects.count() == 1
    assert heard.spans == set()


def test_a_step_sent_twice_is_kept_once(known: World) -> None:
    report = send(known, step(4, "03-06"), step(4, "03-06"))
    again = send(known, step(4, "03-06"))

    assert report.outcomes == [Outcome.ACCEPTED, Outcome.UNCHANGED]
    assert again.outcomes == [Outcome.UNCHANGED]
    assert DossierStep.objects.count() == 1


def test_a_later_record_still_knows_the_steps(known: World) -> None:
    send(known, step(5, "03-06"), step(4, "03-08"))

    sync_dossiers([dossier(4, due_at=at("03-10"))], client=known.client, as_of=AS_OF)

    assert Dossier.objects.get().deadline_at == at("03-12")


def test_a_step_before_its_dossier_waits_and_is_taken_with_it(world: World) -> None:
    report = send(world, step(9, "03-09"))

    assert report.refusals[0].reason is Reason.UNKNOWN_DOSSIER
    item = InboxItem.objects.get()
    assert (item.kind, item.dossier_code, item.state) == ("step", CODE, "waiting")

    sync_dossiers([dossier(2)], client=world.client, as_of=AS_OF)

    item.refresh_from_db()
    assert item.state == InboxItem.State.RETRIED
    assert Dossier.objects.get().ended_at == at("03-09")


def test_a_step_of_another_provinces_dossier_is_refused(known: World) -> None:
    report = sync_steps([step(9, "03-09")], client=known.stranger, as_of=AS_OF)

    assert report.refusals[0].reason is Reason.OF_ANOTHER_SYSTEM
    assert Dossier.objects.get().ended_month == STILL_OPEN


def test_a_step_of_an_unknown_dossier_of_another_province_does_not_wait(world: World) -> None:
    report = sync_steps([step(9, "03-09")], client=world.stranger, as_of=AS_OF)
    assert report.refusals[0].reason is Reason.OUTSIDE_SUBTREE


def test_a_step_that_has_not_come_yet_is_refused(known: World) -> None:
    early = step(9, "03-09")
    early.at = AS_OF + timedelta(days=2)

    report = send(known, early, step(4, "03-06"))

    assert [(r.position, r.field, r.reason) for r in report.refusals] == [(0, "at", Reason.IN_THE_FUTURE)]
    assert DossierStep.objects.count() == 1


def test_queries_do_not_grow_with_the_batch(world: World, django_assert_max_num_queries: object) -> None:
    codes = [f"H44.01-{n}" for n in range(200)]
    sync_dossiers([dossier(2, code) for code in codes], client=world.client, as_of=AS_OF)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        send(world, *[step(9, "03-09", code) for code in codes])
    assert Dossier.objects.filter(ended_month=STILL_OPEN).count() == 0
