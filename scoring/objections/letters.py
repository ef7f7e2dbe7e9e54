"""Letters to those an objection waits for, and to its agency; they name it and nothing of its text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from agencies.mailing import send_after_commit
from agencies.models import Agency, User
from agencies.models.delegation import AgencyUserObjectPermission
from agencies.permissions import DECIDE_OBJECTIONS, SEND_OBJECTIONS
from procedures.months import VIETNAM
from scoring.models import Objection

Desk = Objection.Desk


def write_to_desk(objection: Objection, as_of: datetime) -> None:
    """Tell whoever the objection waits for, and by when."""
    if objection.due_at is None:
        return
    told = {"number": objection.number, "due": f"{objection.due_at.astimezone(VIETNAM):%d/%m/%Y}"}
    with override("vi"):
        subject = _("Objection %(number)s waits for you until %(due)s") % told
        body = _("Objection %(number)s is to be dealt with by %(due)s. Please see to it.") % told
    _send(people_at(objection, as_of), subject, body, objection)


def write_to_agency(objection: Objection) -> None:
    """Tell those who wrote and sent an objection where it stands."""
    with override("vi"):
        told = {"number": objection.number, "state": objection.get_state_display()}
        subject = _("Objection %(number)s: %(state)s") % told
        body = _("Objection %(number)s is now: %(state)s. Its page tells the reasons.") % told
    _send([one for one in (objection.written_by, objection.sent_by) if one], subject, body, objection)


def people_at(objection: Objection, as_of: datetime) -> Iterable[User]:
    """Those by whose grant on the very agency the objection is theirs to deal with now."""
    if objection.desk == Desk.ABOVE:
        return _holders(objection.above, SEND_OBJECTIONS, as_of)
    if objection.desk == Desk.OFFICE:
        nation = Agency.objects.filter(kind=Agency.Kind.NATION).first()
        return _holders(nation, DECIDE_OBJECTIONS, as_of)
    return [one for one in (objection.written_by, objection.sent_by) if one]


def _holders(agency: Agency | None, permission: str, as_of: datetime) -> Iterable[User]:
    held = AgencyUserObjectPermission.objects.in_force(as_of).filter(
        content_object=agency, permission__codename=permission
    )
    return User.objects.filter(is_active=True, pk__in=held.values("user"))


def _send(people: Iterable[User], subject: str, body: str, objection: Objection) -> None:
    addresses = sorted({person.email for person in people if person.email and person.is_active})
    send_after_commit(addresses, subject, body, about=objection.number)
