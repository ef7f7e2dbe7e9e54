"""What a change of the catalogue does to dossiers: derived anew, or their months marked.

No index leads from a procedure to its dossiers, since nothing asked often needs one: each of these
reads the dossiers through once, in portions of a thousand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Min, QuerySet

from procedures.among import among
from procedures.models import NO_MONTH, Dossier, LocalName, Procedure
from procedures.months import month_of
from procedures.rederiving import rederive, spans_of
from procedures.signals import counts_changed

BATCH = 1000


def rederive_each(dossiers: QuerySet[Dossier], as_of: datetime) -> int:
    """Derive these dossiers anew, each portion in a transaction of its own; returns how many."""
    count = 0
    for ids in _portions(dossiers):
        with transaction.atomic():
            rederive_portion(ids, as_of)
        count += len(ids)
    return count


def rederive_portion(dossier_ids: Collection[int], as_of: datetime) -> None:
    """Derive at most some thousand dossiers anew and mark their months, in the caller's transaction."""
    spans = rederive(dossier_ids, as_of)
    if spans:
        counts_changed.send(sender=Dossier, spans=spans)


def mark_months(
    procedure_ids: Collection[int], as_of: datetime, agency_ids: Collection[int] | None = None
) -> None:
    """Mark the months in which dossiers of these procedures count, of these agencies or of all."""
    dossiers = Dossier.objects.filter(among("procedure_id", procedure_ids), started_month__gt=NO_MONTH)
    if agency_ids is not None:
        dossiers = dossiers.filter(among("agency_id", agency_ids))
    this_month = month_of(as_of)
    ranges = (
        dossiers.order_by()
        .values_list("agency_id")
        .annotate(first=Min("started_month"), last=Max("ended_month"))
    )
    spans = {(agency_id, first, max(first, min(last, this_month))) for agency_id, first, last in ranges}
    if spans:
        counts_changed.send(sender=Dossier, spans=spans)


def adopt_waiting(procedures: Iterable[Procedure], as_of: datetime) -> int:
    """Give new procedures the dossiers that were sent with their codes before; returns how many."""
    by_code = {procedure.code: procedure for procedure in procedures}
    codes = list(by_code)
    LocalName.objects.filter(among("value", codes), kind=LocalName.Kind.PROCEDURE, procedure=None).delete()
    count = 0
    for code in codes:
        waiting = Dossier.objects.filter(local_procedure=code, procedure=None)
        while ids := list(waiting.order_by("code").values_list("pk", flat=True)[:BATCH]):
            with transaction.atomic():
                Dossier.objects.filter(among("id", ids)).update(
                    procedure=by_code[code], local_procedure="", changed_at=as_of
                )
                spans = spans_of(ids, as_of) | rederive(ids, as_of)
                if spans:
                    counts_changed.send(sender=Dossier, spans=spans)
            count += len(ids)
    return count


def _portions(dossiers: QuerySet[Dossier]) -> Iterator[list[int]]:
    after = 0
    while ids := list(dossiers.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield ids
        after = ids[-1]
