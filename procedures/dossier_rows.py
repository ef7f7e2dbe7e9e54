"""Reading and writing many dossiers at once: the rows behind ``procedures.sync`` and its kin.

No model instances here: at a thousand dossiers a batch they would cost more than the database does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField
from django.db.models.functions import Cast

from agencies.bulk import copy_into, temp_table
from procedures.among import among
from procedures.handling import Handling, Step, Version
from procedures.models import NO_MONTH, Dossier, DossierStep
from procedures.months import month_of
from procedures.placing import Place
from procedures.records import DossierRecord

TABLE = Dossier._meta.db_table

#: An agency's months from the first to the last, both included, whose counts no longer hold.
Span = tuple[int, int, int]

#: Told by the record, in the order of ``row_of``.
TOLD_COLUMNS = (
    "code", "agency_id", "procedure_id", "client_id", "placement", "local_unit", "local_procedure",
    "channel", "subject_type", "phone_hash", "identity_hash", "submitted_at", "received_at", "due_at",
    "finished_at", "returned_at", "refused_at", "supplements", "has_attachment", "has_result_file",
    "reuses_data", "from_personal_store", "uses_population_data", "payment", "fee_total", "version_at",
    "version_rank", "record_status", "fingerprint", "first_seen_at", "changed_at",
)  # fmt: skip
COLUMNS = TOLD_COLUMNS + Handling._fields
_NEVER_UPDATED = frozenset({"code", "first_seen_at"})


class Stored(NamedTuple):
    """A dossier as it stands, as far as deciding about a newer record of it needs."""

    id: int
    code: str
    agency_id: int
    agency_path: str
    procedure_id: int | None
    fingerprint: str
    version: Version
    started_month: int
    ended_month: int
    in_handling: bool
    corrected: bool


def lock(codes: Collection[str]) -> dict[str, Stored]:
    """The dossiers that exist of these, by code, locked in order of code until the transaction ends."""
    rows = (
        Dossier.objects.filter(among("code", codes))
        .order_by("code")
        .select_for_update(of=("self",))
        .values_list(
            "id", "code", "agency_id", "agency__path", "procedure_id", "fingerprint",
            # As text: reading a moment out of a row costs as much as all the rest of it.
            Cast("version_at", CharField()),
            "version_rank", "started_month", "ended_month", "in_handling", "corrected",
        )
    )  # fmt: skip
    return {row[1]: Stored._make((*row[:6], Version(_moment(row[6]), row[7]), *row[8:])) for row in rows}


def _moment(written: str) -> datetime:
    """A moment as either database writes it: with its offset, or without and in UTC."""
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def steps_of(dossier_ids: Collection[int]) -> dict[int, list[Step]]:
    """The steps known of each dossier that has any."""
    steps: dict[int, list[Step]] = {}
    if dossier_ids:
        rows = DossierStep.objects.filter(among("dossier_id", dossier_ids)).order_by()
        for dossier_id, at, status in rows.values_list("dossier_id", "at", "status"):
            steps.setdefault(dossier_id, []).append(Step(at, status))
    return steps


_encode = msgspec.msgpack.Encoder().encode


def fingerprint(record: DossierRecord) -> str:
    """What tells a record from another of the same dossier and moment."""
    return blake2b(_encode(record), digest_size=16).hexdigest()


def row_of(
    record: DossierRecord,
    place: Place,
    procedure_id: int | None,
    local_procedure: str,
    client_id: int | None,
    version: Version,
    digest: str,
    handling: Handling,
    as_of: datetime,
) -> tuple[Any, ...]:
    """The row of a record and what its handling came to, in the order of ``COLUMNS``."""
    return (
        record.code,
        place.agency_id,
        procedure_id,
        client_id,
        place.placement,
        record.unit_name,
        local_procedure,
        record.channel,
        record.subject_type,
        record.phone_hash,
        record.identity_hash,
        record.submitted_at,
        record.received_at,
        record.due_at,
        record.finished_at,
        record.returned_at,
        record.refused_at,
        [list(pair) for pair in record.supplements] if record.supplements else _NO_SUPPLEMENTS,
        record.has_attachment,
        record.has_result_file,
        record.reuses_data,
        record.from_personal_store,
        record.uses_population_data,
        record.payment,
        record.fee_total,
        version.at,
        version.rank,
        record.status,
        digest,
        as_of,
        as_of,
        *handling,
    )


def insert(rows: Sequence[Sequence[Any]]) -> set[str]:
    """Add the rows of dossiers not known yet; return the codes of those added.

    A code missing from the answer was added by someone else in the meantime.
    """
    if not rows:
        return set()
    try:
        # Straight into the table costs half; only a code added in the meantime forbids it.
        with transaction.atomic():
            copy_into(TABLE, COLUMNS, rows)
        return {row[0] for row in rows}
    except IntegrityError:
        _load("new_dossiers", COLUMNS, rows)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT)
        return {code for (code,) in cursor.fetchall()}


def update(rows: Sequence[Sequence[Any]]) -> None:
    """Write the rows over the dossiers with their codes, keeping when each was first seen."""
    if rows:
        _load("changed_dossiers", COLUMNS, rows)
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE)


def update_handling(rows: Sequence[Sequence[Any]]) -> None:
    """Write derived columns anew: each row is a dossier's code, ``changed_at``, then its Handling."""
    if rows:
        _load("rederived_dossiers", _HANDLING_COLUMNS, rows)
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE_HANDLING)


def span_of(
    agency_id: int, started_month: int, ended_month: int, in_handling: bool, this_month: int
) -> Span | None:
    """The months in which a dossier counts for its agency, an open one up to ``this_month``.

    None for a dossier that has not started.
    """
    if started_month == NO_MONTH:
        return None
    last = min(ended_month, this_month) if in_handling else started_month
    return agency_id, started_month, max(started_month, last)


def spans_of(stored: Iterable[Stored], as_of: datetime) -> set[Span]:
    """The spans of dossiers as they stand."""
    this_month = month_of(as_of)
    found = {span_of(s.agency_id, s.started_month, s.ended_month, s.in_handling, this_month) for s in stored}
    return {span for span in found if span is not None}


def _load(name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    temp_table(connection, name, TABLE, columns)
    copy_into(name, columns, rows)


_NO_SUPPLEMENTS: list[list[int | None]] = []
_HANDLING_COLUMNS = ("code", "changed_at", *Handling._fields)


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _set_from(source: str, columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}" = {source}."{column}"' for column in columns)


_INSERT = f"""
INSERT INTO {TABLE} ({_listed(COLUMNS)})
SELECT {_listed(COLUMNS)} FROM new_dossiers WHERE true ORDER BY code
ON CONFLICT (code) DO NOTHING RETURNING code
"""  # noqa: S608
_UPDATE = f"""
UPDATE {TABLE} SET {_set_from("changed_dossiers", [c for c in COLUMNS if c not in _NEVER_UPDATED])}
FROM changed_dossiers WHERE {TABLE}.code = changed_dossiers.code
"""  # noqa: S608
_UPDATE_HANDLING = f"""
UPDATE {TABLE} SET {_set_from("rederived_dossiers", _HANDLING_COLUMNS[1:])}
FROM rederived_dossiers WHERE {TABLE}.code = rederived_dossiers.code
"""  # noqa: S608
