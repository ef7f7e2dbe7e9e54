"""Ratings that agencies' own software collected: at a counter, on a kiosk, in an app of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agencies.models import IntegrationClient
from feedback.models import Door, Rating
from feedback.ratings import Said, rate
from feedback.sent_records import LONGEST_REF, Outcome, Result, UnknownError, moment, take_all
from procedures.models import Dossier

Ref = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_REF, pattern=r"^[\x21-\x7e]+$")]
Points = Annotated[int, msgspec.Meta(ge=1, le=5)]


class SentFactors(msgspec.Struct, forbid_unknown_fields=True):
    """The five factors, each from 1 to 5 or left out."""

    access: Points | None = None
    procedure: Points | None = None
    staff: Points | None = None
    result: Points | None = None
    comments: Points | None = None


class SentRating(msgspec.Struct, forbid_unknown_fields=True):
    """A rating as sent; ``ref`` is the sender's own identifier of it."""

    ref: Ref
    dossier: str
    satisfaction: Annotated[int, msgspec.Meta(ge=1, le=3)]
    factors: SentFactors = msgspec.field(default_factory=SentFactors)
    comment: str = ""
    given_at: datetime | None = None


def take_ratings(records: Sequence[Any], *, client: IntegrationClient, as_of: datetime) -> list[Result]:
    """Take ratings in and tell what became of each."""
    return take_all(records, SentRating, _take, client=client, as_of=as_of)


def dossier_of(code: str, client: IntegrationClient) -> Dossier:
    """The dossier a system names, if it is of its subtree; raises UnknownError, as for none at all."""
    found = Dossier.objects.select_related("agency", "procedure").filter(code=code[:50]).first()
    if found is None or not found.agency.path.startswith(client.agency.path):
        raise UnknownError(
            {"dossier": ValidationError(_("No dossier of your agencies has this code."), code="unknown")}
        )
    return found


def _take(record: SentRating, client: IntegrationClient, as_of: datetime) -> tuple[Outcome, str, str]:
    dossier = dossier_of(record.dossier, client)
    known = Rating.objects.filter(client=client, client_ref=record.ref).first()
    if known and known.dossier_id != dossier.pk:
        raise ValidationError(
            {"ref": ValidationError(_("This identifier stands for another dossier's rating."), code="taken")}
        )
    rated = rate(
        dossier,
        Said(record.satisfaction, msgspec.structs.asdict(record.factors), record.comment),
        door=Door.SYSTEM,
        as_of=as_of,
        client=client,
        client_ref=record.ref,
        given_at=moment(record.given_at, "given_at", as_of, dossier.received_at),
    )
    if rated.created:
        return Outcome.ACCEPTED, "", ""
    return (Outcome.UPDATED if rated.changed else Outcome.UNCHANGED), "", ""
