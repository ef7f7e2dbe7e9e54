"""Taking dossiers in: one function for every door.

Records are taken in bulk, idempotently and in whatever order they arrive: an older state never
overwrites a newer one (``procedures.handling.version_of``), and corrections stay laid over what arrives
(``procedures.laying_over``). A record that cannot be taken is reported
by its position and kept in the inbox; the others of its batch are taken. What changed is announced by
``procedures.signals.counts_changed`` in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from agencies.models import Agency, IntegrationClient
from procedures import dossier_rows
from procedures.deadlocks import again_after_deadlock
from procedures.handling import Handling, Step, Version, derive, version_of
from procedures.laying_over import NOTHING, LaidOver, laid_over
from procedures.models import Correction, Dossier, InboxItem
from procedures.months import month_of
from procedures.placing import DEFAULT, KnownProcedure, Lookup, Place, Sender
from procedures.progress import take_waiting_steps
from procedures.records import DossierRecord, check_text, to_plain
from procedures.refusals import Reason, RecordRefusedError, Refusal
from procedures.refused_records import keep
from procedures.signals import counts_changed
from procedures.sync_report import Outcome, SyncReport

#: Dossiers written in one transaction.
BATCH = 1000


def sync_dossiers(
    records: Sequence[DossierRecord | Refusal],
    *,
    client: IntegrationClient | None,
    as_of: datetime,
    agency: Agency | None = None,
    only_new: bool = False,
    keep_refused: bool = True,
) -> SyncReport:
    """Take the dossiers in and report what became of each, by position.

    ``client`` is the system that sends them; without one, ``agency`` says whose file it is. A door puts
    a Refusal in the place of what it could not read. With ``only_new`` a dossier known already is
    refused (the national protocol's isUpdating False). Refused records go to the inbox unless
    ``keep_refused`` is False. ``as_of`` is when they arrived.
    """
    sender = Sender.of(client, agency)
    report = SyncReport(0)
    for start in range(0, len(records), BATCH):
        batch = _Batch(records[start : start + BATCH], sender, as_of, only_new)
        report.add(batch.take())
    if keep_refused:
        keep(report.refusals, InboxItem.Kind.DOSSIER, sender, as_of)
    return report


class _Candidate(NamedTuple):
    """The newest record of a dossier in the batch."""

    position: int
    record: DossierRecord
    version: Version
    digest: str
    place: Place
    procedure: KnownProcedure | None
    local_procedure: str

    def same_as(self, stored: dossier_rows.Stored) -> bool:
        """Whether taking it would change nothing, mappings made since included."""
        return (
            self.digest == stored.fingerprint
            and self.place.agency_id == stored.agency_id
            and (self.procedure.id if self.procedure else None) == stored.procedure_id
        )


class _Batch:
    """One transaction's worth of records on their way in."""

    def __init__(
        self,
        records: Sequence[DossierRecord | Refusal],
        sender: Sender,
        as_of: datetime,
        only_new: bool,
    ) -> None:
        self.records, self.sender, self.as_of, self.only_new = records, sender, as_of, only_new
        self.report = SyncReport(len(records))

    def take(self) -> SyncReport:
        newest = self._newest()
        lookup = Lookup(self.sender, [record for _position, record, _version in newest.values()])
        lookup.keep_strange_names(self.as_of)
        candidates = sorted(self._placed(newest, lookup))
        added = again_after_deadlock(self._write, dict(candidates))
        self._note_gaps(candidates)
        if added:
            take_waiting_steps(added, self.as_of)
        return self.report

    def _newest(self) -> dict[str, tuple[int, DossierRecord, Version]]:
        """The newest record of each dossier; the others are settled already."""
        newest: dict[str, tuple[int, DossierRecord, Version]] = {}
        for position, record in enumerate(self.records):
            if isinstance(record, Refusal):
                record.position = position
                self.report.refuse(record)
                continue
            try:
                check_text(record)
                version = version_of(record, self.as_of)
                if version is None:
                    raise RecordRefusedError("received_at", Reason.MISSING)
            except RecordRefusedError as error:
                self._refuse(position, record, error)
                continue
            other = newest.get(record.code)
            if other is None:
                newest[record.code] = position, record, version
                continue
            older = position
            if version >= other[2]:
                older, newest[record.code] = other[0], (position, record, version)
            same = record == other[1]
            self.report.outcomes[older] = Outcome.UNCHANGED if same else Outcome.STALE
        return newest

    def _placed(
        self, newest: dict[str, tuple[int, DossierRecord, Version]], lookup: Lookup
    ) -> Iterator[tuple[str, _Candidate]]:
        for code, (position, record, version) in newest.items():
            place = lookup.place(record)
            if place.outside:
                self._refuse(position, record, RecordRefusedError("code", Reason.OUTSIDE_SUBTREE, code))
                continue
            yield (
                code,
                _Candidate(
                    position,
                    record,
                    version,
                    dossier_rows.fingerprint(record),
                    place,
                    lookup.procedure(record),
                    "" if lookup.is_ours(record) else record.procedure_code,
                ),
            )

    def _write(self, candidates: dict[str, _Candidate]) -> set[str]:
        """Write all in one transaction; returns the codes of the dossiers that are new."""
        added: set[str] = set()
        spans: set[dossier_rows.Span] = set()
        with transaction.atomic():
            while candidates:
                stored = dossier_rows.lock(candidates.keys())
                spans |= self._update(candidates, stored)
                fresh = {c: candidate for c, candidate in candidates.items() if c not in stored}
                won, new_spans = self._insert(fresh)
                added |= won
                spans |= new_spans
                # Those another transaction added in the meantime go round again, as existing ones.
                candidates = {c: fresh[c] for c in fresh.keys() - won}
            if spans:
                counts_changed.send(sender=Dossier, spans=spans)
        return added

    def _insert(self, fresh: dict[str, _Candidate]) -> tuple[set[str], set[dossier_rows.Span]]:
        handled = {code: self._derive(candidate) for code, candidate in fresh.items()}
        won = dossier_rows.insert([self._row(candidate, handled[code]) for code, candidate in fresh.items()])
        spans = set()
        for code in won:
            self.report.outcomes[fresh[code].position] = Outcome.ACCEPTED
            spans.add(self._span(fresh[code], handled[code]))
        return won, {span for span in spans if span is not None}

    def _update(
        self, candidates: dict[str, _Candidate], stored: dict[str, dossier_rows.Stored]
    ) -> set[dossier_rows.Span]:
        changed = [s for s in stored.values() if self._is_news(candidates[s.code], s)]
        if not changed:
            return set()
        steps = dossier_rows.steps_of([s.id for s in changed])
        laid = laid_over([s.id for s in changed if s.corrected])
        spans = dossier_rows.spans_of(changed, self.as_of)
        rows, said = [], []
        for s in changed:
            candidate = candidates[s.code]
            over = laid.get(s.id, NOTHING)
            if over is not NOTHING:
                said += over.said_otherwise(candidate.record)
                candidate = candidate._replace(record=over.over(candidate.record))
            handling = self._derive(candidate, steps.get(s.id, ()), over)
            rows.append(self._row(candidate, handling))
            span = self._span(candidate, handling)
            if span:
                spans.add(span)
        dossier_rows.update(rows)
        if said:
            Correction.objects.bulk_update(said, ["said"])
        return spans

    def _is_news(self, candidate: _Candidate, stored: dossier_rows.Stored) -> bool:
        """Whether the candidate is to be written over what is stored; settles its outcome."""
        if not stored.agency_path.startswith(self.sender.path):
            reason = Reason.OF_ANOTHER_SYSTEM
        elif self.only_new:
            reason = Reason.EXISTS
        else:
            outcome = Outcome.UPDATED
            if candidate.version < stored.version:
                outcome = Outcome.STALE
            elif candidate.same_as(stored):
                outcome = Outcome.UNCHANGED
            self.report.outcomes[candidate.position] = outcome
            return outcome is Outcome.UPDATED
        self._refuse(candidate.position, candidate.record, RecordRefusedError("code", reason, stored.code))
        return False

    def _derive(
        self, candidate: _Candidate, steps: Sequence[Step] = (), over: LaidOver = NOTHING
    ) -> Handling:
        limit = candidate.procedure.limit if candidate.procedure else None
        if over is NOTHING:
            return derive(candidate.record, candidate.version.at, steps, limit)
        return derive(
            candidate.record,
            candidate.version.at,
            steps,
            limit,
            status_holds=over.status_holds,
            left_out=over.left_out,
        )

    def _row(self, candidate: _Candidate, handling: Handling) -> tuple[Any, ...]:
        return dossier_rows.row_of(
            candidate.record,
            candidate.place,
            candidate.procedure.id if candidate.procedure else None,
            candidate.local_procedure,
            self.sender.client_id,
            candidate.version,
            candidate.digest,
            handling,
            self.as_of,
        )

    def _span(self, candidate: _Candidate, handling: Handling) -> dossier_rows.Span | None:
        return dossier_rows.span_of(
            candidate.place.agency_id,
            handling.started_month,
            handling.ended_month,
            handling.in_handling,
            month_of(self.as_of),
        )

    def _refuse(self, position: int, record: DossierRecord, error: RecordRefusedError) -> None:
        self.report.refuse(
            Refusal(position, record.code, error.field, error.reason, error.value, to_plain(record))
        )

    def _note_gaps(self, candidates: Sequence[tuple[str, _Candidate]]) -> None:
        for _code, candidate in candidates:
            if self.report.outcomes[candidate.position] is Outcome.REJECTED:
                continue
            if candidate.procedure is None:
                self.report.unknown_procedures[candidate.local_procedure] += 1
            if candidate.place.placement == DEFAULT:
                self.report.placed_by_default += 1
