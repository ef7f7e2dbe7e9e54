"""What every column of the published files means; counts are told by the measures' own labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from scoring.measures import MEASURES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class PublishedColumn:
    """A column's name and what it holds."""

    name: str
    meaning: _StrPromise | str


@dataclass(frozen=True)
class PublishedFile:
    """The end of a file's name, what it is, and its columns or fields."""

    name: str
    title: _StrPromise
    columns: list[PublishedColumn]


def columns_of() -> list[PublishedFile]:
    """The columns of the two CSV files, in their order, and the fields of the statement."""
    return [
        PublishedFile(
            "-scorecards.csv",
            _("Scorecards: an office a row"),
            [PublishedColumn(name, meaning) for name, meaning in SCORECARD_COLUMNS.items()],
        ),
        PublishedFile(
            "-counts.csv",
            _("Counts: an office a row, every count the formulas use"),
            [
                PublishedColumn("code", CODE),
                *(PublishedColumn(name, measure.label) for name, measure in MEASURES.items()),
            ],
        ),
        PublishedFile(
            "statement",
            _("The statement: what the fingerprint is made of"),
            [PublishedColumn(name, meaning) for name, meaning in STATEMENT_FIELDS.items()],
        ),
    ]


CODE = _("the office's code (mã định danh)")
SCORECARD_COLUMNS: dict[str, _StrPromise] = {
    "code": CODE,
    "name": _("the office's name when the period was closed"),
    "kind": _("nation, ministry, province, department, commune, unit …"),
    "parent": _("code of the office above it when the period was closed"),
    "inherits_from": _("code of the province or ministry whose counts its inherited criteria take"),
    "peer_class": _("with whom it is ranked: provinces, communes:H44 …"),
    "total": _("points, of the set's maximum"),
    "band": _("code of the band the total lies in"),
    "rank": _("place by total among the ranked of its class, ties share one; empty: too few dossiers"),
    "ranked": _("how many of its class are ranked"),
    "dossiers": _("dossiers that ended in the period or are open at its end"),
    "group:CODE": _("points of a block: the sum of its criteria"),
    "numerator:CODE": _("numerator of a criterion; empty: no data"),
    "denominator:CODE": _("denominator of a criterion; empty: no data"),
    "points:CODE": _("points of a criterion, rounded half up to two decimals; empty: for information"),
}
STATEMENT_FIELDS: dict[str, _StrPromise] = {
    "format": _("how the text under the fingerprint is written"),
    "number": _("its place among all publications, from 1"),
    "period": _("2026-M03 is a month, 2026-Q1 a quarter, 2026-H1 a half-year, 2026 a year"),
    "version": _("1, and one more with every correction"),
    "as_of": _("the moment at which the counts were frozen"),
    "offices": _("how many offices have a scorecard"),
    "content": _("SHA-256 of the indicator set and all offices"),
    "reason": _("why it is published or corrected"),
    "proposed_by": _("who proposed it"),
    "proposed_at": _("when it was proposed"),
    "approved_by": _("who approved it, another person"),
    "approved_at": _("when it was published"),
    "previous": _("fingerprint of the publication before it"),
}
