"""Row 2: everything counted anew, against the bare counting query."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from procedures.models import Dossier
from procedures.months import edge_of
from scoring.measures import DOSSIER_COLUMNS, Moment
from scoring.models import Scorecard, Tally
from scoring.recount import recount_all
from scoring.tally import own_counts, recount_month
from scoring.turn import turn
from tests.bench.country import MONTHS, NOW, build
from tests.bench.measuring import Row, interleaved, say


def rows(quick: bool) -> list[Row]:
    """Counting alone, and all the way to ranked scorecards."""
    dossiers, rounds = (100_000, 1) if quick else (2_000_000, 3)
    say(f"a country with {dossiers:,} dossiers")
    build(f"dossiers_{dossiers}", dossiers)
    say("full recount")
    taken = interleaved(
        rounds,
        {
            "by month": count_by_month,
            "at once": count_at_once,
            "full": recount_from_nothing,
            "counts": recount_months,
        },
    )
    raw = min(taken["by month"], taken["at once"])
    how = "by month" if raw == taken["by month"] else "in one statement"
    baseline = f"{raw:.1f} s  bare GROUP BY, {how}"
    cells = Tally.objects.count()
    return [
        Row(
            "2 full recount",
            f"{dossiers:,} dossiers → {cells:,} tallies → {Scorecard.objects.count():,} ranked scorecards",
            f"{taken['full']:.1f} s",
            baseline,
            taken["full"] / raw,
            4,
            at_most=True,
        ),
        Row(
            "2 counts alone",
            "own and subtree tallies of all months",
            f"{taken['counts']:.1f} s",
            baseline,
            taken["counts"] / raw,
            2.5,
            at_most=True,
        ),
    ]


def recount_months() -> None:
    """The counts of every month, own and subtree, over those that are there."""
    for month in MONTHS:
        with turn():
            recount_month(month, None, NOW)


def recount_from_nothing() -> None:
    """A full recount into empty tables, so that every row must be written."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {Tally._meta.db_table}, {Scorecard._meta.db_table}")
    recount_all(NOW)


def count_by_month() -> None:
    """The same counts by agency and procedure, twelve times over, read and thrown away."""
    for month in MONTHS:
        counts = own_counts(Dossier, DOSSIER_COLUMNS, Moment(month, edge_of(month, NOW)))
        _read(*counts.query.sql_with_params())


def count_at_once() -> None:
    """The same counts by agency, procedure and month in one statement."""
    month, edge = MONTHS[-1], NOW
    counts = own_counts(Dossier, DOSSIER_COLUMNS, Moment(month, edge))
    sql, parameters = counts.query.sql_with_params()
    named = {month: "span.month", edge: "span.edge"}
    table = connection.ops.quote_name(Dossier._meta.db_table)
    sql = sql % tuple(named.get(value, repr(value)) for value in parameters)
    sql = sql.replace(f"FROM {table}", f"FROM (VALUES {_edges()}) span(month, edge) CROSS JOIN {table}")
    _read(sql.replace("GROUP BY ", "GROUP BY span.month, "), ())


def _edges() -> str:
    return ", ".join(f"({month}, '{edge_of(month, NOW).isoformat()}'::timestamptz)" for month in MONTHS)


def _read(sql: str, parameters: tuple[Any, ...]) -> None:
    # All counts go into one number: left out, the database would not compute them.
    total = " + ".join(f'"n_{column.name}"' for column in DOSSIER_COLUMNS)
    with transaction.atomic(), connection.cursor() as cursor:
        # Enough for every group at once, so that nothing is put off to the disk.
        cursor.execute("SET LOCAL work_mem = '1GB'")
        cursor.execute(f"SELECT COUNT(*), SUM({total}) FROM ({sql}) counted", parameters)
        cursor.fetchone()
