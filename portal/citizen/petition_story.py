"""A petition as its sender reads it: what happened, where it stands, what can be done, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from feedback.lapsing import lapses_at
from feedback.models import Petition, PetitionStep
from feedback.petitions import COMPLAINED_WITHIN, JUDGED_WITHIN, MOST_COMPLAINTS, told_to_sender

State, Verb = Petition.State, PetitionStep.Verb


@dataclass(frozen=True)
class Line:
    """One step: when, what happened in a sentence, and the words said with it."""

    at: datetime
    says: str
    text: str


@dataclass(frozen=True)
class CanDo:
    """What the sender can do now, and until when."""

    supplement_until: datetime | None
    judge_until: datetime | None
    complain_until: datetime | None


def story(petition: Petition) -> list[Line]:
    """Every step the sender may read, the first one first."""
    return [_line(step) for step in told_to_sender(petition)]


def can_do(petition: Petition, as_of: datetime) -> CanDo:
    """What the sender can do with a petition at this moment."""
    judge_until = complain_until = None
    if petition.state in Petition.ANSWERED and petition.answered_at:
        judge_until = petition.answered_at + JUDGED_WITHIN
    if petition.state in {*Petition.ANSWERED, State.REFUSED} and petition.complaints < MOST_COMPLAINTS:
        ended = petition.stays.filter(is_present=True).values_list("ended_at", flat=True).first()
        complain_until = ended + COMPLAINED_WITHIN if ended else None
    return CanDo(
        supplement_until=_supplement_until(petition),
        judge_until=judge_until if judge_until and judge_until >= as_of else None,
        complain_until=complain_until if complain_until and complain_until >= as_of else None,
    )


def _supplement_until(petition: Petition) -> datetime | None:
    if petition.state != State.AWAITING_SUPPLEMENT:
        return None
    asked_at = petition.stays.filter(is_present=True).values_list("ended_at", flat=True).first()
    return lapses_at(asked_at) if asked_at else None


def _line(step: PetitionStep) -> Line:
    office = {"office": step.agency, "other": step.to_agency}
    text = step.text
    if step.verb == Verb.SENT:
        says = _("You sent it to %(office)s.") % office
    elif step.verb == Verb.TAKEN_UP:
        says = _("%(office)s began to handle it.") % office
    elif step.verb == Verb.TRANSFERRED:
        says = _("%(office)s passed it on to %(other)s, whose affair it is.") % office
    elif step.verb == Verb.ASKED_SUPPLEMENT:
        says = _("%(office)s asks you for more:") % office
    elif step.verb == Verb.SUPPLEMENTED:
        says = _("You added:")
    elif step.verb == Verb.REFUSED:
        says = _("%(office)s refused it:") % office
    elif step.verb == Verb.LAPSED:
        says = _("It was closed: what was asked for did not come in time. You may send a new petition.")
    elif step.verb == Verb.ANSWERED:
        says = _("%(office)s answered:") % office
    elif step.verb == Verb.PUBLISHED:
        says = _("The answer was published, without personal data.")
    elif step.verb == Verb.COMPLAINED:
        says = _("You complained of the outcome:")
    elif step.verb == Verb.JUDGED:
        satisfied = step.text == Petition.Verdict.SATISFIED
        says = (
            _("You are satisfied with the answer.")
            if satisfied
            else _("You are not satisfied with the answer.")
        )
        text = ""
    else:
        says = f"{step.get_verb_display()}."
    return Line(step.at, says, text)
