"""Days that come near, and those that passed: each is told once, whatever runs how often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from procedures.months import VIETNAM
from procedures.working_days import add_working_days
from scoring.models import Objection
from scoring.objections import letters
from scoring.objections.doors import late
from scoring.objections.moves import Desk, State, Verb, move, note

#: Working days before a deadline at which it is called to mind.
REMIND = 2
#: No reminder begins earlier than so many days before, however long the holidays.
_EARLIEST = timedelta(days=16)
#: Objections told in one turn.
MOST = 500


def remind(as_of: datetime) -> int:
    """Remind whoever has an objection two working days before its deadline; returns of how many."""
    near = Objection.objects.filter(
        due_at__gte=as_of, due_at__lte=as_of + _EARLIEST, state__in=Objection.UNDER_WAY
    ).exclude(reminded_for=F("due_at"))
    reminded = 0
    for objection in _each(near):
        if objection.due_at is None or _from(objection.due_at) > as_of:
            continue
        objection.reminded_for = objection.due_at
        objection.save(update_fields=["reminded_for"])
        note(objection, Verb.REMINDED, by=None, as_of=as_of, due=objection.due_at)
        letters.write_to_desk(objection, as_of)
        reminded += 1
    return reminded


def escalate(as_of: datetime) -> int:
    """Let no objection lie past its deadline; returns how many went on.

    Without an opinion it goes on to the Office, without the answer asked for back to who asked. Of one
    the Office lets lie the Office and the agency are told.
    """
    overdue = Objection.objects.filter(late(as_of)).exclude(escalated_for=F("due_at"))
    gone = 0
    for objection in _each(overdue):
        objection.escalated_for = objection.due_at
        if objection.desk == Desk.OFFICE:
            objection.save(update_fields=["escalated_for"])
            note(objection, Verb.OVERDUE, by=None, as_of=as_of, due=objection.due_at)
            letters.write_to_agency(objection)
        else:
            waited_for = objection.state == State.MORE_ASKED
            desk = objection.asked_by_desk if waited_for else Desk.OFFICE
            state = (objection.opinion or State.SENT) if waited_for else objection.state
            move(objection, state, desk, Verb.PASSED_ON, by=None, as_of=as_of)
        letters.write_to_desk(objection, as_of)
        gone += 1
    return gone


def _each(found: QuerySet[Objection]) -> Iterator[Objection]:
    """Each locked in a transaction of its own, those passed over whose deadline moved meanwhile."""
    for pk, due in list(found.order_by("due_at").values_list("pk", "due_at")[:MOST]):
        with transaction.atomic():
            still = Q(pk=pk, due_at=due, state__in=Objection.UNDER_WAY)
            known = found.filter(still).select_for_update(of=("self",))
            objection = known.select_related("agency", "above", "written_by", "sent_by").first()
            if objection is not None:
                yield objection


def _from(deadline: datetime) -> datetime:
    day = add_working_days(deadline.astimezone(VIETNAM).date(), -REMIND)
    return datetime.combine(day, time(0), VIETNAM)
