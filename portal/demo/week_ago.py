"""What the scores were a week ago, kept as that day's snapshot: so that pages can say what moved."""

from __future__ import annotations

from datetime import datetime

from procedures.months import month_of, months_between
from scoring.catalogue import refresh_catalogue
from scoring.periods import containing
from scoring.scorecards import refresh_scorecards
from scoring.snapshots import take_snapshots
from scoring.tally import recount_month
from scoring.turn import turn


def score_as_of(as_of: datetime, first_month: int) -> int:
    """Count from ``first_month`` on, grade the periods under way at ``as_of`` and keep their totals.

    Only those periods, since only they are kept; to be followed by a recount of everything. Returns
    how many totals were kept.
    """
    with turn():
        refresh_catalogue(None)
    for month in months_between(first_month, month_of(as_of)):
        with turn():
            recount_month(month, None, as_of)
    for period in containing(month_of(as_of)):
        with turn():
            refresh_scorecards(period, None, as_of)
    return take_snapshots(as_of)
