"""The log of decisions: append-only, each row holding the hash of the one before it.

``record`` is called in the transaction that makes the decision, so both are kept or neither is. The
chain proves that no row was changed or taken out of the middle, the head row that none is missing at
the end; triggers and rights (``protect_log``) keep the application itself from doing so. Who can
rewrite the whole database can rewrite the whole chain, so each hash also goes to the application's
log, which lies elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import override

from agencies.event_words import declared
from agencies.models import Agency, EventLog, EventLogHead, User
from agencies.request_trace import Trace, current_trace

log = structlog.get_logger(__name__)

#: An arbitrary constant that names this lock among the database's advisory locks.
LOCK = 766_1010
#: Rows read at a time while verifying.
PORTION = 2000

_HASHED = (
    "number", "at", "actor_id", "actor_name", "verb", "object_type", "object_id", "object_label",
    "agency_id", "agency_path", "agency_name", "before", "after", "reason", "request_id", "address",
    "previous_hash",
)  # fmt: skip


@contextmanager
def decision() -> Iterator[None]:
    """A transaction in which nobody else decides: the log is written in one order.

    PostgreSQL frees the lock when the transaction ends; on SQLite the write transaction is the lock.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield


def record(
    verb: str,
    subject: Model | None = None,
    *,
    actor: User | None,
    as_of: datetime,
    agency: Agency | None = None,
    label: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> EventLog:
    """Add a decision to the log, in the caller's transaction: who did what to ``subject``, and why.

    ``actor`` None is the server itself, a command or a task. ``agency`` is whose affair it is: who may
    see the log there sees it. ``before`` and ``after`` hold what changed, as plain values; neither may
    name an applicant. Call it last: from here to the end of the transaction nobody else writes to the
    log. Raises ValueError for a verb that is not declared.
    """
    if not declared(verb):
        raise ValueError(f"No words are declared for {verb}.")
    trace = current_trace() or Trace()
    with decision():
        head, _created = EventLogHead.objects.get_or_create(pk=1)
        event = EventLog(
            number=head.count + 1,
            at=as_of.astimezone(UTC),
            actor=actor,
            actor_name=_text(f"{actor} ({actor.get_username()})" if actor else "", 320),
            verb=verb,
            object_type=subject._meta.label_lower if subject else "",
            object_id=str(subject.pk or "") if subject else "",
            object_label=_text(label or _label(subject), 300),
            agency=agency,
            agency_path=agency.path if agency else "",
            agency_name=_text(agency.name if agency else "", 200),
            before=_plain(before),
            after=_plain(after),
            reason=_text(reason, 500),
            request_id=_text(trace.request_id, 64),
            address=_text(trace.address, 45),
            previous_hash=head.hash,
        )
        event.hash = hash_of(event)
        event.save(force_insert=True)
        EventLogHead.objects.filter(pk=1).update(count=event.number, hash=event.hash)
    transaction.on_commit(lambda: log.info("decision", verb=verb, number=event.number, hash=event.hash))
    return event


def hash_of(event: EventLog) -> str:
    """The SHA-256 of all that an event says, the hash of the one before it included."""
    values = [getattr(event, name) for name in _HASHED]
    values[1] = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    told = json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True)
class Flaw:
    """Something wrong with the log, and the number of the row where it shows."""

    number: int
    what: str


def flaws() -> Iterator[Flaw]:
    """What is wrong with the log: rows changed, missing or added behind its back, the last ones too."""
    head = EventLogHead.objects.filter(pk=1).first()
    count, last_hash = (head.count, head.hash) if head else (0, "")
    expected, previous = 1, ""
    for event in EventLog.objects.order_by("number").iterator(chunk_size=PORTION):
        if event.number > count and _written_since(event.number):
            # Recorded while we were reading.
            break
        if event.number > expected:
            yield Flaw(expected, _missing(expected, event.number - 1))
        elif event.previous_hash != previous:
            yield Flaw(event.number, "does not follow the row before it")
        if hash_of(event) != event.hash:
            yield Flaw(event.number, "was changed")
        if event.number == count and event.hash != last_hash:
            yield Flaw(event.number, "is not the last row that was written")
        if event.number > count:
            yield Flaw(event.number, "was added behind the log's back")
        expected, previous = event.number + 1, event.hash
    if expected <= count:
        yield Flaw(expected, _missing(expected, count))


def _written_since(number: int) -> bool:
    head = EventLogHead.objects.filter(pk=1).first()
    return head is not None and head.count >= number


def _missing(first: int, last: int) -> str:
    return "is missing" if first == last else f"and those up to {last} are missing"


def _label(subject: Model | None) -> str:
    # In the language of the country, whoever is looking: it is kept for good.
    with override("vi"):
        return str(subject) if subject else ""


def _text(value: str, length: int) -> str:
    return value.replace("\x00", "")[:length]


def _plain(values: Mapping[str, Any] | None) -> Any:
    """The values as both databases give them back: text, whole numbers, yes or no, lists of these."""
    return None if values is None else _tamed(json.loads(json.dumps(values, cls=DjangoJSONEncoder)))


def _tamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {_text(key, 200): _tamed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_tamed(item) for item in value]
    if isinstance(value, float):
        return repr(value)
    return value.replace("\x00", "") if isinstance(value, str) else value
