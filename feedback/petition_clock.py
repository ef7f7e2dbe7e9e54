"""The clock of a petition: by when it must be refused, sent back, handled, published. Pure.

Working days of the Vietnamese calendar, counted from the day after the clock started, to the end of the
last one (Decision 766, criterion 5.2). The clock starts with the sending, and again with a transfer, a
supplement or a complaint about the answer.
"""

from __future__ import annotations

from datetime import datetime, time

from procedures.months import VIETNAM
from procedures.working_days import add_working_days

#: Working days within which each must be done.
REFUSE, SEND_BACK, HANDLE, PUBLISH = 2, 5, 15, 2
#: Working days before a deadline at which who handles it is reminded.
REMIND = 3

_END_OF_DAY = time(23, 59, 59)


def end_of_working_day(start: datetime, days: int) -> datetime:
    """The end, in Vietnam, of the ``days``-th working day after the day of ``start``."""
    day = add_working_days(start.astimezone(VIETNAM).date(), days)
    return datetime.combine(day, _END_OF_DAY, VIETNAM)


def refuse_by(clock_from: datetime) -> datetime:
    """By when a petition may be refused in time."""
    return end_of_working_day(clock_from, REFUSE)


def send_back_by(clock_from: datetime) -> datetime:
    """By when a supplement may be asked for in time."""
    return end_of_working_day(clock_from, SEND_BACK)


def handle_by(clock_from: datetime) -> datetime:
    """By when a petition must be answered, or have gone to another agency."""
    return end_of_working_day(clock_from, HANDLE)


def publish_by(answered_at: datetime) -> datetime:
    """By when an answer must be published, or be decided not to be."""
    return end_of_working_day(answered_at, PUBLISH)


def remind_from(deadline: datetime) -> datetime:
    """From when on who handles it is reminded of a deadline."""
    day = add_working_days(deadline.astimezone(VIETNAM).date(), -REMIND)
    return datetime.combine(day, time(0), VIETNAM)
