"""The inbox of refused records: try them again, mend them, or let them go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from procedures.models import InboxItem
from procedures.progress import sync_steps
from procedures.records import DossierRecord, StepRecord, read_dossier, read_step
from procedures.refused_records import fingerprint_of, retry_through
from procedures.sync import sync_dossiers

_WORDS = {
    InboxItem.Kind.DOSSIER.value: frozenset(f.name for f in msgspec.structs.fields(DossierRecord)),
    InboxItem.Kind.STEP.value: frozenset(f.name for f in msgspec.structs.fields(StepRecord)),
}


def waiting() -> QuerySet[InboxItem]:
    """The records that wait, each with whom it came from."""
    return InboxItem.objects.filter(state=InboxItem.State.WAITING).select_related("client__agency", "agency")


def retry(items: Iterable[InboxItem], as_of: datetime) -> int:
    """Try waiting records again, dossiers before steps; returns how many were taken.

    One refused again stays, with its new reason. Records not waiting any more are left alone.
    """
    chosen = waiting().filter(pk__in=[item.pk for item in items])
    dossiers, steps = (chosen.filter(kind=kind) for kind in InboxItem.Kind)
    before = steps.count()
    taken = retry_through(sync_dossiers, read_dossier, dossiers, as_of)
    # Steps that waited for these very dossiers have been taken with them.
    taken += before - steps.count()
    return taken + retry_through(sync_steps, read_step, steps, as_of)


def retry_all(as_of: datetime, size: int = 1000) -> int:
    """Try every waiting record again, in portions; returns how many were taken."""
    taken, after = 0, 0
    while portion := list(waiting().filter(pk__gt=after).order_by("pk")[:size]):
        taken += retry(portion, as_of)
        after = portion[-1].pk
    return taken


def dismiss(items: Iterable[InboxItem], as_of: datetime) -> int:
    """Let waiting records go for good; returns how many."""
    return InboxItem.objects.filter(pk__in=[item.pk for item in items], state=InboxItem.State.WAITING).update(
        state=InboxItem.State.DISMISSED, last_at=as_of
    )


def mend(item: InboxItem, changes: Mapping[str, Any], as_of: datetime) -> bool:
    """Change fields of a waiting record (by our words) and try it again; whether it was taken.

    Raises ValidationError for a field such a record does not have, or one already settled.
    """
    unknown = changes.keys() - _WORDS[item.kind]
    if unknown:
        raise ValidationError({name: _("There is no such field.") for name in sorted(unknown)})
    if item.state != InboxItem.State.WAITING:
        raise ValidationError(_("This record no longer waits."))
    record = {**item.record, **changes}
    fingerprint = fingerprint_of(item.kind, record)
    twin = waiting().filter(agency_id=item.agency_id, fingerprint=fingerprint).exclude(pk=item.pk)
    if twin.exists():
        dismiss([item], as_of)
        return retry(twin, as_of) > 0
    item.record, item.fingerprint = record, fingerprint
    item.dossier_code = str(record.get("code", ""))[:200]
    item.save(update_fields=["record", "fingerprint", "dossier_code"])
    return retry([item], as_of) > 0
