"""The Vietnamese working calendar: holidays, days off in lieu, Saturdays worked instead."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.working_days import (
    add_working_days,
    is_working_day,
    working_days_between,
    working_seconds,
)

DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("off", "worked_instead"),
    [
        (date(2015, 1, 2), date(2014, 12, 27)),
        (date(2018, 12, 31), date(2019, 1, 5)),
        (date(2019, 4, 29), date(2019, 5, 4)),
        (date(2024, 4, 29), date(2024, 5, 4)),
        (date(2025, 5, 2), date(2025, 4, 26)),
        (date(2026, 1, 2), date(2026, 1, 10)),
        (date(2026, 8, 31), date(2026, 8, 22)),
    ],
)
def test_swapped_days(off: date, worked_instead: date) -> None:
    assert off.weekday() < 5
    assert worked_instead.weekday() == 5
    assert not is_working_day(off)
    # The package knows the Saturdays of the years it was asked for.
    assert is_working_day(worked_instead) or worked_instead.year < 2015


def test_lunar_new_year_2026_is_a_week_off() -> None:
    week = [date(2026, 2, 14) + timedelta(days=n) for n in range(9)]

    assert [day for day in week if is_working_day(day)] == []
    assert is_working_day(date(2026, 2, 13))
    assert is_working_day(date(2026, 2, 23))


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 3, 2), 5, date(2026, 3, 9)),
        (date(2026, 2, 12), 2, date(2026, 2, 23)),  # over the lunar new year
        (date(2026, 1, 9), 1, date(2026, 1, 10)),  # a Saturday worked
        (date(2025, 12, 31), 1, date(2026, 1, 5)),  # 1 January, the day swapped, a weekend
        (date(2026, 3, 7), 1, date(2026, 3, 9)),  # from a Saturday
        (date(2026, 3, 9), -5, date(2026, 3, 2)),
        (date(2026, 3, 8), -1, date(2026, 3, 6)),  # from a Sunday
        (date(2026, 3, 8), 0, date(2026, 3, 8)),
    ],
)
def test_adding_working_days(day: date, count: int, expected: date) -> None:
    assert add_working_days(day, count) == expected


@given(DAYS, st.integers(1, 400))
def test_adding_agrees_with_counting_day_by_day(day: date, count: int) -> None:
    reached, left = day, count
    while left:
        reached += timedelta(days=1)
        left -= is_working_day(reached)

    assert add_working_days(day, count) == reached
    assert working_days_between(day, reached) == count
    assert working_days_between(reached, day) == -count


@given(DAYS, st.integers(1, 400))
def test_going_back_agrees_with_counting_day_by_day(day: date, count: int) -> None:
    reached, left = day, count
    while left:
        reached -= timedelta(days=1)
        left -= is_working_day(reached)

    assert add_working_days(day, -count) == reached


def test_working_time_stands_still_over_a_weekend() -> None:
    friday_four, monday_nine = (date(2026, 3, 6), 16 * 3600), (date(2026, 3, 9), 9 * 3600)

    assert working_seconds(*monday_nine) - working_seconds(*friday_four) == 17 * 3600
    assert working_seconds(date(2026, 3, 7), 3600) == working_seconds(date(2026, 3, 8), 7200)


def test_years_without_a_calendar_have_weekends_only() -> None:
    assert is_working_day(date(2050, 9, 2))
    assert not is_working_day(date(2050, 9, 3))


@pytest.mark.parametrize("day", [date(1989, 12, 31), date(2071, 1, 1)])
def test_days_outside_the_calendar_are_refused(day: date) -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        is_working_day(day)
