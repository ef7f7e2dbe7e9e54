"""One recount at a time: who holds the turn may replace tallies, scorecards and ranks."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

#: An arbitrary constant that names this lock among the database's advisory locks.
LOCK = 766_2022


@contextmanager
def turn(lock: int = LOCK) -> Iterator[None]:
    """A transaction in which nobody else recounts, or does whatever else ``lock`` stands for.

    Every recount ends by replacing the nation's rows, so two at once could only wait for each
    other or overwrite newer counts with older ones. PostgreSQL frees the lock when the transaction
    ends, also that of a killed worker; on SQLite the write transaction itself is the lock.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        yield
