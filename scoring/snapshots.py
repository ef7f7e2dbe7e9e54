"""What every score was at the end of each day, so that pages can say what moved since last week."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from agencies.models import Agency
from procedures.months import VIETNAM, month_of
from scoring.models import Scorecard, ScoreSnapshot
from scoring.periods import Period, containing
from scoring.standings import OLDEST, WEEK
from scoring.turn import turn


def take_snapshots(as_of: datetime) -> int:
    """Keep the totals, ranks and points of the periods under way as those of today, over earlier ones
    of today; returns how many. Points by criterion are kept for as long as "last week" may reach back."""
    day = as_of.astimezone(VIETNAM).date()
    codes = [period.code for period in containing(month_of(as_of))]
    columns = ("agency_id", "period", "total", "rank", "criteria")
    with turn():
        ScoreSnapshot.objects.filter(taken_on=day, period__in=codes).delete()
        ScoreSnapshot.objects.filter(taken_on__lt=day - OLDEST, points__isnull=False).update(points=None)
        taken = ScoreSnapshot.objects.bulk_create(
            [
                ScoreSnapshot(
                    agency_id=agency_id,
                    period=period,
                    taken_on=day,
                    total=total,
                    rank=rank,
                    points={code: points for code, (_above, _below, points) in criteria.items()},
                )
                for agency_id, period, total, rank, criteria in Scorecard.objects.filter(
                    period__in=codes
                ).values_list(*columns)
            ],
            batch_size=2000,
        )
    return len(taken)


def points_last_week(agency: Agency, period: Period, as_of: datetime) -> dict[str, Decimal]:
    """The agency's points by criterion a week ago, of the newest day then; empty if none was kept."""
    today = as_of.astimezone(VIETNAM).date()
    days = ScoreSnapshot.objects.filter(
        agency=agency, period=period.code, taken_on__range=(today - OLDEST, today - WEEK)
    )
    points = days.order_by("-taken_on").values_list("points", flat=True).first()
    return {code: Decimal(value) for code, value in (points or {}).items() if value is not None}


def total_before(days_ago: datetime) -> Subquery:
    """For a queryset of scorecards: the total it had at the end of the last day up to then."""
    earlier = ScoreSnapshot.objects.filter(
        agency=OuterRef("agency"),
        period=OuterRef("period"),
        taken_on__lte=days_ago.astimezone(VIETNAM).date(),
    )
    return Subquery(earlier.order_by("-taken_on").values("total")[:1])
