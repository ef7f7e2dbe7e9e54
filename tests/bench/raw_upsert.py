"""The ceiling of any ingest: the same rows, ready made, by COPY and one upsert into an identical table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from agencies.bulk import copy_into, temp_table
from agencies.models import IntegrationClient
from procedures.dossier_rows import COLUMNS, TABLE, fingerprint, row_of
from procedures.handling import derive, version_of
from procedures.national.dossiers import read
from procedures.placing import Lookup, Sender
from procedures.records import DossierRecord
from tests.bench.one_stop import Record

RAW = "bench_dossier"
_KEPT = {"code", "first_seen_at"}
_SETS = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name not in _KEPT)
_UPSERT = f"""
INSERT INTO {RAW} ({", ".join(COLUMNS)})
SELECT {", ".join(COLUMNS)} FROM bench_incoming ORDER BY code
ON CONFLICT (code) DO UPDATE SET {_SETS}
WHERE ({RAW}.version_at, {RAW}.version_rank) < (excluded.version_at, excluded.version_rank)
"""


def make_table() -> None:
    """A table like that of dossiers, with the same rows, indexes and references."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {RAW} (LIKE {TABLE} INCLUDING ALL)")
        cursor.execute(f"INSERT INTO {RAW} OVERRIDING SYSTEM VALUE SELECT * FROM {TABLE} ORDER BY id")
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{RAW}', 'id'), (SELECT max(id) FROM {RAW}))")
        cursor.execute(
            """
            SELECT pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid = %s::regclass AND contype = 'f'
            """,
            [TABLE],
        )
        for (definition,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {RAW} ADD {definition}")


def rows_of(records: list[Record], client: IntegrationClient, as_of: datetime) -> list[tuple[Any, ...]]:
    """The rows these records come to, checked, placed and derived."""
    read_records = [read(msgspec.Raw(msgspec.json.encode(record)), 0) for record in records]
    known = [record for record in read_records if isinstance(record, DossierRecord)]
    if len(known) < len(records):
        raise RuntimeError("A record of the measurement is not one.")
    lookup = Lookup(Sender.of(client), known)
    rows = []
    for record in known:
        procedure, version = lookup.procedure(record), version_of(record, as_of)
        if procedure is None or version is None:
            raise RuntimeError("A record of the measurement has no procedure or no date.")
        handling = derive(record, version.at, (), procedure.limit)
        place, digest = lookup.place(record), fingerprint(record)
        rows.append(row_of(record, place, procedure.id, "", client.pk, version, digest, handling, as_of))
    return rows


def upsert(rows: Sequence[tuple[Any, ...]]) -> None:
    """Write the rows, an older state never over a newer one."""
    with transaction.atomic():
        temp_table(connection, "bench_incoming", TABLE, COLUMNS)
        copy_into("bench_incoming", COLUMNS, rows)
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT)
