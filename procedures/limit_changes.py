"""A procedure's limit changed: its dossiers are derived anew, few at once, many by a worker.

What a worker is to do is a row of its own (``Rederivation``), written in the transaction that changed
the limit. A lost message is found by the sweep, and after a lost worker the next goes on from the last
portion. Scores follow portion by portion.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Max

from agencies.planner import estimated_count
from procedures.among import among
from procedures.catalogue_effects import rederive_each, rederive_portion
from procedures.models import Dossier, Rederivation

#: Up to so many dossiers whoever changes the limit can wait for.
AT_ONCE = 1_000
#: Dossiers derived in one transaction.
BATCH = 1_000
#: How long one turn goes on before it lets others have the worker.
TURN_SECONDS = 60
SWEEP_EVERY = timedelta(seconds=15)

Clock = Callable[[], datetime]


def limits_changed(procedure_ids: Collection[int], as_of: datetime) -> None:
    """Derive the dossiers of these procedures anew, in the caller's transaction or by a worker after it.

    Where there are more than a thousand, or so many records that counting would take long, a worker
    does it. One that is under way begins again.
    """
    dossiers = Dossier.objects.filter(among("procedure_id", procedure_ids))
    under_way = Rederivation.objects.filter(among("procedure_id", procedure_ids)).exists()
    if not under_way:
        count = estimated_count(dossiers)
        if count.exact and count.number <= AT_ONCE:
            rederive_each(dossiers, as_of)
            return
    last = Dossier.objects.aggregate(last=Max("pk"))["last"] or 0
    for procedure_id in sorted(procedure_ids):
        Rederivation.objects.update_or_create(
            procedure_id=procedure_id,
            defaults={"asked_at": as_of, "after": 0, "last": last, "derived": 0},
        )
        call(procedure_id)


def call(procedure_id: int, expires: float | None = None) -> None:
    """Call a worker once this transaction commits; without a broker the sweep does it.

    A call not answered in ``expires`` seconds is dropped.
    """
    from procedures.tasks import rederive_procedure

    transaction.on_commit(
        lambda: rederive_procedure.apply_async((procedure_id,), expires=expires), robust=True
    )


def run(procedure_id: int, clock: Clock, seconds: float = TURN_SECONDS) -> None:
    """Work on a procedure's dossiers for a turn, and call for the next one if there is more to do."""
    until = monotonic() + seconds
    while _portion(procedure_id, clock()):
        if monotonic() > until:
            call(procedure_id)
            return


def sweep() -> int:
    """Call workers to what waits, in case a message or a worker was lost; returns how much that is.

    Calling twice does no harm: whoever comes second finds the row taken, or gone.
    """
    waiting = list(Rederivation.objects.order_by("asked_at").values_list("pk", flat=True)[:100])
    for procedure_id in waiting:
        call(procedure_id, expires=SWEEP_EVERY.total_seconds())
    return len(waiting)


def _portion(procedure_id: int, as_of: datetime) -> bool:
    """Derive the next portion and note how far it came; False if there is none, or another worker has it."""
    with transaction.atomic():
        row = Rederivation.objects.select_for_update(skip_locked=True).filter(pk=procedure_id).first()
        if row is None:
            return False
        left = Dossier.objects.filter(procedure=procedure_id, pk__gt=row.after, pk__lte=row.last)
        ids = list(left.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if ids:
            rederive_portion(ids, as_of)
        if len(ids) < BATCH:
            row.delete()
            return False
        row.after, row.derived = ids[-1], row.derived + len(ids)
        row.save(update_fields=["after", "derived"])
        return True
