"""Two workers called to the same procedure, and systems sending meanwhile. On PostgreSQL."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from procedures import limit_changes
from procedures.catalogue import save_procedures
from procedures.limit_changes import run
from procedures.models import Dossier, Rederivation
from procedures.sync import sync_dossiers
from tests.procedures.conftest import AS_OF, World, make_world
from tests.procedures.sending import dossier

pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def waiting(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """A hundred dossiers that wait to be derived anew, in portions of ten."""
    assert connection.vendor == "postgresql", "Run with `python -m tests.real_services pytest -m real`."
    monkeypatch.setattr(limit_changes, "AT_ONCE", 5)
    monkeypatch.setattr(limit_changes, "BATCH", 10)
    world = make_world()
    records = [dossier(4, f"H44.01-260301-{number:05}") for number in range(100)]
    sync_dossiers(records, client=world.client, as_of=AS_OF)
    world.procedure.processing_time = 1
    save_procedures([world.procedure], as_of=AS_OF)
    return world


def test_who_comes_second_waits_for_nobody(waiting: World) -> None:
    taken, go_on = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Rederivation.objects.select_for_update().get()
                taken.set()
                go_on.wait(20)
        finally:
            connection.close()

    other = Thread(target=hold)
    other.start()
    assert taken.wait(10)
    run(waiting.procedure.pk, lambda: AS_OF)
    assert Rederivation.objects.get().derived == 0
    go_on.set()
    other.join(10)
    run(waiting.procedure.pk, lambda: AS_OF)
    assert not Rederivation.objects.exists()


def test_two_workers_and_a_system_that_sends_leave_every_dossier_right(waiting: World) -> None:
    def work() -> None:
        try:
            run(waiting.procedure.pk, lambda: AS_OF)
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    later = [dossier(5, f"H44.01-260301-{number:05}") for number in range(120)]
    sync_dossiers(later, client=waiting.client, as_of=AS_OF)
    for worker in workers:
        worker.join(30)
    while Rederivation.objects.exists():
        run(waiting.procedure.pk, lambda: AS_OF)
    assert Dossier.objects.count() == 120
    assert len(set(Dossier.objects.values_list("deadline_at", flat=True))) == 1
