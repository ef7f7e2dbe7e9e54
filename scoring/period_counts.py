"""From months to periods: the counts of agencies in a period, exactly from their tallies."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from procedures.months import month_of
from scoring.catalogue import catalogue_counts
from scoring.measures import (
    CATALOGUE_MEASURES,
    DISTINCT_MEASURES,
    TALLY_COLUMNS,
    Column,
    DistinctMeasure,
    Kind,
)
from scoring.models import Tally
from scoring.models.tally import Scope
from scoring.periods import Period

#: The counts of one agency, by the name of the measure.
Counts = dict[str, int]

NO_OFFERS: Counts = {measure.name: 0 for measure in CATALOGUE_MEASURES}


def period_counts(
    period: Period,
    agency_ids: Collection[int] | None,
    as_of: datetime,
    names: Collection[str] | None = None,
) -> dict[int, Counts]:
    """The measures called ``names`` (None: every one) of these agencies' subtrees in a period
    (None: of all), by agency id.

    Flows are summed over the period's months; what was carried over is that of its first month,
    what is still open that of its last one, or of the month of ``as_of`` if that comes earlier.
    An agency with nothing counted in the period is absent.
    """
    edge = min(period.last, month_of(as_of))
    months = [month for month in period.months if month <= edge]
    if not months or (agency_ids is not None and not agency_ids):
        return {}
    columns = [column for column in TALLY_COLUMNS if names is None or column.name in names]
    measures = [measure for measure in DISTINCT_MEASURES if names is None or measure.name in names]
    tallies, among = _tallies(months, agency_ids)
    sums = {column.name: _sum(column, period, edge) for column in columns}
    distinct = {measure.name: _distinct(measure) for measure in measures}
    offers = catalogue_counts(agency_ids)
    by_agency = f"SELECT agency_id{{}} FROM {tallies} GROUP BY agency_id"  # noqa: S608
    if len(months) == 1 or not measures:
        # A month has one row a procedure and source, so its procedures are counted as they stand.
        counts = _counts(by_agency, sums | distinct, among)
        return {agency_id: own | offers.get(agency_id, NO_OFFERS) for agency_id, own in counts.items()}
    # Apart: grouping by procedure is dear, and only these few columns need it.
    counts = _counts(by_agency, sums, among)
    by_procedure = f"SELECT agency_id, procedure_id, {_telling(measures)} FROM {tallies} GROUP BY 1, 2"  # noqa: S608
    procedures = _counts(
        f"SELECT agency_id{{}} FROM ({by_procedure}) used GROUP BY agency_id",  # noqa: S608
        distinct,
        among,
    )
    return {
        agency_id: own | procedures[agency_id] | offers.get(agency_id, NO_OFFERS)
        for agency_id, own in counts.items()
    }


def _tallies(months: list[int], agency_ids: Collection[int] | None) -> tuple[str, list[int]]:
    """The rows of whole subtrees in these months, and the parameters that stand in them."""
    among, ids = "", list(agency_ids or ())
    if ids:
        among = f"AND agency_id IN ({', '.join(['%s'] * len(ids))})"
    # Month by month, so that few agencies are looked up in the index and not searched in a year of it.
    listed = f"month IN ({', '.join(map(str, months))}) AND scope IN ({Scope.SUBTREE}, {Scope.BOTH})"
    return f"{Tally._meta.db_table} WHERE {listed} {among}", ids


def _counts(query: str, measures: dict[str, str], parameters: list[int]) -> dict[int, Counts]:
    """Counts by agency: ``query`` takes the measures' SQL in its braces."""
    with connection.cursor() as cursor:
        cursor.execute(query.format("".join(f", {counted}" for counted in measures.values())), parameters)
        return {
            agency_id: dict(zip(measures, values, strict=True)) for agency_id, *values in cursor.fetchall()
        }


def _sum(column: Column, period: Period, edge: int) -> str:
    counted = f'"{column.name}"'
    if column.kind is not Kind.FLOW:
        month = edge if column.kind is Kind.STOCK_AT_END else period.first
        counted = f"CASE WHEN month = {month} THEN {counted} ELSE 0 END"
    # A sum of big integers is no integer any more on PostgreSQL.
    return f"CAST(SUM({counted}) AS BIGINT)"


def _telling(measures: Collection[DistinctMeasure]) -> str:
    """The columns that tell which procedures these count, each at its highest in the period.

    They are never negative, so that a highest of zero is zero throughout.
    """
    names = sorted({name for measure in measures for name in (*measure.some, *measure.none)})
    return ", ".join(f'MAX("{name}") AS "{name}"' for name in names)


def _distinct(measure: DistinctMeasure) -> str:
    conditions = [
        "procedure_id IS NOT NULL",
        *(f'"{name}" > 0' for name in measure.some),
        *(f'"{name}" = 0' for name in measure.none),
    ]
    return f"COUNT(*) FILTER (WHERE {' AND '.join(conditions)})"
