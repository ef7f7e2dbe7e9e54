"""Deriving anew what handling came to, after something other than the record itself changed.

A step arrived, a procedure was mapped, a limit was amended: the dossiers concerned are read, derived
by ``procedures.handling`` and written back where that changes anything.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from procedures import dossier_rows
from procedures.among import among
from procedures.dossier_rows import Span, span_of
from procedures.handling import Handling, Limit, Supplement, derive
from procedures.laying_over import NOTHING, laid_over
from procedures.models import Dossier
from procedures.months import month_of


class ToldAgain(NamedTuple):
    """What the record of a dossier told, read back from its row."""

    status: int
    submitted_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    refused_at: datetime | None
    supplements: Sequence[Supplement]


_TOLD = ("record_status", *ToldAgain._fields[1:])
_FIELDS = (
    "id", "code", "agency_id", "version_at", "corrected", "procedure_id", "procedure__processing_time",
    "procedure__processing_unit", *_TOLD, *Handling._fields,
)  # fmt: skip
_CORRECTED = _FIELDS.index("corrected")
_FIXED = len(_FIELDS) - len(_TOLD) - len(Handling._fields)


def rederive(dossier_ids: Collection[int], as_of: datetime) -> set[Span]:
    """Derive these dossiers anew and write those whose handling changed, in the caller's transaction.

    Returns the spans of months whose counts no longer hold: those of the changed dossiers, before and
    after. The caller passes at most some thousand ids and sends the signal.
    """
    rows = list(
        Dossier.objects.filter(among("id", dossier_ids))
        .order_by("code")
        .select_for_update(of=("self",))
        .values_list(*_FIELDS)
    )
    steps = dossier_rows.steps_of(dossier_ids)
    laid = laid_over([row[0] for row in rows if row[_CORRECTED]])
    this_month, spans, changed = month_of(as_of), set(), []
    for row in rows:
        pk, code, agency_id, version_at, _corrected, procedure_id, time, unit = row[:_FIXED]
        told, before = ToldAgain(*row[_FIXED : -len(Handling._fields)]), Handling(*row[_FIXED + len(_TOLD) :])
        limit = Limit(time, unit) if procedure_id else None
        over = laid.get(pk, NOTHING)
        after = derive(
            told,
            version_at,
            steps.get(pk, ()),
            limit,
            status_holds=over.status_holds,
            left_out=over.left_out,
        )
        if after != before:
            changed.append((code, as_of, *after))
            spans |= {_span(agency_id, handling, this_month) for handling in (before, after)}
    dossier_rows.update_handling(changed)
    return {span for span in spans if span is not None}


def spans_of(dossier_ids: Collection[int], as_of: datetime) -> set[Span]:
    """The spans of months in which these dossiers count now."""
    rows = Dossier.objects.filter(among("id", dossier_ids)).values_list(
        "agency_id", "started_month", "ended_month", "in_handling"
    )
    this_month = month_of(as_of)
    spans = {span_of(*row, this_month) for row in rows.order_by().distinct()}
    return {span for span in spans if span is not None}


def _span(agency_id: int, handling: Handling, this_month: int) -> Any:
    return span_of(agency_id, handling.started_month, handling.ended_month, handling.in_handling, this_month)
