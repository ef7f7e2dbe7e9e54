"""After an answer: publish it without what names anybody, or decide that it is not to be published."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agencies.event_log import record
from agencies.folding import folded
from agencies.models import User
from feedback import words
from feedback.models import Petition, PetitionStep
from feedback.moves import Move
from feedback.personal_data import signs_in
from feedback.petition_work import working, written
from feedback.petitions import LONGEST_SUBJECT
from feedback.plain_text import one_line

State, Verb = Petition.State, PetitionStep.Verb


def publish(
    petition: Petition,
    *,
    subject: str,
    body: str,
    answer: str,
    by: User,
    as_of: datetime,
    looked_through: bool = False,
) -> None:
    """Publish petition and answer in these words; late after 2 working days.

    The texts are those a person made of the original ones. As long as something in them looks like
    personal data, ``looked_through`` must say that a person has looked at it and it may stay. Raises
    ValidationError by field, code ``personal_data`` in that case.
    """
    subject = one_line(subject)
    body, answer = written(body, "body"), written(answer, "answer")
    if not subject or len(subject) > LONGEST_SUBJECT:
        raise ValidationError({"subject": _("From 1 to %(most)d characters.") % {"most": LONGEST_SUBJECT}})
    if not looked_through:
        signs = {
            name: ValidationError(
                _("This looks like personal data: %(signs)s. Take it out, or confirm that it may stay.")
                % {"signs": "; ".join(found)},
                code="personal_data",
            )
            for name, text in (("subject", subject), ("body", body), ("answer", answer))
            if (found := signs_in(text))
        }
        if signs:
            raise ValidationError(signs)
    with working(petition, by, as_of) as move:
        move.needs(State.AWAITING_PUBLICATION)
        held = move.petition
        held.published_subject, held.published_body, held.published_answer = subject, body, answer
        held.published_folded = folded(f"{held.code} {subject} {body} {answer}")
        held.published_at = as_of
        _done(move, State.PUBLISHED)
        move.step(Verb.PUBLISHED, by=by, open_to_sender=True)
        record(words.PETITION_PUBLISHED, held, actor=by, as_of=as_of, agency=held.agency)


def close_unpublished(petition: Petition, *, reason: str, by: User, as_of: datetime) -> None:
    """Decide that an answer is not published (it concerns one person alone, say); the sender has it."""
    reason = written(reason, "reason")
    with working(petition, by, as_of) as move:
        move.needs(State.AWAITING_PUBLICATION)
        _done(move, State.CLOSED)
        move.step(Verb.CLOSED, by=by, text=reason)
        held = move.petition
        record(words.PETITION_CLOSED, held, actor=by, as_of=as_of, agency=held.agency, reason=reason)


def _done(move: Move, state: str) -> None:
    stay = move.stay
    if stay.publish_by is not None:
        move.missed(stay.publish_by)
    stay.publish_by = None
    move.petition.state, move.petition.due_by = state, None
