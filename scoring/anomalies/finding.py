"""Looking for anomalies: a rule, a month, the whole country at once; twice is as good as once.

What is found is compared with what was found before. New: a row is added. Still there: its figures are
brought up to date. Gone while somebody had still to decide: it is closed as mended. There again after
that, or twice as large as when somebody decided: it is opened again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from scoring.anomalies.check import Finding, Search
from scoring.anomalies.checks import check_named
from scoring.models import Anomaly, AnomalyRule, AnomalySearch, AnomalyStep
from scoring.turn import turn

#: An arbitrary constant that names this lock among the database's advisory locks.
LOCK = 766_1511
#: How much larger than when it was decided an anomaly must be to be opened again.
GROWN = 2
BATCH = 1000

State, Verb = Anomaly.State, AnomalyStep.Verb


class Looked(NamedTuple):
    """What a search came to: how many there are, and how many of them are new, back or gone."""

    found: int
    new: int
    back: int
    gone: int


@dataclass
class _Changes:
    """What is to be written."""

    added: list[Anomaly] = field(default_factory=list)
    changed: list[Anomaly] = field(default_factory=list)
    steps: list[AnomalyStep] = field(default_factory=list)

    def step(self, anomaly: Anomaly, verb: AnomalyStep.Verb, as_of: datetime) -> None:
        """Note what happened to it."""
        self.steps.append(AnomalyStep(anomaly=anomaly, at=as_of, verb=verb, found=anomaly.found))

    def count(self, *verbs: AnomalyStep.Verb) -> int:
        """How often this happened."""
        return sum(step.verb in verbs for step in self.steps)


def look(rule: AnomalyRule, month: int, as_of: datetime) -> Looked:
    """Search a month (yyyymm) by a rule, and write what changed; a rule switched off finds nothing.

    The records are read outside the transaction that writes, so that nobody waits for it.
    """
    search = Search(month, as_of, rule.limits)
    findings = list(check_named(rule.check_name).find(search)) if rule.enabled else []
    with turn(LOCK):
        changes = _compare(rule, month, findings, as_of)
        Anomaly.objects.bulk_create(changes.added, batch_size=BATCH)
        Anomaly.objects.bulk_update(
            changes.changed,
            ["severity", "state", "found", "size", "decided_size", "changed_at", "mended_at"],
            batch_size=BATCH,
        )
        AnomalyStep.objects.bulk_create(changes.steps, batch_size=BATCH)
        AnomalySearch.objects.update_or_create(
            rule=rule, month=month, defaults={"searched_at": as_of, "found": len(findings)}
        )
    return Looked(
        len(findings),
        changes.count(Verb.FOUND),
        changes.count(Verb.BACK, Verb.GREW),
        changes.count(Verb.MENDED),
    )


def _compare(rule: AnomalyRule, month: int, findings: Iterable[Finding], as_of: datetime) -> _Changes:
    stored = Anomaly.objects.select_for_update().filter(rule=rule, month=month).order_by("pk")
    known = {(anomaly.agency_id, anomaly.about): anomaly for anomaly in stored}
    changes = _Changes()
    for finding in findings:
        figures: dict[str, Any] = dict(finding.figures)
        anomaly = known.pop((finding.agency_id, finding.about), None)
        if anomaly is None:
            anomaly = Anomaly(
                rule=rule,
                agency_id=finding.agency_id,
                month=month,
                about=finding.about,
                severity=rule.severity,
                found=figures,
                size=finding.size,
                found_at=as_of,
                changed_at=as_of,
            )
            changes.added.append(anomaly)
            changes.step(anomaly, Verb.FOUND, as_of)
        elif (anomaly.found, anomaly.size) != (figures, finding.size) or anomaly.state == State.MENDED:
            _found_again(anomaly, rule, figures, finding.size, changes, as_of)
    for anomaly in known.values():
        if anomaly.is_waiting:
            anomaly.state, anomaly.mended_at, anomaly.changed_at = State.MENDED, as_of, as_of
            changes.changed.append(anomaly)
            changes.step(anomaly, Verb.MENDED, as_of)
    return changes


def _found_again(
    anomaly: Anomaly,
    rule: AnomalyRule,
    figures: dict[str, Any],
    size: int,
    changes: _Changes,
    as_of: datetime,
) -> None:
    anomaly.found, anomaly.size, anomaly.changed_at = figures, size, as_of
    verb = None
    if anomaly.state == State.MENDED:
        verb = Verb.BACK
    elif anomaly.is_decided and size >= GROWN * max(1, anomaly.decided_size):
        verb = Verb.GREW
    if verb is not None:
        anomaly.state = State.ASSIGNED if anomaly.assignee_id else State.OPEN
        anomaly.severity, anomaly.decided_size, anomaly.mended_at = rule.severity, 0, None
        changes.step(anomaly, verb, as_of)
    changes.changed.append(anomaly)
