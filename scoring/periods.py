"""Periods: months, quarters, half-years and years, by the code they are stored and asked for under.

A period is made of whole months in Vietnamese time, so what is counted by month adds up to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from procedures.months import add_months, months_between

FIRST_YEAR, LAST_YEAR = 2000, 2999


class PeriodKind(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


_MONTHS_IN = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF_YEAR: 6,
    PeriodKind.YEAR: 12,
}
_CODES = {
    PeriodKind.MONTH: "{year}-M{number:02}",
    PeriodKind.QUARTER: "{year}-Q{number}",
    PeriodKind.HALF_YEAR: "{year}-H{number}",
    PeriodKind.YEAR: "{year}",
}
_CODE = re.compile(r"(2\d{3})(?:-M(0[1-9]|1[0-2])|-Q([1-4])|-H([12]))?", re.ASCII)

_LABELS = {
    PeriodKind.MONTH: (
        gettext_noop("January %(year)d"),
        gettext_noop("February %(year)d"),
        gettext_noop("March %(year)d"),
        gettext_noop("April %(year)d"),
        gettext_noop("May %(year)d"),
        gettext_noop("June %(year)d"),
        gettext_noop("July %(year)d"),
        gettext_noop("August %(year)d"),
        gettext_noop("September %(year)d"),
        gettext_noop("October %(year)d"),
        gettext_noop("November %(year)d"),
        gettext_noop("December %(year)d"),
    ),
    PeriodKind.QUARTER: (
        gettext_noop("First quarter of %(year)d"),
        gettext_noop("Second quarter of %(year)d"),
        gettext_noop("Third quarter of %(year)d"),
        gettext_noop("Fourth quarter of %(year)d"),
    ),
    PeriodKind.HALF_YEAR: (
        gettext_noop("First half of %(year)d"),
        gettext_noop("Second half of %(year)d"),
    ),
    PeriodKind.YEAR: (gettext_noop("Year %(year)d"),),
}


@dataclass(frozen=True)
class Period:
    """A month, quarter, half-year or year; ``number`` is its place in the year, from 1."""

    kind: PeriodKind
    year: int
    number: int = 1

    @staticmethod
    def parse(code: str) -> Period:
        """The period a code names: ``2026-M03``, ``2026-Q1``, ``2026-H1`` or ``2026``.

        Raises ValueError, saying what a code looks like, for anything else.
        """
        match = _CODE.fullmatch(code)
        if match is None:
            raise ValueError(
                f"{code!r} is not a period; write a month as 2026-M03, a quarter as 2026-Q1, "
                "a half-year as 2026-H1, a year as 2026."
            )
        year, month, quarter, half = match.groups()
        if month:
            return Period(PeriodKind.MONTH, int(year), int(month))
        if quarter:
            return Period(PeriodKind.QUARTER, int(year), int(quarter))
        if half:
            return Period(PeriodKind.HALF_YEAR, int(year), int(half))
        return Period(PeriodKind.YEAR, int(year))

    @staticmethod
    def of_month(month: int, kind: PeriodKind = PeriodKind.MONTH) -> Period:
        """The period of ``kind`` that ``month`` (yyyymm) lies in; ValueError if it is no month."""
        year, number = divmod(month, 100)
        if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= 12):
            raise ValueError(f"{month} is not a month; write March 2026 as 202603.")
        return Period(kind, year, (number - 1) // _MONTHS_IN[kind] + 1)

    @cached_property
    def code(self) -> str:
        """As stored and as in addresses: ``2026-M03``, ``2026-Q1``, ``2026-H1``, ``2026``."""
        return _CODES[self.kind].format(year=self.year, number=self.number)

    @cached_property
    def first(self) -> int:
        """Its first month, yyyymm."""
        return self.year * 100 + (self.number - 1) * _MONTHS_IN[self.kind] + 1

    @cached_property
    def last(self) -> int:
        """Its last month, yyyymm."""
        return self.first + _MONTHS_IN[self.kind] - 1

    @cached_property
    def months(self) -> tuple[int, ...]:
        """Its months, yyyymm, in order."""
        return tuple(months_between(self.first, self.last))

    def previous(self) -> Period:
        """The period of the same kind just before."""
        return Period.of_month(add_months(self.first, -1), self.kind)

    @property
    def label(self) -> str:
        """Its name in the reader's language: "Quý I/2026", "First quarter of 2026"."""
        return _(_LABELS[self.kind][self.number - 1]) % {"year": self.year}

    def __str__(self) -> str:
        return self.code


@cache
def containing(month: int) -> tuple[Period, Period, Period, Period]:
    """The month, quarter, half-year and year that ``month`` (yyyymm) counts towards."""
    return (
        Period.of_month(month, PeriodKind.MONTH),
        Period.of_month(month, PeriodKind.QUARTER),
        Period.of_month(month, PeriodKind.HALF_YEAR),
        Period.of_month(month, PeriodKind.YEAR),
    )
