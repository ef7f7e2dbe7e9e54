"""Dossiers as rows of a file: what they are and how they were handled, and nothing about who applied.

They only go out: in they come through ``procedures.sync`` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agencies.exchange.cells import Cell, shown
from procedures.among import among
from procedures.models import Dossier

#: What is read of a dossier, its agency and its procedure: no hash, nothing of the applicant.
_READ = (
    "code", "status", "channel", "submitted_at", "received_at", "deadline_at", "ended_at", "in_handling",
    "late_by_rule", "has_attachment", "has_result_file", "reuses_data", "from_personal_store",
    "uses_population_data", "payment", "fee_total", "local_procedure",
    "agency__code", "agency__name", "procedure__code", "procedure__name",
)  # fmt: skip


def handling(dossier: Dossier, as_of: datetime) -> str:
    """How its handling stands at ``as_of`` (Decision 766, criterion 2.1), in words."""
    if not dossier.in_handling:
        return _("not counted")
    late = overdue(dossier, as_of) is not None or dossier.late_by_rule
    if dossier.ended_at is None:
        return _("overdue") if late else _("open, in time")
    return _("ended late") if late else _("ended in time")


def overdue(dossier: Dossier, as_of: datetime) -> timedelta | None:
    """By how much it passed its deadline: until its end, or so far; None if it has not."""
    if dossier.deadline_at is None:
        return None
    gap = (dossier.ended_at or as_of) - dossier.deadline_at
    return gap if gap > timedelta(0) else None


def _days_overdue(dossier: Dossier, as_of: datetime) -> float | None:
    gap = overdue(dossier, as_of)
    return round(gap / timedelta(days=1), 1) if gap and dossier.in_handling else None


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


Told = Callable[[Dossier, datetime], Any]

#: The columns of a file of dossiers, each with what stands in it.
COLUMNS: tuple[tuple[Any, Told], ...] = (
    (pgettext_lazy("column", "dossier code"), lambda d, at: d.code),
    (pgettext_lazy("column", "agency code"), lambda d, at: d.agency.code),
    (pgettext_lazy("column", "agency name"), lambda d, at: d.agency.name),
    (
        pgettext_lazy("column", "procedure code"),
        lambda d, at: d.procedure.code if d.procedure else d.local_procedure,
    ),
    (pgettext_lazy("column", "procedure name"), lambda d, at: d.procedure.name if d.procedure else None),
    (gettext_lazy("status"), lambda d, at: d.get_status_display()),
    (gettext_lazy("channel"), lambda d, at: d.get_channel_display()),
    (gettext_lazy("submitted"), lambda d, at: d.submitted_at),
    (gettext_lazy("received"), lambda d, at: d.received_at),
    (gettext_lazy("deadline"), lambda d, at: d.deadline_at),
    (gettext_lazy("ended"), lambda d, at: d.ended_at),
    (gettext_lazy("handling"), handling),
    (pgettext_lazy("column", "days overdue"), _days_overdue),
    (gettext_lazy("papers attached"), lambda d, at: _yes(d.has_attachment)),
    (gettext_lazy("electronic result"), lambda d, at: _yes(d.has_result_file)),
    (gettext_lazy("reuses digitised data"), lambda d, at: _yes(d.reuses_data)),
    (gettext_lazy("uses the personal store"), lambda d, at: _yes(d.from_personal_store)),
    (gettext_lazy("uses population data"), lambda d, at: _yes(d.uses_population_data)),
    (gettext_lazy("payment"), lambda d, at: d.get_payment_display()),
    (gettext_lazy("fees (đồng)"), lambda d, at: d.fee_total),
)


def dossier_rows(ids: Sequence[int], as_of: datetime) -> Iterator[list[Cell]]:
    """The rows of these dossiers, in this order."""
    found = Dossier.objects.filter(among("id", list(ids))).select_related("agency", "procedure").only(*_READ)
    by_id = {dossier.pk: dossier for dossier in found}
    for pk in ids:
        if pk in by_id:
            yield [shown(told(by_id[pk], as_of)) for _label, told in COLUMNS]
