"""Each day's scores are kept, points by criterion as long as "last week" may reach back to them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from agencies.models import Agency
from scoring.models import ScoreSnapshot
from scoring.periods import Period
from scoring.snapshots import points_last_week, take_snapshots
from tests.factories import AS_OF, NationFactory, ScorecardFactory, indicator_set

pytestmark = pytest.mark.django_db

MONTH = Period.parse("2026-M10")


@pytest.fixture
def nation() -> Agency:
    made: Agency = NationFactory()
    ScorecardFactory(agency=made, indicator_set=indicator_set(), period=MONTH.code, share=Decimal("0.5"))
    return made


def test_points_of_a_week_ago_are_known_a_week_later(nation: Agency) -> None:
    assert take_snapshots(AS_OF) == 1
    assert points_last_week(nation, MONTH, AS_OF) == {}
    later = points_last_week(nation, MONTH, AS_OF + timedelta(days=7))
    assert later["2.1"] == Decimal("10.00") and later["3.6"] == Decimal("5.00")
    assert set(later) == {"1.4", "2.1", "3.3", "3.6", "4.3", "5.2"}


def test_the_newest_day_at_least_a_week_back_counts(nation: Agency) -> None:
    for days, points in ((9, "1.00"), (8, "2.00"), (6, "3.00")):
        ScoreSnapshot.objects.create(
            agency=nation,
            period=MONTH.code,
            taken_on=(AS_OF - timedelta(days=days)).date(),
            total=1,
            points={"2.1": points, "5.2": None},
        )
    assert points_last_week(nation, MONTH, AS_OF) == {"2.1": Decimal("2.00")}


def test_points_go_after_a_fortnight_while_total_and_rank_stay(nation: Agency) -> None:
    take_snapshots(AS_OF)
    take_snapshots(AS_OF + timedelta(days=14))
    old = ScoreSnapshot.objects.earliest("taken_on")
    assert old.points is not None
    take_snapshots(AS_OF + timedelta(days=15))
    old.refresh_from_db()
    assert old.points is None and old.total == Decimal("50.00")


def test_a_second_time_on_a_day_replaces_the_first(nation: Agency) -> None:
    take_snapshots(AS_OF)
    take_snapshots(AS_OF + timedelta(hours=1))
    assert ScoreSnapshot.objects.count() == 1


def test_clearing_old_points_reads_no_other_days() -> None:
    old = ScoreSnapshot.objects.filter(taken_on__lt=date(2026, 1, 1), points__isnull=False)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # An empty table is read whole by any planner that may.
            cursor.execute("SET LOCAL enable_seqscan TO off")
    assert "snapshot_day" in old.explain()
