"""What an agency does with a petition: take up, assign, note, transfer, send back, refuse, answer.

Every verb takes who does it and when, refuses with PermissionDenied whoever does not handle petitions
where the petition is now, with ValidationError (code ``state``) what its state does not allow, and adds
a step to the history. What follows an answer is in ``feedback.publishing``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.event_log import record
from agencies.models import Agency, User
from agencies.permissions import HANDLE_PETITIONS
from agencies.visibility import may, visible
from feedback import moves, words
from feedback import petition_clock as clock
from feedback.models import Petition, PetitionStay, PetitionStep
from feedback.plain_text import plain
from procedures.months import VIETNAM

State, Verb, Outcome = Petition.State, PetitionStep.Verb, PetitionStay.Outcome
LONGEST_TEXT = 10_000


def desk(user: User) -> QuerySet[Petition]:
    """The petitions ``user`` handles, what is due first on top, then what waits for nobody."""
    mine = Petition.objects.filter(visible(user, "agency__path", HANDLE_PETITIONS))
    return mine.select_related("agency", "procedure", "assignee").order_by("due_by", "-given_at")


def take_up(petition: Petition, *, by: User, as_of: datetime) -> None:
    """Begin to handle a petition that has come or come back."""
    with working(petition, by, as_of) as move:
        move.needs(*Petition.WAITING)
        move.petition.state = State.PROCESSING
        move.step(Verb.TAKEN_UP, by=by, open_to_sender=True)


def assign(petition: Petition, to: User, *, by: User, as_of: datetime) -> None:
    """Give it to somebody who handles petitions here."""
    with working(petition, by, as_of) as move:
        move.needs(*Petition.OPEN, State.AWAITING_PUBLICATION, State.AWAITING_SUPPLEMENT)
        if not may(to, HANDLE_PETITIONS, move.petition.agency):
            raise ValidationError(
                {"assignee": _("%(person)s does not handle petitions here.") % {"person": to}}
            )
        move.petition.assignee = to
        move.step(Verb.ASSIGNED, by=by, text=str(to))


def note(petition: Petition, text: str, *, by: User, as_of: datetime) -> None:
    """Add a note that only the agencies read."""
    text = written(text)
    with working(petition, by, as_of) as move:
        move.step(Verb.NOTED, by=by, text=text)


def transfer(petition: Petition, to: Agency, *, by: User, reason: str, as_of: datetime) -> None:
    """Send it to the agency whose affair it is, back to one it came from too; the clock starts anew.

    For this agency its part is done, late if its time to handle is over: passing on what one has let lie
    does not make it good.
    """
    reason = written(reason, "reason")
    with working(petition, by, as_of) as move:
        held = move.petition
        move.needs(*Petition.OPEN)
        gone = to.valid_to
        if to.pk == held.agency_id:
            raise ValidationError({"agency": _("It is at this agency already.")})
        if gone and gone < as_of.astimezone(VIETNAM).date():
            raise ValidationError({"agency": _("This agency has ended; choose the one that came after it.")})
        left = held.agency
        move.end(Outcome.TRANSFERRED, move.stay.handle_by)
        move.go_to(to)
        held.state = State.RECEIVED
        move.step(Verb.TRANSFERRED, by=by, text=reason, to=to, agency=left, open_to_sender=True)
        record(
            words.PETITION_TRANSFERRED,
            held,
            actor=by,
            as_of=as_of,
            agency=left,
            before={"agency": left.code},
            after={"agency": to.code},
            reason=reason,
        )


def ask_supplement(petition: Petition, question: str, *, by: User, as_of: datetime) -> None:
    """Ask the sender for what is missing; late after 5 working days. Meanwhile the agency waits."""
    question = written(question)
    with working(petition, by, as_of) as move:
        move.needs(*Petition.OPEN)
        move.end(Outcome.SENT_BACK, clock.send_back_by(move.stay.clock_from))
        move.petition.state = State.AWAITING_SUPPLEMENT
        move.step(Verb.ASKED_SUPPLEMENT, by=by, text=question, open_to_sender=True)


def refuse(petition: Petition, why: str, *, by: User, explanation: str, as_of: datetime) -> None:
    """Refuse it, for one of the coded reasons and with words to the sender; late after 2 working days."""
    explanation = written(explanation, "explanation")
    if why not in Petition.Refusal.values:
        raise ValidationError({"refusal": _("Choose the reason; nothing else allows a refusal.")})
    with working(petition, by, as_of) as move:
        move.needs(*Petition.OPEN)
        move.end(Outcome.REFUSED, clock.refuse_by(move.stay.clock_from))
        held = move.petition
        held.state, held.refusal = State.REFUSED, why
        move.step(Verb.REFUSED, by=by, text=explanation, open_to_sender=True)
        record(
            words.PETITION_REFUSED, held, actor=by, as_of=as_of, agency=held.agency, after={"refusal": why}
        )


def answer(petition: Petition, text: str, *, by: User, as_of: datetime) -> None:
    """Answer the sender; late after 15 working days. To publish it, or not to, is the next step."""
    text = written(text)
    with working(petition, by, as_of) as move:
        move.needs(*Petition.OPEN)
        move.end(Outcome.ANSWERED, move.stay.handle_by)
        held = move.petition
        held.state, held.answer, held.answered_at = State.AWAITING_PUBLICATION, text, as_of
        held.due_by = move.stay.publish_by = clock.publish_by(as_of)
        move.step(Verb.ANSWERED, by=by, text=text, open_to_sender=True)
        record(words.PETITION_ANSWERED, held, actor=by, as_of=as_of, agency=held.agency)


@contextmanager
def working(petition: Petition, by: User, as_of: datetime) -> Iterator[moves.Move]:
    """A move by somebody who handles the petitions of the agency; raises PermissionDenied for others."""
    with moves.moving(petition, as_of) as move:
        if not may(by, HANDLE_PETITIONS, move.petition.agency):
            raise PermissionDenied(_("Only who handles the petitions of this agency does this."))
        yield move


def written(text: str, field: str = "text") -> str:
    """The text tidied; raises ValidationError (``field``) for an empty one or one that is too long."""
    text = plain(text)
    if not text:
        raise ValidationError({field: _("Write something here.")})
    if len(text) > LONGEST_TEXT:
        raise ValidationError({field: _("At most %(most)d characters.") % {"most": LONGEST_TEXT}})
    return text
