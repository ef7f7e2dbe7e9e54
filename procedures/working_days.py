"""Working days of the Vietnamese state, with the days it swaps.

Holidays, days off in lieu and the Saturdays worked instead come from the ``holidays`` package; what
the package does not know yet is listed here. Between 1990 and 2070 outside the years it covers, only
weekends are off: no calendar has been announced for them.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import holidays

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2070, 12, 31)
_FIRST, _LENGTH = FIRST_DAY.toordinal(), (LAST_DAY - FIRST_DAY).days + 1
YEARS_WITH_HOLIDAYS = range(2015, 2041)

#: Swaps announced but absent from the package: the day off, and the Saturday worked for it.
#: 2 January 2026 for 10 January: notice of the Ministry of Home Affairs of 25 December 2025.
FURTHER_SWAPS = {date(2026, 1, 2): date(2026, 1, 10)}


class _Calendar(NamedTuple):
    #: ``before[i]``: working days before the day ``i`` days after FIRST_DAY.
    before: list[int]
    #: The working days, in order, as days after FIRST_DAY.
    working: list[int]


@lru_cache(maxsize=1)
def _calendar() -> _Calendar:
    known = holidays.country_holidays("VN", years=YEARS_WITH_HOLIDAYS)
    days_off = set(known) | set(FURTHER_SWAPS)
    worked = set(known.weekend_workdays) | set(FURTHER_SWAPS.values())
    before, working = [0], []
    for index in range(_LENGTH):
        day = FIRST_DAY + timedelta(index)
        if day in worked or (day.weekday() < 5 and day not in days_off):
            working.append(index)
        before.append(len(working))
    return _Calendar(before, working)


def _index(day: date) -> int:
    index = day.toordinal() - _FIRST
    if not 0 <= index < _LENGTH:
        raise ValueError(f"{day} lies outside the calendar ({FIRST_DAY} to {LAST_DAY}).")
    return index


def is_working_day(day: date) -> bool:
    """Whether state offices work on ``day``. Raises ValueError outside the calendar."""
    before, index = _calendar().before, _index(day)
    return before[index + 1] > before[index]


def add_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``, or before it when ``count`` is negative.

    ``day`` itself is never counted (Civil Code 2015, article 147) and comes back for a count of 0.
    Raises ValueError outside the calendar.
    """
    if not count:
        return day
    calendar, index = _calendar(), _index(day)
    place = calendar.before[index + 1] - 1 + count if count > 0 else calendar.before[index] + count
    if not 0 <= place < len(calendar.working):
        raise ValueError(f"{count} working days from {day} lie outside the calendar.")
    return FIRST_DAY + timedelta(calendar.working[place])


def working_days_between(first: date, last: date) -> int:
    """Working days after ``first`` up to and including ``last``; negative when they are reversed.

    For n of 0 or more, ``working_days_between(d, add_working_days(d, n)) == n``. Raises ValueError
    outside the calendar.
    """
    before = _calendar().before
    if first > last:
        return -working_days_between(last, first)
    return before[_index(last) + 1] - before[_index(first) + 1]


def working_seconds(day: date, second: int) -> int:
    """Seconds of working days, each whole, from the calendar's beginning to ``second`` of ``day``.

    The difference of two of them measures time. Raises ValueError outside the calendar.
    """
    before, index = _calendar().before, _index(day)
    # The day's own seconds count by the working days it is: one or none.
    return before[index] * 86_400 + (before[index + 1] - before[index]) * second
