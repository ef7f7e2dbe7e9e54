"""Ranks: descending total within the peer class, ties share a rank."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from scoring.models import Scorecard


def rank(period: str, minimum_dossiers: int, peer_classes: Collection[str] | None = None) -> int:
    """Rank the period's scorecards within their peer classes (None: all classes).

    An agency with fewer than ``minimum_dossiers`` is not ranked. Returns how many rows changed.
    """
    among, classes = "", list(peer_classes or ())
    if peer_classes is not None:
        if not classes:
            return 0
        among = f"AND peer_class IN ({', '.join(['%s'] * len(classes))})"
    table = Scorecard._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} SET rank = placed.rank, ranked = placed.ranked
            FROM (
                SELECT id, {places_among(minimum_dossiers)} FROM {table} WHERE period = %s {among}
            ) placed
            WHERE {table}.id = placed.id AND (
                {table}.rank IS DISTINCT FROM placed.rank OR {table}.ranked <> placed.ranked
            )
            """,  # noqa: S608
            [period, *classes],
        )
        return cursor.rowcount


def places_among(minimum_dossiers: int) -> str:
    """SQL for ``rank`` and ``ranked`` over rows of one period that hold whole peer classes."""
    eligible = f"(dossiers >= {int(minimum_dossiers)} OR peer_class = 'nation')"
    return f"""
        CASE WHEN {eligible}
            THEN RANK() OVER (PARTITION BY peer_class, {eligible} ORDER BY total DESC)
        END AS rank,
        COUNT(*) FILTER (WHERE {eligible}) OVER (PARTITION BY peer_class) AS ranked
    """
