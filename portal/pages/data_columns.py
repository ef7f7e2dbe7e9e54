"""What every column of the open data means; counts are told by the measures' own labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from scoring.measures import CATALOGUE_MEASURES, MEASURES, Column, Kind, Measure

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KIND_MEANINGS = {
    Kind.FLOW: _("adds up over months"),
    Kind.STOCK_AT_START: _("as at the start of the month"),
    Kind.STOCK_AT_END: _("as at the end of the month"),
}
DISTINCT = _("each procedure once; does not add up")
CATALOGUE = _("as of now")

PERIOD = _("the period: 2026-M03 is a month, 2026-Q1 a quarter, 2026-H1 a half-year, 2026 a year")
CODE = _("the office's code (mã định danh)")
NAME = _("the office's name")


@dataclass(frozen=True)
class ColumnMeaning:
    """A column's name and what it holds; for counts, how months combine."""

    name: str
    meaning: _StrPromise
    combines: _StrPromise | str = ""


@dataclass(frozen=True)
class FileMeaning:
    """A file's title and its columns."""

    title: _StrPromise
    columns: list[ColumnMeaning]


def columns_by_file() -> list[FileMeaning]:
    """The columns of every file, in their order."""
    return [
        FileMeaning(
            _("Standings"),
            [
                ColumnMeaning("period", PERIOD),
                ColumnMeaning("rank", _("place among its peers; empty: too few dossiers to be ranked")),
                ColumnMeaning("ranked", _("how many peers are ranked")),
                ColumnMeaning("code", CODE),
                ColumnMeaning("name", NAME),
                ColumnMeaning("total", _("points out of 100")),
                ColumnMeaning("band", _("excellent, good, fair, average or weak")),
                ColumnMeaning("CKMB … MDHL", _("points of each block of criteria")),
                ColumnMeaning("dossiers", _("dossiers that ended in the period or are open at its end")),
                ColumnMeaning(
                    "change_since_previous_period", _("points more or less than in the period before")
                ),
                ColumnMeaning("change_since_last_week", _("points more or less than a week ago")),
                ColumnMeaning("as_of", _("the moment up to which was counted")),
            ],
        ),
        FileMeaning(
            _("Criteria"),
            [
                ColumnMeaning("period", PERIOD),
                ColumnMeaning("code", CODE),
                ColumnMeaning("name", NAME),
                ColumnMeaning("criterion", _("the criterion's number in the indicator set")),
                ColumnMeaning("numerator", _("what was counted; empty: no data")),
                ColumnMeaning("denominator", _("out of how many; empty: no data")),
                ColumnMeaning("rate", _("numerator ÷ denominator, from 0 to 1")),
                ColumnMeaning("points", _("points earned; empty: shown for information")),
                ColumnMeaning("max", _("points that can be earned")),
                ColumnMeaning("inherited", _("true: taken from the province or ministry above")),
            ],
        ),
        FileMeaning(
            _("Counts by month"),
            [
                ColumnMeaning("month", PERIOD),
                ColumnMeaning("code", CODE),
                ColumnMeaning("name", NAME),
                *(_of(measure) for measure in MEASURES.values()),
            ],
        ),
    ]


def _of(measure: Measure) -> ColumnMeaning:
    if isinstance(measure, Column):
        return ColumnMeaning(measure.name, measure.label, KIND_MEANINGS[measure.kind])
    combines = CATALOGUE if measure in CATALOGUE_MEASURES else DISTINCT
    return ColumnMeaning(measure.name, measure.label, combines)
