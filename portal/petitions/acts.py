"""The acts of the desk: what each asks for, what it will do, and the verb that does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback import petition_clock as clock
from feedback import petition_work as work
from feedback import publishing
from feedback.admin.petition_words import how_far
from feedback.models import Petition, PetitionStay
from portal.petitions import act_forms as forms
from portal.petitions.reached import place
from procedures.months import VIETNAM

State = Petition.State
#: Petition, its present stay, what was filled in, and now.
Consequences = Callable[[Petition, PetitionStay, dict[str, Any], datetime], Iterator[str]]


@dataclass(frozen=True)
class Act:
    """One act: its words, in which states it can be done, what is asked for, and the verb.

    ``consequences`` are told before it is done; with ``asks_first`` they depend on what was filled in
    and wait for a yes.
    """

    name: str
    title: Any
    button: Any
    done: Any
    states: frozenset[str]
    form: type[forms.ActForm]
    verb: Callable[..., None]
    consequences: Consequences
    asks_first: bool = False


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y}"


def _late(by: datetime, as_of: datetime, why: str) -> Iterator[str]:
    if as_of > by:
        yield _("It counts as late: %(why)s (%(far)s).") % {"why": why, "far": how_far(by, as_of)}


def _taking_up(petition: Petition, stay: PetitionStay, _data: Any, as_of: datetime) -> Iterator[str]:
    yield _("The sender sees that it is being handled.")
    yield _("To be answered, or transferred, by %(day)s: taking it up changes no deadline.") % {
        "day": _day(stay.handle_by)
    }


def _assigning(petition: Petition, _stay: PetitionStay, _data: Any, as_of: datetime) -> Iterator[str]:
    yield _("Reminders of its deadline go to that person alone.")


def _noting(petition: Petition, _stay: PetitionStay, _data: Any, as_of: datetime) -> Iterator[str]:
    yield _("The note stays in the history; it can be neither changed nor deleted.")


def _transferring(petition: Petition, stay: PetitionStay, data: Any, as_of: datetime) -> Iterator[str]:
    to = data.get("agency")
    if to is None:
        yield _("The clock starts anew there; your agency's part is done with the transfer.")
    else:
        yield _("It goes to %(agency)s, code %(code)s, and leaves your desk if that is not yours.") % {
            "agency": place(to),
            "code": to.code,
        }
        yield _("The clock starts anew: they have until %(day)s to answer it.") % {
            "day": _day(clock.handle_by(as_of))
        }
        if to.pk in {*petition.stays.values_list("agency_id", flat=True)}:
            yield _("It was there before and goes back.")
    yield _("The sender is told where it went, and why.")
    yield from _late(stay.handle_by, as_of, _("your agency's time to handle it was over"))


def _asking(petition: Petition, stay: PetitionStay, _data: Any, as_of: datetime) -> Iterator[str]:
    yield _("The petition waits for its sender; the clock starts anew with their supplement.")
    yield from _late(
        clock.send_back_by(stay.clock_from), as_of, _("a supplement is asked for within 5 working days")
    )


def _refusing(petition: Petition, stay: PetitionStay, data: Any, as_of: datetime) -> Iterator[str]:
    if data.get("refusal"):
        yield _("It is refused: %(reason)s.") % {"reason": dict(Petition.Refusal.choices)[data["refusal"]]}
    yield _("The sender reads the reason and may complain of it for 30 days.")
    yield from _late(
        clock.refuse_by(stay.clock_from), as_of, _("a petition is refused within 2 working days")
    )


def _answering(petition: Petition, stay: PetitionStay, _data: Any, as_of: datetime) -> Iterator[str]:
    yield _("The sender reads the answer at once, and may judge it for 15 days.")
    yield _("By %(day)s it is to be published, or it is to be decided that it is not.") % {
        "day": _day(clock.publish_by(as_of))
    }
    yield from _late(stay.handle_by, as_of, _("it was to be answered within 15 working days"))


def _closing(petition: Petition, stay: PetitionStay, _data: Any, as_of: datetime) -> Iterator[str]:
    yield _("Petition and answer are never shown to the public; the sender keeps the answer.")
    if stay.publish_by:
        yield from _late(stay.publish_by, as_of, _("this was to be decided within 2 working days"))


def _do(verb: Callable[..., None], *names: str) -> Callable[..., None]:
    """The verb with what was filled in, in the order of ``names``."""

    def done(petition: Petition, data: dict[str, Any], by: Any, as_of: datetime) -> None:
        verb(petition, *(data[name] for name in names), by=by, as_of=as_of)

    return done


def _transfer(petition: Petition, data: dict[str, Any], by: Any, as_of: datetime) -> None:
    work.transfer(petition, data["agency"], by=by, reason=data["reason"], as_of=as_of)


def _refuse(petition: Petition, data: dict[str, Any], by: Any, as_of: datetime) -> None:
    work.refuse(petition, data["refusal"], by=by, explanation=data["explanation"], as_of=as_of)


def _close(petition: Petition, data: dict[str, Any], by: Any, as_of: datetime) -> None:
    publishing.close_unpublished(petition, reason=data["reason"], by=by, as_of=as_of)


EVERY_STATE = frozenset(State.values)
NOT_OVER = EVERY_STATE - Petition.OVER

TAKE_UP = Act(
    "take-up", gettext_lazy("Take up"), gettext_lazy("Take up"), gettext_lazy("You are handling it now."),
    Petition.WAITING, forms.ActForm, _do(work.take_up), _taking_up,
)  # fmt: skip
ASSIGN = Act(
    "assign", gettext_lazy("Assign"), gettext_lazy("Assign"), gettext_lazy("Assigned."),
    NOT_OVER, forms.AssignForm, _do(work.assign, "assignee"), _assigning,
)  # fmt: skip
NOTE = Act(
    "note", gettext_lazy("Add a note"), gettext_lazy("Add the note"), gettext_lazy("The note was added."),
    EVERY_STATE, forms.NoteForm, _do(work.note, "text"), _noting,
)  # fmt: skip
TRANSFER = Act(
    "transfer", gettext_lazy("Transfer to another agency"), gettext_lazy("Transfer"),
    gettext_lazy("The petition was transferred."),
    Petition.OPEN, forms.TransferForm, _transfer, _transferring, asks_first=True,
)  # fmt: skip
SUPPLEMENT = Act(
    "supplement", gettext_lazy("Ask for a supplement"), gettext_lazy("Ask the sender"),
    gettext_lazy("The sender is asked for a supplement."),
    Petition.OPEN, forms.SupplementForm, _do(work.ask_supplement, "text"), _asking,
)  # fmt: skip
REFUSE = Act(
    "refuse", gettext_lazy("Refuse the petition"), gettext_lazy("Refuse"),
    gettext_lazy("The petition was refused."),
    Petition.OPEN, forms.RefuseForm, _refuse, _refusing, asks_first=True,
)  # fmt: skip
ANSWER = Act(
    "answer", gettext_lazy("Answer"), gettext_lazy("Send the answer"),
    gettext_lazy("The sender has the answer. Now publish it, or decide that it is not to be."),
    Petition.OPEN, forms.AnswerForm, _do(work.answer, "text"), _answering, asks_first=True,
)  # fmt: skip
CLOSE = Act(
    "close", gettext_lazy("Not to be published"), gettext_lazy("Do not publish"),
    gettext_lazy("The answer stays with the sender alone."),
    frozenset({State.AWAITING_PUBLICATION}), forms.CloseForm, _close, _closing, asks_first=True,
)  # fmt: skip
