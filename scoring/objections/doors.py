"""Who may see, write, send, judge and decide objections; nobody judges or decides their own."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from agencies.models import Agency, User
from agencies.permissions import DECIDE_OBJECTIONS, SEE_RECORDS, SEND_OBJECTIONS, WRITE_OBJECTIONS
from agencies.visibility import Person, holds_everywhere, holds_somewhere, may, visible
from scoring.models import Objection

State, Desk = Objection.State, Objection.Desk


def reached(user: Person) -> QuerySet[Objection]:
    """The objections of agencies whose records ``user`` sees; drafts are for who may write them there."""
    sent = visible(user, "agency__path", SEE_RECORDS) & ~Q(state=State.DRAFT)
    return Objection.objects.filter(sent | visible(user, "agency__path", WRITE_OBJECTIONS))


def may_write(user: Person, agency: Agency) -> bool:
    """Whether ``user`` may write objections of an agency."""
    return may(user, WRITE_OBJECTIONS, agency)


def may_send(user: Person, agency: Agency) -> bool:
    """Whether ``user`` may send and withdraw them."""
    return may(user, SEND_OBJECTIONS, agency)


def may_judge(user: User, objection: Objection) -> bool:
    """Whether ``user`` gives the opinion of the level above; not on what they wrote or sent themselves."""
    above = objection.above
    return above is not None and may(user, SEND_OBJECTIONS, above) and user.pk not in _own(objection)


def may_decide(user: User, objection: Objection) -> bool:
    """Whether ``user`` decides: for the whole nation, not on one they wrote, sent or judged."""
    involved = {*_own(objection), objection.opinion_by_id}
    return holds_everywhere(user, DECIDE_OBJECTIONS) and user.pk not in involved


def may_see_evidence(user: Person, objection: Objection) -> bool:
    """Whether ``user`` has to do with it: writes, judges or decides there. A file may name people."""
    return may(user, WRITE_OBJECTIONS, objection.agency) or holds_everywhere(user, DECIDE_OBJECTIONS)


def has_to_do(user: Person) -> bool:
    """Whether objections are any of this person's work."""
    permissions = (WRITE_OBJECTIONS, SEND_OBJECTIONS, DECIDE_OBJECTIONS)
    return any(holds_somewhere(user, permission) for permission in permissions)


def waiting_for(user: User) -> QuerySet[Objection]:
    """The objections that wait for this person: to be sent, judged, decided, or to say more."""
    mine = Q(written_by=user.pk) | Q(sent_by=user.pk)
    drafts = visible(user, "agency__path", SEND_OBJECTIONS) & Q(state=State.DRAFT)
    more = visible(user, "agency__path", WRITE_OBJECTIONS) & Q(state=State.MORE_ASKED)
    above = visible(user, "above__path", SEND_OBJECTIONS) & Q(desk=Desk.ABOVE) & ~mine
    found = drafts | more | above
    if holds_everywhere(user, DECIDE_OBJECTIONS):
        found |= Q(desk=Desk.OFFICE) & ~mine & ~Q(opinion_by=user.pk)
    return Objection.objects.filter(found)


def late(as_of: datetime) -> Q:
    """The condition that whoever it waits for has let its day pass."""
    return Q(due_at__lt=as_of, state__in=Objection.UNDER_WAY)


def _own(objection: Objection) -> set[int | None]:
    return {objection.written_by_id, objection.sent_by_id} - {None}
