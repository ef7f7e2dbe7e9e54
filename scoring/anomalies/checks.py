"""Every check there is: the one registry that rules name them by."""

from __future__ import annotations

from scoring.anomalies import copies, declared, few, impossible, jumps, silence
from scoring.anomalies.check import Check

CHECKS: dict[str, Check] = {
    check.name: check
    for check in (
        impossible.ENDED_BEFORE_RECEIVED,
        impossible.RETURNED_BEFORE_RECEIVED,
        impossible.RECEIVED_BEFORE_SUBMITTED,
        impossible.TOLD_AHEAD,
        impossible.PAID_WITHOUT_FEE,
        impossible.HANDLED_AT_ONCE,
        copies.COPIES,
        jumps.VOLUME_JUMP,
        jumps.RATE_JUMP,
        few.PERFECT_ON_FEW,
        declared.DECLARED_APART,
        silence.SILENT_SYSTEM,
    )
}


def check_named(name: str) -> Check:
    """The check a rule names; raises LookupError if there is none."""
    return CHECKS[name]
