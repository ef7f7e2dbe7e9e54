"""The inbox of refused records: try them again, mend them, or let them go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.event_log import record
from agencies.event_words import declare
from agencies.models import Agency, User
from procedures.models import InboxItem
from procedures.progress import sync_steps
from procedures.records import DossierRecord, StepRecord, read_dossier, read_step
from procedures.refused_records import fingerprint_of, retry_through
from procedures.sync import sync_dossiers

RETRIED = declare("inbox.retried", gettext_lazy("tried refused records again"))
DISMISSED = declare("inbox.dismissed", gettext_lazy("let refused records go"))
MENDED = declare("inbox.mended", gettext_lazy("mended a refused record"))

#: Records named in one entry of the log; of more, the number says how many.
NAMED = 100

_WORDS = {
    InboxItem.Kind.DOSSIER.value: frozenset(f.name for f in msgspec.structs.fields(DossierRecord)),
    InboxItem.Kind.STEP.value: frozenset(f.name for f in msgspec.structs.fields(StepRecord)),
}


def waiting() -> QuerySet[InboxItem]:
    """The records that wait, each with whom it came from."""
    return InboxItem.objects.filter(state=InboxItem.State.WAITING).select_related("client__agency", "agency")


def retry(items: Iterable[InboxItem], as_of: datetime, *, by: User | None = None, reason: str = "") -> int:
    """Try waiting records again, dossiers before steps; returns how many were taken.

    One refused again stays, with its new reason. Records not waiting any more are left alone. ``by``
    is the person who decided so, for the log; None when nobody did.
    """
    chosen = waiting().filter(pk__in=[item.pk for item in items])
    if by is not None:
        _log(RETRIED, chosen, by, reason, as_of)
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


@transaction.atomic
def dismiss(items: Iterable[InboxItem], as_of: datetime, *, by: User | None = None, reason: str = "") -> int:
    """Let waiting records go for good; returns how many. ``by`` is who decided so, for the log."""
    chosen = waiting().filter(pk__in=[item.pk for item in items])
    named = list(chosen) if by is not None else []
    count = InboxItem.objects.filter(
        pk__in=[item.pk for item in items], state=InboxItem.State.WAITING
    ).update(state=InboxItem.State.DISMISSED, last_at=as_of)
    if by is not None:
        _log(DISMISSED, named, by, reason, as_of)
    return count


def mend(
    item: InboxItem,
    changes: Mapping[str, Any],
    as_of: datetime,
    *,
    by: User | None = None,
    reason: str = "",
) -> bool:
    """Change fields of a waiting record (by our words) and try it again; whether it was taken.

    ``by`` is who decided so, for the log, which keeps the fields and not what stands in them. Raises
    ValidationError for a field such a record does not have, or one already settled.
    """
    unknown = changes.keys() - _WORDS[item.kind]
    if unknown:
        raise ValidationError({name: _("There is no such field.") for name in sorted(unknown)})
    if item.state != InboxItem.State.WAITING:
        raise ValidationError(_("This record no longer waits."))
    mended = {**item.record, **changes}
    if by is not None:
        _log(MENDED, [item], by, reason, as_of, fields=sorted(changes))
    fingerprint = fingerprint_of(item.kind, mended)
    twin = waiting().filter(agency_id=item.agency_id, fingerprint=fingerprint).exclude(pk=item.pk)
    if twin.exists():
        dismiss([item], as_of)
        return retry(twin, as_of) > 0
    item.record, item.fingerprint = mended, fingerprint
    item.dossier_code = str(mended.get("code", ""))[:200]
    item.save(update_fields=["record", "fingerprint", "dossier_code"])
    return retry([item], as_of) > 0


def _log(verb: str, items: Iterable[InboxItem], by: User, reason: str, as_of: datetime, **told: Any) -> None:
    """One entry an agency, naming the records by their dossiers' codes."""
    by_agency: dict[Agency, list[InboxItem]] = {}
    for item in items:
        by_agency.setdefault(item.agency, []).append(item)
    for agency, chosen in by_agency.items():
        record(
            verb,
            chosen[0],
            actor=by,
            as_of=as_of,
            agency=agency,
            label=", ".join(item.dossier_code for item in chosen),
            after={
                "count": len(chosen),
                "records": [{"id": item.pk, "dossier": item.dossier_code} for item in chosen[:NAMED]],
                **told,
            },
            reason=reason,
        )
