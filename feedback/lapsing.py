"""Petitions that wait for a supplement which never comes: closed after a time, told to the sender."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError

from feedback import moves
from feedback import petition_clock as clock
from feedback.models import Petition, PetitionStay, PetitionStep

#: Petitions closed in one turn.
MOST = 500


def lapses_at(asked_at: datetime) -> datetime:
    """When a petition is closed for which a supplement was asked then and none has come.

    PETITION_SUPPLEMENT_DAYS working days later, at the end of the day.
    """
    return clock.end_of_working_day(asked_at, settings.PETITION_SUPPLEMENT_DAYS)


def lapse(as_of: datetime) -> int:
    """Close the petitions whose supplement is overdue; returns how many.

    The agency's part ended with asking and counts as it did (Decision 766, criteria 5.2 and 5.3): the
    wait is nobody's, and neither is its end. What a sender supplements at this very moment goes first
    or comes too late, never both.
    """
    waiting = PetitionStay.objects.filter(
        is_present=True,
        petition__state=Petition.State.AWAITING_SUPPLEMENT,
        # So many working days are never fewer days.
        ended_at__lt=as_of - timedelta(days=settings.PETITION_SUPPLEMENT_DAYS),
    )
    closed = 0
    for stay in waiting.select_related("petition").order_by("ended_at")[:MOST]:
        if not _overdue(stay, as_of):
            continue
        try:
            with moves.moving(stay.petition, as_of) as move:
                move.needs(Petition.State.AWAITING_SUPPLEMENT)
                if not _overdue(move.stay, as_of):
                    raise ValidationError("asked for anew", code="state")
                move.petition.state = Petition.State.LAPSED
                move.step(PetitionStep.Verb.LAPSED, open_to_sender=True)
        except ValidationError:
            # Something came between our looking and our turn.
            continue
        closed += 1
    return closed


def _overdue(stay: PetitionStay, as_of: datetime) -> bool:
    return stay.ended_at is not None and lapses_at(stay.ended_at) < as_of
