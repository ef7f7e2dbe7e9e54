"""Taking the steps of dossiers' progress in.

Steps are a set: one sent twice is kept once, and the order in which they come does not matter. A step
of a dossier we do not know yet waits in the inbox and is taken when the dossier comes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from agencies.bulk import copy_into
from agencies.codes import code_map
from agencies.models import Agency, IntegrationClient
from procedures import dossier_rows
from procedures.among import among
from procedures.deadlocks import again_after_deadlock
from procedures.handling import CLOCK_SKEW
from procedures.models import Dossier, DossierStep, InboxItem
from procedures.placing import Sender
from procedures.records import StepRecord, check_text, read_step, to_plain
from procedures.rederiving import rederive
from procedures.refusals import Reason, RecordRefusedError, Refusal
from procedures.refused_records import keep, retry_through
from procedures.signals import counts_changed
from procedures.sync_report import Outcome, SyncReport

BATCH = 1000
_COLUMNS = ("dossier_id", "at", "status", "unit", "post", "started_at", "due_at")


def sync_steps(
    records: Sequence[StepRecord | Refusal],
    *,
    client: IntegrationClient | None,
    as_of: datetime,
    agency: Agency | None = None,
    keep_refused: bool = True,
) -> SyncReport:
    """Take the steps in and report what became of each, by position; see ``sync_dossiers``."""
    sender = Sender.of(client, agency)
    report = SyncReport(0)
    for start in range(0, len(records), BATCH):
        report.add(_take(records[start : start + BATCH], sender, as_of))
    if keep_refused:
        keep(report.refusals, InboxItem.Kind.STEP, sender, as_of)
        unknown = {r.code for r in report.refusals if r.reason is Reason.UNKNOWN_DOSSIER}
        if unknown:
            # The dossier may have come between our look and the keeping of its step.
            come = Dossier.objects.filter(among("code", unknown)).values_list("code", flat=True)
            take_waiting_steps(list(come), as_of)
    return report


def take_waiting_steps(codes: Collection[str], as_of: datetime) -> int:
    """Take the steps that waited in the inbox for these dossiers; returns how many were taken."""
    if not codes:
        return 0
    waiting = InboxItem.objects.filter(
        among("dossier_code", codes), kind=InboxItem.Kind.STEP, state=InboxItem.State.WAITING
    ).select_related("client__agency", "agency")
    return retry_through(sync_steps, read_step, waiting, as_of)


def _take(records: Sequence[StepRecord | Refusal], sender: Sender, as_of: datetime) -> SyncReport:
    report = SyncReport(len(records))
    readable: list[tuple[int, StepRecord]] = []
    for position, record in enumerate(records):
        if isinstance(record, Refusal):
            record.position = position
            report.refuse(record)
            continue
        try:
            check_text(record)
            if record.at > as_of + CLOCK_SKEW:
                raise RecordRefusedError("at", Reason.IN_THE_FUTURE, record.at.isoformat())
        except RecordRefusedError as error:
            report.refuse(_refusal(position, record, error))
        else:
            readable.append((position, record))
    if readable:
        again_after_deadlock(_write, readable, sender, as_of, report)
    return report


@transaction.atomic
def _write(
    readable: Sequence[tuple[int, StepRecord]], sender: Sender, as_of: datetime, report: SyncReport
) -> None:
    stored = dossier_rows.lock({record.code for _position, record in readable})
    of_dossier = {s.id for s in stored.values()}
    seen = set(
        DossierStep.objects.filter(among("dossier_id", of_dossier))
        .order_by()
        .values_list("dossier_id", "at", "status", "unit")
    )
    rows, touched = [], set()
    for position, record in readable:
        dossier = stored.get(record.code)
        if dossier is None or not dossier.agency_path.startswith(sender.path):
            report.refuse(_refusal(position, record, _no_dossier(record, sender, dossier)))
            continue
        key = (dossier.id, record.at, record.status, record.unit)
        report.outcomes[position] = Outcome.UNCHANGED if key in seen else Outcome.ACCEPTED
        if key not in seen:
            seen.add(key)
            rows.append((*key, record.post, record.started_at, record.due_at))
            touched.add(dossier.id)
    if rows:
        # The dossiers are locked and known steps left out, so none can collide.
        copy_into(DossierStep._meta.db_table, _COLUMNS, rows)
        spans = rederive(touched, as_of)
        if spans:
            counts_changed.send(sender=Dossier, spans=spans)


def _no_dossier(
    record: StepRecord, sender: Sender, dossier: dossier_rows.Stored | None
) -> RecordRefusedError:
    if dossier is not None:
        return RecordRefusedError("code", Reason.OF_ANOTHER_SYSTEM, record.code)
    place = code_map().agency_of_dossier_code(record.code)
    if place is not None and not place.path.startswith(sender.path):
        return RecordRefusedError("code", Reason.OUTSIDE_SUBTREE, record.code)
    return RecordRefusedError("code", Reason.UNKNOWN_DOSSIER, record.code)


def _refusal(position: int, record: StepRecord, error: RecordRefusedError) -> Refusal:
    return Refusal(position, record.code, error.field, error.reason, error.value, to_plain(record))
