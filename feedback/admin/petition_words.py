"""A petition's state and deadline as the pages of the agencies tell them."""

from __future__ import annotations

from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.admin_display import mark
from feedback import petition_clock as clock
from feedback.models import Petition, Rating
from procedures.months import VIETNAM
from procedures.working_days import working_days_between

State = Petition.State
_STATES = {
    State.RECEIVED: "warn",
    State.SUPPLEMENTED: "warn",
    State.PROCESSING: "warn",
    State.AWAITING_PUBLICATION: "warn",
    State.PUBLISHED: "good",
}
_LEVELS = {
    Rating.Satisfaction.VERY_SATISFIED: "good",
    Rating.Satisfaction.SATISFIED: "good",
    Rating.Satisfaction.NOT_SATISFIED: "bad",
}


def state_mark(petition: Petition) -> SafeString:
    """The state in a word, with its look."""
    return mark(petition.get_state_display(), _STATES.get(State(petition.state), "quiet"))


def level_mark(rating: Rating) -> SafeString:
    """How satisfied, in a word, with its look."""
    look = _LEVELS.get(Rating.Satisfaction(rating.satisfaction), "quiet")
    return mark(rating.get_satisfaction_display(), look)


def deadline_mark(due_by: datetime, as_of: datetime) -> SafeString:
    """The day of a deadline and how far it is, in working days."""
    look = "bad" if due_by < as_of else "warn" if clock.remind_from(due_by) <= as_of else "quiet"
    return mark(f"{due_by.astimezone(VIETNAM):%d/%m/%Y} · {how_far(due_by, as_of)}", look)


def how_far(due_by: datetime, as_of: datetime) -> str:
    """How many working days are left, or gone since."""
    last, today = due_by.astimezone(VIETNAM).date(), as_of.astimezone(VIETNAM).date()
    if due_by < as_of:
        gone = max(1, working_days_between(last, today))
        return ngettext("late by %(count)d working day", "late by %(count)d working days", gone) % {
            "count": gone
        }
    if last == today:
        return _("today")
    left = working_days_between(today, last)
    return ngettext("%(count)d working day left", "%(count)d working days left", left) % {"count": left}
