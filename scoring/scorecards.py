"""Writing live scorecards: counts of a period, graded with the set in force, then ranked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from agencies.bulk import copy_into, temp_table
from agencies.models import Agency
from scoring.grading import Grade, grade, used_names
from scoring.indicator_sets import NoSetInForceError, ranking_rules, rule_set, set_in_force
from scoring.models import Scorecard
from scoring.peers import peer_class
from scoring.period_counts import Counts, period_counts
from scoring.periods import Period
from scoring.ranking import places_among, rank
from scoring.ranking_rules import RankingRules

TABLE = Scorecard._meta.db_table
#: Where the scorecards of a period wait while they are compared with what stands.
GRADED = "graded_scorecard"
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
#: What was handled or waits to be, in a period.
IN_HANDLING = frozenset({"ended_on_time", "ended_late", "open_on_time", "open_late"})
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
    rules, ranking = rule_set(indicator_set), ranking_rules(indicator_set)
    names = used_names(rules) | IN_HANDLING
    counts = period_counts(period, agency_ids, as_of, names)
    places = _places(agency_ids)
    lenders = _lenders(counts, places, period, as_of, names)
    classes: set[str] = set()

    def rows() -> Iterator[tuple[Any, ...]]:
        for agency_id, own in counts.items():
            kind, path = places[agency_id]
            peers = peer_class(kind, path, ranking.peers)
            classes.add(peers)
            lender = lender_of(path)
            result = grade(own, rules, kind, None if lender is None else lenders.get(lender))
            yield (
                agency_id,
                period.code,
                peers,
                indicator_set.pk,
                result.total,
                result.band or "",
                _encode(result.groups).decode(),
                _criteria(result),
                dossiers_in_handling(own),
                as_of,
                as_of,
            )

    temp_table(connection, GRADED, TABLE, COLUMNS)
    copy_into(GRADED, COLUMNS, rows())
    classes |= _drop_gone(period, agency_ids, counts)
    moved = _write(ranking if agency_ids is None else None)
    rank(period.code, ranking, None if agency_ids is None else classes)
    return moved


def dossiers_in_handling(counts: Counts) -> int:
    """Dossiers that ended in the period or are open at its end: the population of criterion 2.1."""
    return sum(counts[name] for name in IN_HANDLING)


def _criteria(result: Grade) -> str:
    """Numerator, denominator and points by code of the criterion, as JSON."""
    return _encode({code: criterion[:3] for code, criterion in result.criteria.items()}).decode()


def _places(agency_ids: Collection[int] | None) -> dict[int, tuple[str, str]]:
    agencies = Agency.objects.order_by()
    if agency_ids is not None:
        agencies = agencies.filter(pk__in=agency_ids)
    return {pk: (kind, path) for pk, kind, path in agencies.values_list("pk", "kind", "path")}


def lender_of(path: str) -> int | None:
    """The ministry or province whose criteria 1.1 to 1.3 an agency below it takes over."""
    steps = path.strip("/").split("/")
    return int(steps[1]) if len(steps) > 2 else None


def _lenders(
    counts: dict[int, Counts],
    places: dict[int, tuple[str, str]],
    period: Period,
    as_of: datetime,
    names: Collection[str],
) -> dict[int, Counts]:
    wanted = {pk for agency_id in counts if (pk := lender_of(places[agency_id][1])) is not None}
    known = {pk: counts[pk] for pk in wanted if pk in counts}
    return known | period_counts(period, wanted - known.keys(), as_of, names)


def _drop_gone(period: Period, agency_ids: Collection[int] | None, counted: Collection[int]) -> set[str]:
    """Delete scorecards whose agency has nothing counted any more; returns their peer classes."""
    cards = Scorecard.objects.filter(period=period.code).order_by()
    if agency_ids is not None:
        cards = cards.filter(agency_id__in=agency_ids)
    standing = cards.values_list("pk", "agency_id", "peer_class")
    gone = {pk: peers for pk, agency_id, peers in standing if agency_id not in counted}
    Scorecard.objects.filter(pk__in=gone).delete()
    return set(gone.values())


def _write(ranking: RankingRules | None) -> int:
    """Put the graded scorecards in the place of those that differ; returns how many did.

    With ``ranking``, which says that all of the period are there, they get their ranks on
    the way, and so are not written twice.
    """
    names = ", ".join(COLUMNS)
    kept = ("agency_id", "period")
    sets = [f"{name} = excluded.{name}" for name in COLUMNS if name not in kept]
    ranks = "NULL, 0"
    if ranking is not None:
        ranks = places_among(ranking)
        sets += ["rank = excluded.rank", "ranked = excluded.ranked"]
    differs = " OR ".join(f"{TABLE}.{name} <> excluded.{name}" for name in SUBSTANCE)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {TABLE} ({names}, rank, ranked)
            SELECT {names}, {ranks} FROM {GRADED} WHERE true
            ON CONFLICT (agency_id, period) DO UPDATE SET {", ".join(sets)} WHERE {differs}
            """  # noqa: S608
        )
        return cursor.rowcount
