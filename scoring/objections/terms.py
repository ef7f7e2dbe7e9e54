"""By when an objection must be sent, answered and decided: working days, kept as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.event_log import record
from agencies.event_words import declare
from agencies.models import User
from agencies.permissions import DECIDE_OBJECTIONS
from agencies.visibility import holds_everywhere
from feedback.petition_clock import end_of_working_day
from procedures.months import month_of
from scoring.models import Objection, ObjectionTerms, Publication
from scoring.periods import Period
from scoring.published_versions import latest_published

TERMS_CHANGED = declare("objections.terms_changed", gettext_lazy("changed the terms of objections"))

#: What is kept, in the order in which it is asked for.
NAMES = ("after_closing", "after_publication", "opinion", "decision", "more")


@dataclass(frozen=True)
class Window:
    """Whether one may object to a period; ``until`` None: no end is set yet. ``why_not`` else says why."""

    until: datetime | None = None
    why_not: str = ""

    @property
    def is_open(self) -> bool:
        """Whether one may object."""
        return not self.why_not


def terms() -> ObjectionTerms:
    """The terms in force, those the portal begins with if nobody changed them."""
    return ObjectionTerms.objects.filter(pk=1).first() or ObjectionTerms(pk=1)


def may_change_terms(user: User) -> bool:
    """Whether ``user`` decides on objections of the whole nation."""
    return holds_everywhere(user, DECIDE_OBJECTIONS)


@transaction.atomic
def change_terms(days: Mapping[str, int], *, by: User, reason: str, as_of: datetime) -> ObjectionTerms:
    """Set the terms; deadlines that run already stay as they are.

    Raises PermissionDenied for who does not decide for the nation, ValidationError for days out of
    bounds or without a reason.
    """
    if not may_change_terms(by):
        raise PermissionDenied(_("Only who decides for the whole nation changes the terms."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    changed, before = terms(), _days(terms())
    for name in NAMES:
        setattr(changed, name, days[name])
    changed.full_clean(validate_unique=False)
    if _days(changed) != before:
        changed.save()
        record(
            TERMS_CHANGED,
            changed,
            actor=by,
            as_of=as_of,
            before=before,
            after=_days(changed),
            reason=reason,
        )
    return changed


def window(period: Period, as_of: datetime) -> Window:
    """Whether one may object to what was counted in a period.

    While it runs, is closed or in review, and for some working days after its newest version was
    published.
    """
    if period.first > month_of(as_of):
        return Window(why_not=_("%(period)s has not begun.") % {"period": period.label})
    published = latest_published(period)
    if published is None or published.approved_at is None:
        return Window()
    until = end_of_working_day(published.approved_at, terms().after_publication)
    if as_of > until:
        text = _("Objections to %(period)s could be sent until %(day)s.")
        return Window(until, text % {"period": period.label, "day": f"{until:%d/%m/%Y}"})
    return Window(until)


def publish_not_before(publication: Publication) -> datetime | None:
    """Up to when a closed period is left open for objections; None where that is over or does not apply."""
    if publication.version != 1 or publication.closed_at is None or not publication.is_under_way:
        return None
    return end_of_working_day(publication.closed_at, terms().after_closing)


def due_at(objection: Objection, as_of: datetime) -> datetime | None:
    """By when whoever has the objection now must act, if it came to them at ``as_of``."""
    days = {
        Objection.Desk.ABOVE: terms().opinion,
        Objection.Desk.OFFICE: terms().decision,
        Objection.Desk.AGENCY: terms().more,
    }.get(Objection.Desk(objection.desk))
    if objection.state == Objection.State.DRAFT or days is None:
        return None
    return end_of_working_day(as_of, days)


def _days(of: ObjectionTerms) -> dict[str, int]:
    return {name: getattr(of, name) for name in NAMES}
