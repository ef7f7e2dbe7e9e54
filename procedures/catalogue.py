"""The catalogue of procedures and of who offers them, saved so that everything derived follows.

Both verbs are bulk and idempotent: what is the same already is left alone, and only what a change
moves is derived or marked anew (``procedures.catalogue_effects``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.folding import folded
from procedures.among import among
from procedures.catalogue_effects import adopt_waiting, mark_months
from procedures.limit_changes import limits_changed
from procedures.models import AgencyProcedure, Procedure
from procedures.signals import catalogue_changed
from procedures.upserting import differs, save_changed

#: The longest processing time taken, in its unit: longer is a slip.
LONGEST = 2_400

_COLUMNS = tuple(field.attname for field in Procedure._meta.concrete_fields if field.name != "id")
_OFFER_COLUMNS = ("online_level", "online_payment")
#: Changes that alter the handling derived for each dossier.
_LIMITS = ("processing_time", "processing_unit")
#: Changes that alter in which counts a dossier is.
_COUNTED = ("needs_paper_result", "has_fee", "open_to_citizens")


def save_procedures(procedures: Iterable[Procedure], *, as_of: datetime) -> int:
    """Add or amend procedures, known by their code; returns how many were new or changed.

    Fills what is derived: the folded name, whether persons may apply (criterion 4.5a), whether every
    mandatory part is there (1.3), and that a fee is a financial obligation (3.4 to 3.6). Dossiers of a
    procedure whose limit changed are derived anew, by a worker where they are many; those counted
    otherwise have their months marked; a new procedure takes the dossiers that were waiting for its code.
    Raises ValidationError, keyed by code, and then saves none.
    """
    given = [complete(procedure) for procedure in procedures]
    _check(given)
    with transaction.atomic():
        stored = Procedure.objects.filter(
            Q(among("code", [p.code for p in given])) | Q(among("id", [p.pk for p in given if p.pk]))
        )
        changed = save_changed(given, stored, lambda procedure: procedure.code, _COLUMNS)
        _follow(changed, as_of)
    return len(changed)


def save_offers(offers: Iterable[AgencyProcedure], *, as_of: datetime) -> int:
    """Add or amend what agencies offer, known by agency and procedure; returns how many changed.

    The months of the dossiers concerned are marked (criteria 3.1 to 3.5, 4.5a).
    """
    given = list(offers)
    with transaction.atomic():
        changed = save_changed(
            given,
            AgencyProcedure.objects.filter(among("agency_id", list({o.agency_id for o in given}))),
            lambda offer: (offer.agency_id, offer.procedure_id),
            _OFFER_COLUMNS,
        )
        _offers_changed([offer for _before, offer in changed], as_of)
    return len(changed)


def withdraw_offers(offers: Iterable[AgencyProcedure], *, as_of: datetime) -> int:
    """Take procedures out of agencies' authority; returns how many."""
    gone = list(offers)
    with transaction.atomic():
        AgencyProcedure.objects.filter(among("id", [offer.pk for offer in gone])).delete()
        _offers_changed(gone, as_of)
    return len(gone)


def complete(procedure: Procedure) -> Procedure:
    """Fill the derived columns of a procedure, which is not saved."""
    procedure.name_folded = folded(procedure.name)[:1100]
    procedure.has_fee = procedure.has_fee or procedure.fee > 0
    # Without stated subjects anyone may apply.
    procedure.open_to_citizens = not procedure.subjects or bool(
        Procedure.PERSONS.intersection(procedure.subjects)
    )
    procedure.is_complete = not missing_parts(procedure)
    return procedure


def missing_parts(procedure: Procedure) -> list[str]:
    """The mandatory parts its description lacks (Decision 766, criterion 1.3)."""
    elsewhere: dict[str, Any] = {
        "name": procedure.name,
        "deadline": procedure.processing_time is not None,
        "subjects": procedure.subjects,
    }
    return [
        part
        for part in Procedure.MANDATORY_PARTS
        if not procedure.parts.get(part) and not elsewhere.get(part)
    ]


def _check(procedures: Collection[Procedure]) -> None:
    errors: dict[str, list[str]] = {}
    for procedure in procedures:
        try:
            procedure.clean_fields(exclude=["field", "announcing_agency"])
        except ValidationError as error:
            errors[procedure.code] = error.messages
        time = procedure.processing_time
        if time is not None and time > LONGEST:
            errors.setdefault(procedure.code, []).append(
                _("A processing time of %(time)d is too long.") % {"time": time}
            )
    if errors:
        raise ValidationError(errors)


def _follow(changed: Sequence[tuple[Procedure | None, Procedure]], as_of: datetime) -> None:
    """Derive and mark anew whatever the changed procedures move."""
    limits, counted, new = [], [], []
    touched = set()
    for before, procedure in changed:
        touched.add(procedure.announcing_agency_id)
        if before is None:
            new.append(procedure)
            continue
        touched.add(before.announcing_agency_id)
        if differs(before, procedure, _LIMITS):
            limits.append(procedure.pk)
        if differs(before, procedure, _COUNTED):
            counted.append(procedure.pk)
    ids = [procedure.pk for _before, procedure in changed]
    offered = AgencyProcedure.objects.filter(among("procedure_id", ids)).order_by()
    touched.update(offered.values_list("agency_id", flat=True).distinct())
    if limits:
        limits_changed(limits, as_of)
    if counted:
        mark_months(counted, as_of)
    if new:
        adopt_waiting(new, as_of)
    if touched:
        catalogue_changed.send(sender=Procedure, agency_ids=touched)


def _offers_changed(offers: list[AgencyProcedure], as_of: datetime) -> None:
    if offers:
        agency_ids = {offer.agency_id for offer in offers}
        mark_months({offer.procedure_id for offer in offers}, as_of, agency_ids)
        catalogue_changed.send(sender=AgencyProcedure, agency_ids=agency_ids)
