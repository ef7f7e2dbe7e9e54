"""Counts of a period graded by a set, as the rows that scorecards are stored from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from agencies.bulk import copy_into, temp_table
from scoring.grading import Grade, grade
from scoring.indicator_sets import ranking_rules, rule_set
from scoring.models import IndicatorSet
from scoring.peers import peer_class
from scoring.period_counts import Counts
from scoring.periods import Period

#: JSON in which decimals are strings, written five times faster than by the standard library.
_encode = msgspec.json.Encoder().encode
COLUMNS = (
    "agency_id",
    "period",
    "peer_class",
    "indicator_set_id",
    "total",
    "band",
    "groups",
    "criteria",
    "dossiers",
    "as_of",
    "changed_at",
)
#: What makes a scorecard another one; without a change in these its row is left as it is.
SUBSTANCE = ("peer_class", "indicator_set_id", "total", "groups", "criteria", "dossiers")
#: What was handled or waits to be, in a period.
IN_HANDLING = frozenset({"ended_on_time", "ended_late", "open_on_time", "open_late"})

Row = tuple[Any, ...]


class Counted(NamedTuple):
    """What is graded: the counts of agencies, the kind and path of each, and the counts of those whose
    criteria are inherited."""

    counts: Mapping[int, Counts]
    places: Mapping[int, tuple[str, str]]
    lenders: Mapping[int, Counts]
    as_of: datetime


def graded_rows(
    counted: Counted, indicator_set: IndicatorSet, period: Period, agency_ids: Collection[int]
) -> Iterator[Row]:
    """A row of ``COLUMNS`` for each of these agencies, graded by a set."""
    rules, peers = rule_set(indicator_set), ranking_rules(indicator_set).peers
    for agency_id in agency_ids:
        own = counted.counts[agency_id]
        kind, path = counted.places[agency_id]
        lender = lender_of(path)
        result = grade(own, rules, kind, None if lender is None else counted.lenders.get(lender))
        yield (
            agency_id,
            period.code,
            peer_class(kind, path, peers),
            indicator_set.pk,
            result.total,
            result.band or "",
            _encode(result.groups).decode(),
            _criteria(result),
            dossiers_in_handling(own),
            counted.as_of,
            counted.as_of,
        )


def dossiers_in_handling(counts: Mapping[str, int]) -> int:
    """Dossiers that ended in the period or are open at its end: the population of criterion 2.1."""
    return sum(counts[name] for name in IN_HANDLING)


def lender_of(path: str) -> int | None:
    """The ministry or province whose criteria 1.1 to 1.3 an agency below it takes over."""
    steps = path.strip("/").split("/")
    return int(steps[1]) if len(steps) > 2 else None


def lay_out(name: str, like_table: str, rows: Iterator[Row]) -> None:
    """Put rows in a temporary table, to be compared with what stands."""
    temp_table(connection, name, like_table, COLUMNS)
    copy_into(name, COLUMNS, rows)


def replace_differing(laid_out: str, table: str, ranks: str = "") -> int:
    """Put the rows of a temporary table in the place of those that differ; returns how many did.

    With ``ranks``, SQL for both columns of a place, they get their ranks on the way.
    """
    names = ", ".join(COLUMNS)
    kept = ("agency_id", "period")
    sets = [f"{name} = excluded.{name}" for name in COLUMNS if name not in kept]
    if ranks:
        sets += ["rank = excluded.rank", "ranked = excluded.ranked"]
    differs = " OR ".join(f"{table}.{name} <> excluded.{name}" for name in SUBSTANCE)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} ({names}, rank, ranked)
            SELECT {names}, {ranks or "NULL, 0"} FROM {laid_out} WHERE true
            ON CONFLICT (agency_id, period) DO UPDATE SET {", ".join(sets)} WHERE {differs}
            """  # noqa: S608
        )
        return cursor.rowcount


def _criteria(result: Grade) -> str:
    """Numerator, denominator and points by code of the criterion, as JSON."""
    return _encode({code: criterion[:3] for code, criterion in result.criteria.items()}).decode()
