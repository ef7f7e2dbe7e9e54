"""Transactions that are not worth waiting for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def soon_on_disk() -> Iterator[None]:
    """A transaction whose commit does not wait for the disk on PostgreSQL.

    For notes whose loss in a crash of the database harms nobody; every other rule of a transaction
    holds. Inside another transaction it changes nothing: that one's commit decides. Nothing to do on
    SQLite.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO off")
        yield
