"""What citizens said and somebody has to deal with: petitions by their deadline, voices held for review."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.admin_display import list_url
from agencies.permissions import HANDLE_PETITIONS, REVIEW_VOICES
from agencies.visibility import holds_somewhere
from feedback.admin.petition_filters import due
from feedback.models import Petition
from feedback.petition_work import desk
from feedback.reviewing import held_petitions, held_ratings
from portal.admin.today.waiting import Work, shown, waiting


def voices(user: Any, as_of: datetime) -> Iterator[Work]:
    """Each for those whose work it is."""
    if holds_somewhere(user, HANDLE_PETITIONS):
        mine = desk(user).select_related(None).order_by()
        yield waiting(
            _("Late petitions"),
            mine.filter(due("late", as_of) or Q()),
            _("past their deadline, and passed up to the agency above"),
            _("No petition is past its deadline."),
            list_url(Petition, due="late"),
            "bad",
        )
        yield waiting(
            _("Petitions due today"),
            mine.filter(due("today", as_of) or Q()),
            _("to be answered or published before the day ends"),
            _("No petition is due today."),
            list_url(Petition, due="today"),
        )
    if holds_somewhere(user, REVIEW_VOICES):
        held = held_ratings(user).count() + held_petitions(user).count()
        note = _("of a burst from one source count only when you release them")
        none = _("No rating or petition is held for review.")
        look = "warn" if held else "good"
        yield Work(_("Held for review"), shown(held), note if held else none, reverse("held-voices"), look)
