"""How every verb changes a petition: locked, with its stays, its history and the months to recount."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from feedback import petition_clock as clock
from feedback.grievances import settle
from feedback.models import Petition, PetitionStay, PetitionStep
from procedures.models import STILL_OPEN
from procedures.months import month_of
from procedures.signals import counts_changed

Span = tuple[int, int, int]


class Move:
    """A petition while a verb changes it; whatever was changed is written at the end."""

    def __init__(self, petition: Petition, stay: PetitionStay, as_of: datetime) -> None:
        self.petition, self.stay, self.as_of = petition, stay, as_of
        self.touched: dict[int, PetitionStay] = {stay.pk: stay}

    def needs(self, *states: str) -> None:
        """Raise ValidationError unless the petition is in one of the states."""
        if self.petition.state not in states:
            raise ValidationError(
                _("This cannot be done with a petition that is: %(state)s.")
                % {"state": self.petition.get_state_display()},
                code="state",
            )

    def step(
        self,
        verb: str,
        *,
        by: User | None = None,
        text: str = "",
        to: Agency | None = None,
        agency: Agency | None = None,
        open_to_sender: bool = False,
    ) -> None:
        """Add a step to the history."""
        PetitionStep.objects.create(
            petition=self.petition,
            at=self.as_of,
            verb=verb,
            state=self.petition.state,
            agency=agency or self.petition.agency,
            to_agency=to,
            actor=by,
            text=text,
            open_to_sender=open_to_sender,
        )

    def end(self, outcome: str, within: datetime) -> None:
        """The agency has done its part; late if ``within`` is over."""
        stay = self.stay
        stay.outcome, stay.ended_at, stay.ended_month = outcome, self.as_of, month_of(self.as_of)
        self.missed(within)
        self.petition.due_by = None

    def missed(self, deadline: datetime) -> None:
        """Note the deadline of a step if it is over: late from then on."""
        if self.as_of > deadline:
            self.stay.late_since = min(self.stay.late_since or deadline, deadline)

    def start_clock(self) -> None:
        """The agency has to handle it, from now on."""
        stay = self.stay
        stay.outcome, stay.ended_at, stay.ended_month = PetitionStay.Outcome.OPEN, None, STILL_OPEN
        stay.clock_from, stay.handle_by, stay.publish_by = self.as_of, clock.handle_by(self.as_of), None
        self.petition.due_by = stay.handle_by

    def go_to(self, agency: Agency) -> None:
        """The petition is at another agency from now on; the present stay has been ended."""
        self.stay.is_present = False
        self.stay.save()
        known = PetitionStay.objects.filter(petition=self.petition, agency=agency).first()
        self.stay = known or new_stay(self.petition, agency, self.as_of)
        self.stay.is_present = True
        self.petition.agency, self.petition.assignee = agency, None
        self.start_clock()
        self.stay.save()
        self.touched[self.stay.pk] = self.stay


def new_stay(petition: Petition, agency: Agency, as_of: datetime) -> PetitionStay:
    """A stay that begins now, not saved."""
    return PetitionStay(
        petition=petition,
        agency=agency,
        started_at=as_of,
        started_month=month_of(as_of),
        clock_from=as_of,
        handle_by=clock.handle_by(as_of),
    )


@contextmanager
def moving(petition: Petition, as_of: datetime) -> Iterator[Move]:
    """A transaction in which nobody else changes the petition; writes it at the end.

    The months in which it counts, before and after, are marked; the caller's object is brought up to
    date.
    """
    with transaction.atomic():
        fresh = Petition.objects.select_for_update(of=("self",)).select_related("agency").get(pk=petition.pk)
        stay = PetitionStay.objects.get(petition=fresh, is_present=True)
        move = Move(fresh, stay, as_of)
        before = spans_of(fresh, [stay], as_of)
        yield move
        fresh.moved_at = as_of
        fresh.save()
        for touched in move.touched.values():
            touched.save()
        tell(before | spans_of(fresh, move.touched.values(), as_of))
        if fresh.dossier_id:
            settle([fresh.dossier_id], as_of)
    petition.refresh_from_db()


def spans_of(petition: Petition, stays: Any, as_of: datetime) -> set[Span]:
    """The months in which the stays count: while they last, and when the petition first came."""
    this_month, spans = month_of(as_of), set()
    for stay in stays:
        last = max(stay.started_month, min(stay.ended_month, this_month))
        spans.add((stay.agency_id, stay.started_month, last))
        spans.add((stay.agency_id, petition.received_month, petition.received_month))
    return spans


def tell(spans: set[Span]) -> None:
    """Have these months recounted, in the transaction that changed them."""
    counts_changed.send(sender=PetitionStay, spans=spans)
