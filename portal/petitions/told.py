"""A petition as its page tells it: what may be done now, by when, what has happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.admin_display import mark
from feedback import petition_clock as clock
from feedback.admin.petition_words import deadline_mark
from feedback.bursts import reason_of
from feedback.models import Petition, PetitionStay, PetitionStep

State, Verb = Petition.State, PetitionStep.Verb


@dataclass(frozen=True)
class Deed:
    """Something that may be done now; ``strong`` is what comes next on a petition's way."""

    label: str
    url: str
    strong: bool = False


def deeds(petition: Petition) -> list[Deed]:
    """What the state allows, the next thing first."""
    found: list[tuple[str, str]] = []
    if petition.state in Petition.WAITING:
        found.append(("take-up", _("Take up")))
    if petition.is_open:
        found += [
            ("answer", _("Answer")),
            ("supplement", _("Ask for a supplement")),
            ("transfer", _("Transfer to another agency")),
            ("refuse", _("Refuse")),
        ]
    if petition.state == State.AWAITING_PUBLICATION:
        found += [("publish", _("Publish")), ("close", _("Do not publish"))]
    if petition.state not in Petition.OVER:
        found.append(("assign", _("Assign")))
    found.append(("note", _("Add a note")))
    strong = petition.state not in (*Petition.OVER, State.AWAITING_SUPPLEMENT)
    return [
        Deed(label, reverse(f"desk-{name}", args=[petition.pk]), strong and not place)
        for place, (name, label) in enumerate(found)
    ]


def deadlines(petition: Petition, stay: PetitionStay, as_of: datetime) -> Iterator[tuple[str, SafeString]]:
    """What must be done by when, the nearest first."""
    if petition.is_open:
        for label, by in (
            (_("Refuse"), clock.refuse_by(stay.clock_from)),
            (_("Ask for a supplement"), clock.send_back_by(stay.clock_from)),
            (_("Answer or transfer"), stay.handle_by),
        ):
            yield label, _still(by, as_of, needed=by == stay.handle_by)
    elif stay.publish_by is not None:
        yield _("Publish, or decide not to"), _still(stay.publish_by, as_of, needed=True)


def _still(by: datetime, as_of: datetime, *, needed: bool) -> Any:
    # One may but need not refuse or ask: to have missed that is no fault as yet.
    return deadline_mark(by, as_of) if needed or by >= as_of else mark(_("no longer in time"), "quiet")


@dataclass(frozen=True)
class Step:
    """A line of the history; ``deadline`` is the one it set or was under, ``late`` whether it missed it."""

    step: PetitionStep
    text: str
    deadline: datetime | None
    late: bool

    @property
    def by(self) -> str:
        """Who took it."""
        if self.step.actor:
            return str(self.step.actor)
        portal = {Verb.REMINDED, Verb.ESCALATED, Verb.LAPSED, Verb.CONTACT_GONE, Verb.FILES_GONE, Verb.HELD}
        return _("the portal") if self.step.verb in portal else _("the sender")


#: Steps with which the clock starts, and those that must be done within a time of it.
_STARTS = frozenset({Verb.SENT, Verb.TRANSFERRED, Verb.SUPPLEMENTED, Verb.COMPLAINED})
_WITHIN: dict[str, Callable[[datetime], datetime]] = {
    Verb.REFUSED: clock.refuse_by,
    Verb.ASKED_SUPPLEMENT: clock.send_back_by,
    Verb.TRANSFERRED: clock.handle_by,
    Verb.ANSWERED: clock.handle_by,
    Verb.PUBLISHED: clock.publish_by,
    Verb.CLOSED: clock.publish_by,
}


def history(petition: Petition) -> list[Step]:
    """Every step, the first one first, each with the deadline that held then."""
    told, started = [], petition.given_at
    for step in petition.steps.select_related("agency", "to_agency", "actor"):
        within = _WITHIN.get(step.verb)
        deadline = within(started) if within else None
        late = deadline is not None and step.at > deadline
        if step.verb in _STARTS or step.verb == Verb.ANSWERED:
            started = step.at
        if deadline is None and step.verb in _STARTS:
            deadline = clock.handle_by(started)
        told.append(Step(step, _text(step), deadline, late))
    return told


def _text(step: PetitionStep) -> str:
    if step.verb == Verb.JUDGED:
        return dict(Petition.Verdict.choices).get(step.text, step.text)  # type: ignore[return-value]
    if step.verb == Verb.FILES_GONE:
        count = int(step.text or 0)
        return ngettext("%(count)d file", "%(count)d files", count) % {"count": count}
    return reason_of(step.text) if step.verb == Verb.HELD else step.text
