"""Petitions that agencies' own software took in, for one desk and one count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agencies.codes import code_map
from agencies.models import Agency, IntegrationClient
from feedback.contacts import Contact
from feedback.models import Door, Petition
from feedback.petitions import Told, send
from feedback.sent_ratings import Ref, dossier_of
from feedback.sent_records import Outcome, Result, UnknownError, moment, take_all
from procedures.models import Procedure

#: A petition is passed on within so long; what is older is nobody's to date back.
OLDEST = timedelta(days=31)


class SentContact(msgspec.Struct, forbid_unknown_fields=True):
    """How the sender may be reached; sealed on arrival."""

    name: str = ""
    phone: str = ""
    email: str = ""


class SentPetition(msgspec.Struct, forbid_unknown_fields=True):
    """A petition as sent; ``ref`` is the sender's own identifier of it."""

    ref: Ref
    agency: str
    kind: Literal["rules", "staff", "other"]
    subject: str
    body: str
    procedure: str = ""
    dossier: str = ""
    sent_at: datetime | None = None
    contact: SentContact | None = None


def take_petitions(records: Sequence[Any], *, client: IntegrationClient, as_of: datetime) -> list[Result]:
    """Take petitions in and tell what became of each; of those taken the receipt code and secret."""
    return take_all(records, SentPetition, _take, client=client, as_of=as_of)


def _take(record: SentPetition, client: IntegrationClient, as_of: datetime) -> tuple[Outcome, str, str]:
    told = Told(
        agency=_agency(record.agency, client),
        kind=record.kind,
        subject=record.subject,
        body=record.body,
        procedure=_procedure(record.procedure),
        dossier=dossier_of(record.dossier, client) if record.dossier else None,
    )
    known = Petition.objects.filter(client=client, client_ref=record.ref).first()
    if known:
        values = told.checked(as_of)
        # It may be at another agency by now: what was written is what must be the same.
        if any(getattr(known, name) != values[name] for name in ("kind", "subject", "body")):
            raise ValidationError(
                {"ref": ValidationError(_("This identifier stands for another petition."), code="taken")}
            )
    contact = Contact(**msgspec.structs.asdict(record.contact)) if record.contact else None
    receipt = send(
        told,
        form_key=f"system:{client.pk}:{record.ref}",
        door=Door.SYSTEM,
        as_of=as_of,
        contact=contact,
        client=client,
        client_ref=record.ref,
        given_at=moment(record.sent_at, "sent_at", as_of, as_of - OLDEST),
    )
    outcome = Outcome.ACCEPTED if receipt.created else Outcome.UNCHANGED
    return outcome, receipt.petition.code, receipt.secret


def _agency(code: str, client: IntegrationClient) -> Agency:
    place = code_map().agency_of(code)
    if place is None or not place.path.startswith(client.agency.path):
        raise UnknownError(
            {"agency": ValidationError(_("No agency of yours has this code."), code="unknown")}
        )
    return Agency.objects.get(pk=place.id)


def _procedure(code: str) -> Procedure | None:
    if not code:
        return None
    found = Procedure.objects.filter(code=code[:50]).first()
    if found is None:
        raise UnknownError({"procedure": ValidationError(_("No procedure has this code."), code="unknown")})
    return found
