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


def period_counts(period: Period, agency_ids: Collection[int] | None, as_of: datetime) -> dict[int, Counts]:
    """Every measure of these agencies' subtrees in a period (None: of all), by agency id.

    Flows are summed over the period's months; what was carried over is that of its first month,
    what is still open that of its last one, or of the month of ``as_of`` if that comes earlier.
    An agency with nothing counted in the period is absent.
    """
    edge = min(period.last, month_of(as_of))
    among, ids = "", list(agency_ids or ())
    if agency_ids is not None:
        if not ids:
            return {}
        among = f"AND agency_id IN ({', '.join(['%s'] * len(ids))})"
    sums = ", ".join(
        f'SUM({_in_period(column, period, edge)}) AS "{column.name}"' for column in TALLY_COLUMNS
    )
    totals = ", ".join(f'SUM("{column.name}")' for column in TALLY_COLUMNS)
    distinct = ", ".join(_distinct(measure) for measure in DISTINCT_MEASURES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT agency_id, {totals}, {distinct}
            FROM (
                SELECT agency_id, procedure_id, {sums}
                FROM {Tally._meta.db_table}
                WHERE month BETWEEN %s AND %s AND scope IN ({Scope.SUBTREE}, {Scope.BOTH}) {among}
                GROUP BY agency_id, procedure_id
            ) by_procedure
            GROUP BY agency_id
            """,  # noqa: S608
            [period.first, edge, *ids],
        )
        rows = cursor.fetchall()
    names = [measure.name for measure in (*TALLY_COLUMNS, *DISTINCT_MEASURES)]
    offers = catalogue_counts(agency_ids)
    return {
        agency_id: dict(zip(names, map(int, values), strict=True)) | offers.get(agency_id, NO_OFFERS)
        for agency_id, *values in rows
    }


def _in_period(column: Column, period: Period, edge: int) -> str:
    if column.kind is Kind.FLOW:
        return f'"{column.name}"'
    month = edge if column.kind is Kind.STOCK_AT_END else period.first
    return f'CASE WHEN month = {month} THEN "{column.name}" ELSE 0 END'


def _distinct(measure: DistinctMeasure) -> str:
    conditions = [
        "procedure_id IS NOT NULL",
        *(f'"{name}" > 0' for name in measure.some),
        *(f'"{name}" = 0' for name in measure.none),
    ]
    return f"COUNT(*) FILTER (WHERE {' AND '.join(conditions)})"
