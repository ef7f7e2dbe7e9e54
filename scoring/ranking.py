"""Ranks: descending total within the peer class, by the ranking rules of the indicator set, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection

from agencies.bulk import json_number
from scoring.models import DerivedScorecard, Scorecard
from scoring.ranking_rules import WITHOUT_POINTS, RankingRules, Ties


def rank(period: str, rules: RankingRules, peer_classes: Collection[str] | None = None) -> int:
    """Rank the period's scorecards within their peer classes (None: all classes).

    Returns how many rows changed.
    """
    among, classes = "", list(peer_classes or ())
    if peer_classes is not None:
        if not classes:
            return 0
        among = f"AND peer_class IN ({', '.join(['%s'] * len(classes))})"
    return _rank_in(Scorecard._meta.db_table, "period = %s", [period, *classes], rules, among)


def rank_derived(period: str, indicator_set_id: int, rules: RankingRules) -> int:
    """Rank the period's results by a derived set among the offices it is for; returns how many changed."""
    mine = "period = %s AND indicator_set_id = %s"
    return _rank_in(DerivedScorecard._meta.db_table, mine, [period, indicator_set_id], rules)


def _rank_in(
    table: str, condition: str, parameters: Sequence[str | int], rules: RankingRules, among: str = ""
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} SET rank = placed.rank, ranked = placed.ranked
            FROM (
                SELECT id, {places_among(rules)} FROM {table} WHERE {condition} {among}
            ) placed
            WHERE {table}.id = placed.id AND (
                {table}.rank IS DISTINCT FROM placed.rank OR {table}.ranked <> placed.ranked
            )
            """,  # noqa: S608
            parameters,
        )
        return cursor.rowcount


def places_among(rules: RankingRules) -> str:
    """SQL for ``rank`` and ``ranked`` over rows of one period that hold whole peer classes."""
    eligible = f"(dossiers >= {int(rules.minimum_dossiers)} OR peer_class = 'nation')"
    placed = "DENSE_RANK()" if rules.ties is Ties.DENSE else "RANK()"
    order = "total DESC"
    if rules.deciding:
        order += f", COALESCE({json_number('criteria', rules.deciding, 2)}, {WITHOUT_POINTS}) DESC"
    return f"""
        CASE WHEN {eligible}
            THEN {placed} OVER (PARTITION BY peer_class, {eligible} ORDER BY {order})
        END AS rank,
        COUNT(*) FILTER (WHERE {eligible}) OVER (PARTITION BY peer_class) AS ranked
    """
