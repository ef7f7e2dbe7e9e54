"""What every score was at the end of each day, so that pages can say what moved since last week."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, Subquery

from procedures.months import VIETNAM, month_of
from scoring.models import Scorecard, ScoreSnapshot
from scoring.periods import containing
from scoring.turn import turn


def take_snapshots(as_of: datetime) -> int:
    """Keep the totals and ranks of the periods under way as those of today, over earlier ones of
    today; returns how many."""
    day = as_of.astimezone(VIETNAM).date()
    codes = [period.code for period in containing(month_of(as_of))]
    with turn():
        ScoreSnapshot.objects.filter(taken_on=day, period__in=codes).delete()
        taken = ScoreSnapshot.objects.bulk_create(
            [
                ScoreSnapshot(agency_id=agency_id, period=period, taken_on=day, total=total, rank=rank)
                for agency_id, period, total, rank in Scorecard.objects.filter(period__in=codes).values_list(
                    "agency_id", "period", "total", "rank"
                )
            ],
            batch_size=2000,
        )
    return len(taken)


def total_before(days_ago: datetime) -> Subquery:
    """For a queryset of scorecards: the total it had at the end of the last day up to then."""
    earlier = ScoreSnapshot.objects.filter(
        agency=OuterRef("agency"),
        period=OuterRef("period"),
        taken_on__lte=days_ago.astimezone(VIETNAM).date(),
    )
    return Subquery(earlier.order_by("-taken_on").values("total")[:1])
