"""Saying what a local name means: which agency a unit's name is, which procedure a code."""

from __future__ import annotations

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.event_log import record
from agencies.event_words import declare
from agencies.models import Agency, User
from agencies.models.agency import within
from procedures.among import among
from procedures.models import Dossier, LocalName, Procedure
from procedures.name_likeness import Likeness
from procedures.rederiving import rederive, spans_of
from procedures.signals import counts_changed

MAPPED = declare("name.mapped", gettext_lazy("said what a local name means"))

#: Dossiers moved in one transaction.
BATCH = 1000

_CONSIDERED, _ALIKE = 30, 0.4


def suggestions(local_name: LocalName, limit: int = 3) -> list[Agency] | list[Procedure]:
    """What the name most likely means, the likeliest first; empty when nothing is like it.

    Units are sought in the subtree of the agency that uses the name. Of a procedure's local variant
    (3.000181.000.00.00.H22) the national code it begins with comes first.
    """
    if local_name.kind == LocalName.Kind.UNIT:
        return _similar_units(local_name, limit)
    return _similar_procedures(local_name.value, limit)


def waiting(local_name: LocalName) -> QuerySet[Dossier]:
    """The dossiers that wait for this name to be mapped."""
    return _meant(local_name, None)


def map_local_name(
    local_name: LocalName,
    target: Agency | Procedure | None,
    as_of: datetime,
    *,
    by: User | None = None,
    reason: str = "",
) -> int:
    """Say what the name means (None: nothing any more) and place what is called so anew.

    Dossiers that waited, and those of an earlier mapping, are moved or derived anew a thousand at a
    time, and both agencies' months are marked. Returns how many dossiers that were. ``by`` is who
    decided so, for the log; None is the server itself. Raises ValidationError for a target of the wrong
    kind or outside the subtree of the name's owner.
    """
    field = "agency" if local_name.kind == LocalName.Kind.UNIT else "procedure"
    _check(local_name, field, target)
    before, after = _meaning_stored(local_name), target.pk if target else None
    with transaction.atomic():
        setattr(local_name, field, target)
        local_name.save()
        if before != after:
            _log(local_name, before, target, by, reason, as_of)
    return sum(_move_all(local_name, meant, after, as_of) for meant in {None, before} - {after})


def _log(
    local_name: LocalName,
    before: int | None,
    target: Agency | Procedure | None,
    by: User | None,
    reason: str,
    as_of: datetime,
) -> None:
    record(
        MAPPED,
        local_name,
        actor=by,
        as_of=as_of,
        agency=local_name.owner,
        before={"meaning": before},
        after={"meaning": target.pk if target else None, "code": target.code if target else ""},
        reason=reason,
    )


def _check(local_name: LocalName, field: str, target: Agency | Procedure | None) -> None:
    if target is None:
        return
    if not isinstance(target, Agency if field == "agency" else Procedure):
        raise ValidationError({field: _("A unit means an agency, a procedure code a procedure.")})
    if isinstance(target, Agency) and not local_name.owner.contains(target):
        raise ValidationError(
            {field: _("%(agency)s is not part of %(owner)s.") % {"agency": target, "owner": local_name.owner}}
        )


def _meaning_stored(local_name: LocalName) -> int | None:
    found = LocalName.objects.filter(pk=local_name.pk).values_list("agency_id", "procedure_id").first()
    return (found[0] or found[1]) if found else None


def _meant(local_name: LocalName, meaning: int | None) -> QuerySet[Dossier]:
    """The dossiers called so that are held to mean ``meaning`` (None: that wait)."""
    if local_name.kind == LocalName.Kind.PROCEDURE:
        return Dossier.objects.filter(
            within(local_name.owner.path, "agency__path"),
            local_procedure=local_name.value,
            procedure=meaning,
        )
    if meaning is None:
        return Dossier.objects.filter(
            agency=local_name.owner_id,
            local_unit=local_name.value,
            placement=Dossier.Placement.DEFAULT,
        )
    return Dossier.objects.filter(
        Q(client=None) | Q(client__agency=local_name.owner_id),
        agency=meaning,
        local_unit=local_name.value,
        placement=Dossier.Placement.MAPPING,
    )


def _move_all(local_name: LocalName, before: int | None, after: int | None, as_of: datetime) -> int:
    moved = 0
    while True:
        with transaction.atomic():
            chunk = _meant(local_name, before).select_for_update(of=("self",)).order_by("code")
            ids = list(chunk.values_list("pk", flat=True)[:BATCH])
            if ids:
                _move(ids, local_name, after, as_of)
        moved += len(ids)
        if len(ids) < BATCH:
            return moved


def _move(ids: list[int], local_name: LocalName, meaning: int | None, as_of: datetime) -> None:
    spans = spans_of(ids, as_of)
    dossiers = Dossier.objects.filter(among("id", ids))
    if local_name.kind == LocalName.Kind.PROCEDURE:
        dossiers.update(procedure=meaning, changed_at=as_of)
        spans |= rederive(ids, as_of)
    elif meaning is None:
        dossiers.update(agency=local_name.owner_id, placement=Dossier.Placement.DEFAULT, changed_at=as_of)
    else:
        dossiers.update(agency=meaning, placement=Dossier.Placement.MAPPING, changed_at=as_of)
    spans |= spans_of(ids, as_of)
    if spans:
        counts_changed.send(sender=Dossier, spans=spans)


def _similar_units(local_name: LocalName, limit: int) -> list[Agency]:
    likeness = Likeness(local_name.value)
    units = Agency.objects.under(local_name.owner.path).exclude(pk=local_name.owner_id)
    named = units.order_by().values_list("pk", "name", "short_name")
    rough = sorted(
        ((max(map(likeness.rough, (name, short))), pk, name) for pk, name, short in named), reverse=True
    )
    fine = sorted(
        ((likeness.fine(name), pk) for score, pk, name in rough[:_CONSIDERED] if score), reverse=True
    )
    chosen = [pk for score, pk in fine[:limit] if score >= _ALIKE]
    found = Agency.objects.in_bulk(chosen)
    return [found[pk] for pk in chosen]


def _similar_procedures(value: str, limit: int) -> list[Procedure]:
    # Codes that merely look alike belong to different procedures: only the same digits are the same.
    national = [".".join(digits) for digits in re.findall(r"(\d)\D?(\d{6})(?!\d)", value)]
    return list(Procedure.objects.filter(code__in=national).order_by("code")[:limit])
