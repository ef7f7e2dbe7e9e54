"""What the national protocol answers: its codes, and how a batch's report becomes one answer.

An answer to a call that was understood is HTTP 200 even when it reports an error: the oldest clients
read no body otherwise. Success is the integer 0, which clients compare as a number or as its text; the
two sync services answer "00", which the oldest client compares as text and later ones parse as 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from procedures.refusals import Reason, Refusal
from procedures.sync_report import SyncReport

SYNC_DONE = "00"
#: Clients look for these very words to send the dossier again as an update.
ALREADY_EXISTS = "đã tồn tại"
#: Refused records spelled out in the message; all are in ``result``.
SPELLED_OUT = 3


class Code(Enum):
    """The error codes, as docs/integration.md lists them."""

    DONE = 0
    WRONG_PASSWORD = 1
    NO_SESSION = 2
    EXISTS = 3
    UNKNOWN_SERVICE = 4
    MISSING = 5
    MALFORMED = 6
    OUTSIDE = 7
    UNKNOWN_DOSSIER = 8
    TOO_MANY = 9
    NOT_JSON = 10
    LOCKED_OUT = 11
    SEVERAL = 12
    REVOKED = 13
    WRONG_METHOD = 14
    OUR_FAULT = 99


CODE_OF = {
    Reason.NOT_A_RECORD: Code.MALFORMED,
    Reason.MISSING: Code.MISSING,
    Reason.MALFORMED: Code.MALFORMED,
    Reason.MALFORMED_DATE: Code.MALFORMED,
    Reason.OUT_OF_RANGE: Code.MALFORMED,
    Reason.TOO_LONG: Code.MALFORMED,
    Reason.IN_THE_FUTURE: Code.MALFORMED,
    Reason.OUTSIDE_SUBTREE: Code.OUTSIDE,
    Reason.OF_ANOTHER_SYSTEM: Code.OUTSIDE,
    Reason.EXISTS: Code.EXISTS,
    Reason.UNKNOWN_DOSSIER: Code.UNKNOWN_DOSSIER,
}


class CallRefusedError(Exception):
    """A call that cannot be served as a whole."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


def report_answer(report: SyncReport, fields: Mapping[str, str]) -> dict[str, Any]:
    """The answer to a batch: "00" when every record was taken, else why and which were not.

    ``fields`` are the protocol's names for our fields.
    """
    refused = [_refused(refusal, fields) for refusal in report.refusals]
    if not refused:
        return {"error_code": SYNC_DONE, "message": _taken(report), "result": []}
    code = _common_code(report)
    spelled = "; ".join(f"{r['MaHoSo'] or r['position']}: {r['reason']}" for r in refused[:SPELLED_OUT])
    if len(refused) > SPELLED_OUT:
        spelled += "; …"
    message = _("%(taken)s %(refused)d of %(all)d records refused: %(reasons)s") % {
        "taken": _taken(report),
        "refused": len(refused),
        "all": len(report.outcomes),
        "reasons": spelled,
    }
    return {"error_code": str(code.value), "message": message, "result": refused}


def _common_code(report: SyncReport) -> Code:
    if report.refused_as_existing:
        return Code.EXISTS
    codes = {CODE_OF[refusal.reason] for refusal in report.refusals}
    return codes.pop() if len(codes) == 1 else Code.SEVERAL


def _taken(report: SyncReport) -> str:
    taken = report.taken
    sentence = ngettext("%(count)d record taken.", "%(count)d records taken.", taken) % {"count": taken}
    if report.unknown_procedures:
        sentence += " " + _(
            "Procedure codes not in the catalogue, kept until they are mapped: %(codes)s."
        ) % {"codes": ", ".join(sorted(report.unknown_procedures)[:SPELLED_OUT])}
    return sentence


def _refused(refusal: Refusal, fields: Mapping[str, str]) -> dict[str, Any]:
    field = fields.get(refusal.field, refusal.field)
    reason = refusal.sentence(field)
    if refusal.reason is Reason.EXISTS and ALREADY_EXISTS not in reason:
        reason = f"{refusal.code} {ALREADY_EXISTS}. {reason}"
    return {
        "position": refusal.position,
        "MaHoSo": refusal.code,
        "error_code": str(CODE_OF[refusal.reason].value),
        "field": field,
        "reason": reason,
    }
