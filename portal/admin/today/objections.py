"""Objections that wait for a person: to be sent, judged, decided, or to say more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.admin_display import figure
from agencies.planner import COUNTED_UP_TO, counted_up_to
from portal.admin.today.waiting import Work, shown
from scoring.objections.doors import has_to_do, late, waiting_for


def objections(user: Any, as_of: datetime) -> Iterator[Work]:
    """How many wait, and how many of them too long; for those whose work it is."""
    if not has_to_do(user):
        return
    waiting = waiting_for(user).order_by()
    count = counted_up_to(waiting, COUNTED_UP_TO)
    overdue = waiting.filter(late(as_of)).count() if count else 0
    note = _("No objection waits for you.")
    if overdue:
        note = _("%(count)s of them past their deadline") % {"count": figure(overdue)}
    elif count:
        note = _("to be sent, judged, answered or decided")
    look = "bad" if overdue else "warn" if count else "good"
    yield Work(_("Objections"), shown(count), note, f"{reverse('objections')}?state=waiting", look)
