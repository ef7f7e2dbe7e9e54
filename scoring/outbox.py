"""The outbox: which agency-months must be recounted, marked where the change was made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from agencies.bulk import copy_into
from agencies.models import Agency
from agencies.signals import agency_moved
from procedures.months import months_between
from procedures.signals import catalogue_changed, counts_changed
from scoring.models import DirtyMonth, Tally

#: Stands for "what the agency offers and announces" in place of a month.
CATALOGUE = 0

#: An agency's months from the first to the last, both included, as ``yyyymm``.
Span = tuple[int, int, int]


def mark(spans: Iterable[Span]) -> int:
    """Mark every month of the spans for recount, and wake a worker once this transaction commits.

    Returns how many agency-months were marked.
    """
    cells = {
        (agency_id, month)
        for agency_id, first, last in spans
        for month in ([CATALOGUE] if first == CATALOGUE else months_between(first, last))
    }
    now = timezone.now()
    # On the way of every batch of dossiers: a thousand instances would cost as much as reading it.
    copy_into(
        DirtyMonth._meta.db_table,
        ("agency_id", "month", "marked_at"),
        [(agency_id, month, now) for agency_id, month in sorted(cells)],
    )
    if cells:
        transaction.on_commit(wake, robust=True)
    return len(cells)


def wake() -> None:
    """Ask a worker to recount soon; without a broker the sweep does it later."""
    from scoring.tasks import wake_recount

    wake_recount()


@receiver(catalogue_changed, dispatch_uid="scoring.outbox.catalogue")
def on_catalogue_changed(agency_ids: Iterable[int], **_: Any) -> None:
    mark((agency_id, CATALOGUE, CATALOGUE) for agency_id in agency_ids)


@receiver(counts_changed, dispatch_uid="scoring.outbox")
def on_counts_changed(spans: Iterable[Span], **_: Any) -> None:
    mark(spans)


@receiver(agency_moved, dispatch_uid="scoring.outbox.tree")
def on_agency_moved(agency: Agency, parents: Iterable[int], **_: Any) -> None:
    """Both branches add up anew, and all that moved is graded among other peers."""
    below = Agency.objects.under(agency.path).values_list("pk", flat=True)
    moved = {agency.pk, *below, *parents}
    months = Tally.objects.filter(agency_id__in=moved).order_by().values_list("month", flat=True)
    mark((agency_id, month, month) for month in months.distinct() for agency_id in moved)
    mark((agency_id, CATALOGUE, CATALOGUE) for agency_id in (agency.pk, *parents))
