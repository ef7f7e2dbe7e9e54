"""Keeping what a door refused, and sending it through again: the inbox's machinery."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import override

from agencies.bulk import copy_into, temp_table
from procedures.models import InboxItem
from procedures.placing import Sender
from procedures.records import cleaned
from procedures.refusals import Reason, RecordRefusedError, Refusal
from procedures.sync_report import SyncReport

TABLE = InboxItem._meta.db_table
_COLUMNS = (
    "agency_id", "client_id", "kind", "dossier_code", "position", "field", "reason", "record",
    "fingerprint", "state", "times", "received_at", "last_at",
)  # fmt: skip


def keep(refusals: Iterable[Refusal], kind: InboxItem.Kind, sender: Sender, as_of: datetime) -> None:
    """Keep refused records in the inbox of the sender's agency.

    The same record refused again while it waits is one item that counts how often it came. A dossier
    refused only because it exists already is not kept: its system sends it again as an update.
    """
    rows: dict[str, list[Any]] = {}
    for refusal in refusals:
        if refusal.reason is Reason.EXISTS:
            continue
        record = {name: _storable(value) for name, value in refusal.record.items()}
        fingerprint = fingerprint_of(kind, record)
        if fingerprint in rows:
            rows[fingerprint][_COLUMNS.index("times")] += 1
            continue
        rows[fingerprint] = [
            sender.agency_id, sender.client_id, kind.value, cleaned(refusal.code, 200),
            refusal.position, refusal.field[:60], sentence(refusal), record, fingerprint,
            InboxItem.State.WAITING.value, 1, as_of, as_of,
        ]  # fmt: skip
    if not rows:
        return
    with transaction.atomic():
        temp_table(connection, "refused_records", TABLE, _COLUMNS)
        copy_into("refused_records", _COLUMNS, [rows[f] for f in sorted(rows)])
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT)


def _storable(value: Any) -> Any:
    return cleaned(value, 1000) if isinstance(value, str) else value


def fingerprint_of(kind: str, record: dict[str, Any]) -> str:
    """What makes two refused records the same."""
    text = json.dumps([str(kind), record], sort_keys=True)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def sentence(refusal: Refusal) -> str:
    """The reason as the inbox shows it: in the portal's first language, whoever sent the record."""
    with override(settings.LANGUAGE_CODE):
        return refusal.sentence()[:300]


def retry_through(
    sync: Callable[..., SyncReport],
    read: Callable[[Mapping[str, Any]], Any],
    items: Iterable[InboxItem],
    as_of: datetime,
) -> int:
    """Try kept records again through ``sync``, each on behalf of who sent it; how many were taken.

    Those taken are marked so; one refused again stays, with its new reason.
    """
    taken = 0
    in_order = sorted(items, key=lambda item: (item.agency_id, item.client_id or 0, item.pk))
    for _sender, group in groupby(in_order, key=lambda item: (item.agency_id, item.client_id)):
        same = list(group)
        report = sync(
            [_read(read, item, position) for position, item in enumerate(same)],
            client=same[0].client,
            agency=same[0].agency,
            as_of=as_of,
            keep_refused=False,
        )
        taken += _settle(same, report, as_of)
    return taken


def _read(read: Callable[[Mapping[str, Any]], Any], item: InboxItem, position: int) -> Any:
    try:
        return read(item.record)
    except RecordRefusedError as error:
        return Refusal(position, item.dossier_code, error.field, error.reason, error.value, item.record)


def _settle(items: Sequence[InboxItem], report: SyncReport, as_of: datetime) -> int:
    refused = {refusal.position: refusal for refusal in report.refusals}
    taken = [item.pk for position, item in enumerate(items) if position not in refused]
    InboxItem.objects.filter(pk__in=taken).update(state=InboxItem.State.RETRIED, last_at=as_of)
    for position, refusal in refused.items():
        InboxItem.objects.filter(pk=items[position].pk).update(
            field=refusal.field[:60], reason=sentence(refusal), times=F("times") + 1, last_at=as_of
        )
    return len(taken)


_LIST = ", ".join(f'"{column}"' for column in _COLUMNS)
_UPSERT = f"""
INSERT INTO {TABLE} ({_LIST}) SELECT {_LIST} FROM refused_records WHERE true ORDER BY fingerprint
ON CONFLICT (agency_id, fingerprint) WHERE state = 'waiting' DO UPDATE SET
    times = {TABLE}.times + excluded.times, last_at = excluded.last_at,
    position = excluded.position, field = excluded.field, reason = excluded.reason,
    client_id = excluded.client_id
"""  # noqa: S608
