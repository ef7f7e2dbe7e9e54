"""Writing live scorecards: counts of a period, graded with the set in force, then ranked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db import connection

from agencies.bulk import copy_into, temp_table
from agencies.models import Agency
from scoring.grading import Grade, grade
from scoring.indicator_sets import NoSetInForceError, rule_set, set_in_force
from scoring.models import Scorecard
from scoring.peers import peer_class
from scoring.period_counts import Counts, period_counts
from scoring.periods import Period
from scoring.ranking import rank

TABLE = Scorecard._meta.db_table
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
    "ranked",
    "as_of",
    "changed_at",
)
#: What makes a scorecard another one; without a change in these its row is left as it is.
SUBSTANCE = ("peer_class", "indicator_set_id", "total", "groups", "criteria", "dossiers")


def refresh_scorecards(period: Period, agency_ids: Collection[int] | None, as_of: datetime) -> int:
    """Grade these agencies (None: all) in a period anew and rank their peers again.

    Nothing is written where nothing moved. An agency without any count in the period has no
    scorecard: no data is not zero. Returns how many scorecards moved. Runs in the caller's
    transaction, which holds the turn.
    """
    try:
        indicator_set = set_in_force(period.last)
    except NoSetInForceError:
        # Months from before the first set: counted, but nothing says how to grade them.
        return 0
    rules = rule_set(indicator_set)
    counts = period_counts(period, agency_ids, as_of)
    places = _places(agency_ids)
    lenders = _lenders(counts, places, period, as_of)
    classes: set[str] = set()

    def rows() -> Iterator[tuple[Any, ...]]:
        for agency_id, own in counts.items():
            kind, path = places[agency_id]
            peers = peer_class(kind, path)
            classes.add(peers)
            result = grade(own, rules, kind, lenders.get(_lender_of(path)))
            yield (
                agency_id,
                period.code,
                peers,
                indicator_set.pk,
                result.total,
                result.band or "",
                {code: str(points) for code, points in result.groups.items()},
                _criteria(result),
                dossiers_in_handling(own),
                0,
                as_of,
                as_of,
            )

    gone = Scorecard.objects.filter(period=period.code).exclude(agency_id__in=counts)
    if agency_ids is not None:
        gone = gone.filter(agency_id__in=agency_ids)
    classes.update(gone.order_by().values_list("peer_class", flat=True).distinct())
    gone.delete()
    moved = _write(rows())
    rank(period.code, indicator_set.minimum_dossiers, None if agency_ids is None else classes)
    return moved


def dossiers_in_handling(counts: Counts) -> int:
    """Dossiers that ended in the period or are open at its end: the population of criterion 2.1."""
    return sum(counts[name] for name in ("ended_on_time", "ended_late", "open_on_time", "open_late"))


def _criteria(result: Grade) -> dict[str, list[str | None]]:
    return {
        code: [
            None if value is None else str(value)
            for value in (criterion.numerator, criterion.denominator, criterion.points)
        ]
        for code, criterion in result.criteria.items()
    }


def _places(agency_ids: Collection[int] | None) -> dict[int, tuple[str, str]]:
    agencies = Agency.objects.order_by()
    if agency_ids is not None:
        agencies = agencies.filter(pk__in=agency_ids)
    return {pk: (kind, path) for pk, kind, path in agencies.values_list("pk", "kind", "path")}


def _lender_of(path: str) -> int | None:
    """The ministry or province whose criteria 1.1 to 1.3 an agency below it takes over."""
    steps = path.strip("/").split("/")
    return int(steps[1]) if len(steps) > 2 else None


def _lenders(
    counts: dict[int, Counts],
    places: dict[int, tuple[str, str]],
    period: Period,
    as_of: datetime,
) -> dict[int | None, Counts]:
    wanted = {_lender_of(places[agency_id][1]) for agency_id in counts} - {None}
    known = {pk: counts[pk] for pk in wanted if pk in counts}
    missing = [pk for pk in wanted if pk is not None and pk not in counts]
    return {**known, **(period_counts(period, missing, as_of) if missing else {})}


def _write(rows: Iterator[tuple[Any, ...]]) -> int:
    names = ", ".join(COLUMNS)
    sets = ", ".join(
        f"{name} = excluded.{name}" for name in COLUMNS if name not in ("agency_id", "period", "ranked")
    )
    differs = " OR ".join(f"{TABLE}.{name} <> excluded.{name}" for name in SUBSTANCE)
    temp_table(connection, "graded_scorecard", TABLE, COLUMNS)
    copy_into("graded_scorecard", COLUMNS, rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {TABLE} ({names})
            SELECT {names} FROM graded_scorecard WHERE true
            ON CONFLICT (agency_id, period) DO UPDATE SET {sets} WHERE {differs}
            """  # noqa: S608
        )
        return cursor.rowcount
