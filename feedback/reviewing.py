"""Held voices: somebody above the agency releases them, or rejects them with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.event_log import record
from agencies.models import Agency, User
from agencies.permissions import REVIEW_VOICES
from agencies.visibility import may, visible
from feedback import moves, words
from feedback.grievances import settle
from feedback.models import Petition, PetitionStep, Rating, Standing


def held_ratings(user: User) -> QuerySet[Rating]:
    """Ratings held for review that ``user`` decides about, the oldest first."""
    held = Rating.objects.filter(
        visible(user, "dossier__agency__parent__path", REVIEW_VOICES), standing=Standing.HELD
    )
    return held.select_related("dossier__agency", "dossier__procedure").order_by("given_at", "pk")


def held_petitions(user: User) -> QuerySet[Petition]:
    """Petitions held for review that ``user`` decides about, the oldest first."""
    held = Petition.objects.filter(
        visible(user, "agency__parent__path", REVIEW_VOICES), standing=Standing.HELD
    )
    return held.select_related("agency", "procedure").order_by("given_at", "pk")


def may_review(user: User, agency: Agency) -> bool:
    """Whether ``user`` decides about the held voices on ``agency``: from above, never the agency itself."""
    return may(user, REVIEW_VOICES, agency.parent.path if agency.parent else None)


def release(voices: Iterable[Rating | Petition], *, by: User, reason: str, as_of: datetime) -> int:
    """Let held voices count; returns how many were. Raises PermissionDenied, all or none."""
    return _decide(voices, Standing.COUNTED, words.VOICES_RELEASED, by, reason, as_of)


def reject(voices: Iterable[Rating | Petition], *, by: User, reason: str, as_of: datetime) -> int:
    """Let held voices never count; they stay to be seen, with the reason. Returns how many were.

    Raises PermissionDenied, all or none, and ValidationError without a reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    return _decide(voices, Standing.REJECTED, words.VOICES_REJECTED, by, reason, as_of)


@transaction.atomic
def _decide(
    voices: Iterable[Rating | Petition], standing: str, verb: str, by: User, reason: str, as_of: datetime
) -> int:
    decided = 0
    for voice in voices:
        agency = voice.agency if isinstance(voice, Petition) else voice.dossier.agency
        if not may_review(by, agency):
            raise PermissionDenied(_("Somebody above %(agency)s decides this.") % {"agency": agency})
        values: dict[str, Any] = {
            "standing": standing,
            "reviewed_by": by,
            "reviewed_at": as_of,
            "review_reason": reason.strip()[:500],
        }
        if isinstance(voice, Petition):
            code, held = voice.code, _of_petition(voice, values, as_of)
        else:
            code, held = voice.dossier.code, _of_rating(voice, values, as_of)
        if not held:
            continue
        decided += 1
        record(verb, voice, actor=by, as_of=as_of, agency=agency, label=code, reason=reason)
    return decided


def _of_rating(rating: Rating, values: dict[str, Any], as_of: datetime) -> bool:
    if not Rating.objects.filter(pk=rating.pk, standing=Standing.HELD).update(**values):
        return False
    rating.refresh_from_db()
    settle([rating.dossier_id], as_of)
    return True


def _of_petition(petition: Petition, values: dict[str, Any], as_of: datetime) -> bool:
    with moves.moving(petition, as_of) as move:
        if move.petition.standing != Standing.HELD:
            return False
        for name, value in values.items():
            setattr(move.petition, name, value)
        verbs = PetitionStep.Verb
        released = values["standing"] == Standing.COUNTED
        move.step(
            verbs.RELEASED if released else verbs.REJECTED,
            by=values["reviewed_by"],
            text=values["review_reason"],
        )
    return True
