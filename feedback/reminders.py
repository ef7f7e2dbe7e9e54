"""Deadlines that come near, and those that passed: each is told once, whatever runs how often."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from agencies.mailing import send_after_commit
from agencies.models import Agency, User
from agencies.models.delegation import AgencyUserObjectPermission
from agencies.permissions import HANDLE_PETITIONS
from agencies.visibility import visible
from feedback import petition_clock as clock
from feedback.models import Petition, PetitionStep
from procedures.months import VIETNAM

#: No reminder begins earlier than so many days before a deadline, however long the holidays.
_EARLIEST = timedelta(days=21)
#: Petitions told in one turn.
MOST = 500


def due_soon(user: User, as_of: datetime) -> QuerySet[Petition]:
    """What ``user`` handles that is near its deadline or past it, the most urgent first."""
    near = Petition.objects.filter(
        visible(user, "agency__path", HANDLE_PETITIONS), due_by__lte=_horizon(as_of)
    )
    return near.select_related("agency", "procedure", "assignee").order_by("due_by")


def passed_up(user: User) -> QuerySet[Petition]:
    """Petitions past their deadline that were passed up to where ``user`` handles petitions."""
    up = Petition.objects.filter(
        visible(user, "escalated_to__path", HANDLE_PETITIONS), due_by__isnull=False, escalated_for=F("due_by")
    )
    return up.select_related("agency", "escalated_to", "procedure").order_by("due_by")


def remind(as_of: datetime) -> int:
    """Remind of deadlines three working days before them; returns of how many petitions."""
    near = Petition.objects.filter(due_by__gte=as_of, due_by__lte=as_of + _EARLIEST).exclude(
        reminded_for=F("due_by")
    )
    reminded = 0
    for petition in near.select_related("agency", "assignee").order_by("due_by")[:MOST]:
        if petition.due_by is None or clock.remind_from(petition.due_by) > as_of:
            continue
        with transaction.atomic():
            if _claim(petition, reminded_for=petition.due_by):
                _step(petition, PetitionStep.Verb.REMINDED, as_of)
                _write_to(_handlers(petition, as_of), petition)
                reminded += 1
    return reminded


def escalate(as_of: datetime) -> int:
    """Pass petitions past their deadline up to the agency above; returns how many."""
    late = Petition.objects.filter(due_by__lt=as_of).exclude(escalated_for=F("due_by"))
    passed = 0
    for petition in late.select_related("agency__parent").order_by("due_by")[:MOST]:
        above = petition.agency.parent
        with transaction.atomic():
            if _claim(petition, escalated_for=petition.due_by, escalated_to=above):
                _step(petition, PetitionStep.Verb.ESCALATED, as_of, above)
                _write_to(_people_at(above, as_of), petition)
                passed += 1
    return passed


def _horizon(as_of: datetime) -> datetime:
    return clock.end_of_working_day(as_of, clock.REMIND)


def _claim(petition: Petition, **values: object) -> bool:
    """Whether it is ours to tell: nobody told it before, and the deadline still stands."""
    name = next(iter(values))
    mine = Petition.objects.filter(pk=petition.pk, due_by=petition.due_by)
    return bool(mine.filter(Q(**{f"{name}__isnull": True}) | ~Q(**{name: petition.due_by})).update(**values))


def _step(petition: Petition, verb: str, as_of: datetime, to: Agency | None = None) -> None:
    PetitionStep.objects.create(
        petition=petition, at=as_of, verb=verb, state=petition.state, agency=petition.agency, to_agency=to
    )


def _handlers(petition: Petition, as_of: datetime) -> Iterable[User]:
    return [petition.assignee] if petition.assignee else _people_at(petition.agency, as_of)


def _people_at(agency: Agency | None, as_of: datetime) -> Iterable[User]:
    """Who handles petitions by a grant on the agency itself."""
    held = AgencyUserObjectPermission.objects.in_force(as_of).filter(
        content_object=agency, permission__codename=HANDLE_PETITIONS
    )
    return User.objects.filter(is_active=True, pk__in=held.values("user"))


def _write_to(people: Iterable[User], petition: Petition) -> None:
    """Letters once the transaction stands; they name the petition and its deadline, nothing of its text."""
    addresses = [person.email for person in people if person.email]
    if not addresses or petition.due_by is None:
        return
    told = {"code": petition.code, "due": f"{petition.due_by.astimezone(VIETNAM):%d/%m/%Y}"}
    with override("vi"):
        subject = _("Petition %(code)s is due on %(due)s") % told
        body = _("Petition %(code)s is to be handled or published by %(due)s. Please see to it.") % told
    send_after_commit(addresses, subject, body, about=petition.code)
