"""What the database expects a query to find and to cost, so that no page counts a whole table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Model, QuerySet

#: Up to here a count is worth its time, and worth showing exactly.
COUNTED_UP_TO = 20_000
#: In the planner's units, what a count may be expected to cost before it is not even tried.
AFFORDABLE = 40_000
#: What a count, and what a list may take before it gives up, in milliseconds.
COUNTING_PATIENCE, PATIENCE = 300, 8_000


@dataclass(frozen=True)
class Estimate:
    """How many rows there are: exactly, or about so many."""

    number: int
    exact: bool


def estimated_count(records: QuerySet[Any]) -> Estimate:
    """How many rows ``records`` has: exactly where that is quick, else as far as is known without.

    PostgreSQL says what it expects from its statistics; SQLite, which has none, counts up to
    ``COUNTED_UP_TO`` and then goes by the highest id.
    """
    plain = records.order_by()
    if connection.vendor == "postgresql":
        rows, cost = _expected(plain)
        if cost > AFFORDABLE:
            return Estimate(rows, exact=False)
        try:
            with _patience(COUNTING_PATIENCE):
                return Estimate(plain.count(), exact=True)
        except OperationalError as error:
            if not took_too_long(error):
                raise
            return Estimate(rows, exact=False)
    counted = counted_up_to(plain, COUNTED_UP_TO)
    if counted <= COUNTED_UP_TO:
        return Estimate(counted, exact=True)
    highest = None if plain.query.where else plain.values_list("pk", flat=True).order_by("-pk").first()
    return Estimate(highest or COUNTED_UP_TO, exact=False)


def counted_up_to(records: QuerySet[Any], limit: int) -> int:
    """How many rows ``records`` has, or ``limit + 1`` if there are more; stops counting there."""
    return records.order_by().values("pk")[: limit + 1].count()


@contextmanager
def list_reading() -> Iterator[None]:
    """Within: a query gives up after ``PATIENCE`` (on PostgreSQL; ``took_too_long`` tells)."""
    with _patience(PATIENCE):
        yield


def by_index_only() -> None:
    """From here to the end of the transaction, read no table from end to end where an index helps.

    The planner goes by averages: it would expect a page of an office's few records to turn up early
    while reading everybody's. Nothing to do on SQLite.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('enable_seqscan', 'off', true)")


def look_anew(*models: type[Model]) -> None:
    """Let PostgreSQL look at tables that were just filled, so that it does not plan for empty ones.

    It does so by itself within a minute of a commit; a load that is read at once cannot wait for that.
    Nothing to do on SQLite, which plans without statistics.
    """
    if connection.vendor == "postgresql":
        tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")


def took_too_long(error: OperationalError) -> bool:
    """Whether the database gave a query up because its time was over."""
    return getattr(error.__cause__, "sqlstate", "") == "57014"  # query_canceled


@contextmanager
def _patience(milliseconds: int) -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)",
            [str(milliseconds)],
        )
        before, _now = cursor.fetchone()
        yield
        if nested:
            # The setting ends with the transaction, and this is not yet its end.
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])


def _expected(records: QuerySet[Any]) -> tuple[int, float]:
    told = records.values("pk").explain(format="json")
    if not told:  # known to be empty without asking
        return 0, 0
    plan = json.loads(told)[0]["Plan"]
    return plan["Plan Rows"], plan["Total Cost"]
