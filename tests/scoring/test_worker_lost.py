"""A worker killed in the middle of a recount: another does the work, nothing is lost or doubled."""

import time
from collections.abc import Callable

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from portal.serving.child import Child
from scoring.models import DirtyMonth, Scorecard, Tally
from scoring.models.tally import Scope
from scoring.outbox import CATALOGUE, mark
from scoring.recount import recount_all
from scoring.tasks import recount, sweep
from tests.scoring.country import NOW, make_country, make_dossier, on
from tests.scoring.test_recount import state

pytestmark = pytest.mark.real


def wait_until(what: Callable[[], object], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def waiting_for_a_lock() -> bool:
    """Whether some connection to this database stands still before a table lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'relation'"
        )
        return cursor.fetchone() is not None


def test_kill_9_in_the_middle_of_a_recount(celery_worker_process: Child) -> None:
    call_command("load_indicators", verbosity=0)
    country = make_country()
    for agency in country.handling:
        make_dossier(agency, country.marriage, on(3, 2), ended_at=on(3, 20))
        make_dossier(agency, country.licence, on(4, 9), ended_at=on(4, 12))
    settings = connection.settings_dict
    with psycopg.connect(
        dbname=settings["NAME"], user=settings["USER"], host=settings["HOST"], port=settings["PORT"]
    ) as other:
        # Whoever recounts gets as far as the scorecards, its tallies written but not committed.
        other.execute(f"LOCK TABLE {Scorecard._meta.db_table} IN SHARE MODE")
        mark({(agency.pk, 202603, 202604) for agency in country.handling})
        mark({(agency.pk, CATALOGUE, CATALOGUE) for agency in country.handling})
        recount.delay()
        wait_until(waiting_for_a_lock)
        celery_worker_process.kill_group()
    wait_until(lambda: not waiting_for_a_lock())
    assert not Tally.objects.exists() and not Scorecard.objects.exists()
    assert DirtyMonth.objects.count() == 3 * len(country.handling)

    celery_worker_process.start()
    sweep.delay()
    wait_until(lambda: not DirtyMonth.objects.exists())
    own = Tally.objects.exclude(scope=Scope.SUBTREE)
    assert sum(own.values_list("received", flat=True)) == 2 * len(country.handling)
    recovered = state()
    recount_all(NOW)
    assert state() == recovered
