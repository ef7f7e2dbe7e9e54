"""What citizens said and somebody has to deal with: petitions by their deadline, voices held for review."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.admin_display import list_url
from agencies.permissions import HANDLE_PETITIONS, REVIEW_VOICES
from agencies.visibility import holds_somewhere
from feedback.admin.petition_filters import due
from feedback.models import Petition
from feedback.petition_work import desk
from feedback.reviewing import held_petitions, held_ratings
from portal.admin.today.waiting import Work, shown


def voices(user: Any, as_of: datetime) -> Iterator[Work]:
    """Each for those whose work it is."""
    if holds_somewhere(user, HANDLE_PETITIONS):
        yield from _petitions(user, as_of)
    if holds_somewhere(user, REVIEW_VOICES):
        yield _held(user)


def _petitions(user: Any, as_of: datetime) -> Iterator[Work]:
    late, today = due("late", as_of) or Q(), due("today", as_of) or Q()
    urgent = desk(user).select_related(None).order_by().filter(late | today)
    counts = urgent.aggregate(late=Count("pk", filter=late), today=Count("pk", filter=today))
    yield Work(
        _("Late petitions"),
        shown(counts["late"]),
        _("past their deadline, and passed up to the agency above")
        if counts["late"]
        else _("No petition is past its deadline."),
        list_url(Petition, due="late"),
        "bad" if counts["late"] else "good",
    )
    yield Work(
        _("Petitions due today"),
        shown(counts["today"]),
        _("to be answered or published before the day ends")
        if counts["today"]
        else _("No petition is due today."),
        list_url(Petition, due="today"),
        "warn" if counts["today"] else "good",
    )


def _held(user: Any) -> Work:
    ratings, petitions = (
        found.select_related(None).order_by().values("pk")
        for found in (held_ratings(user), held_petitions(user))
    )
    held = ratings.union(petitions, all=True).count()
    note = _("of a burst from one source count only when you release them")
    none = _("No rating or petition is held for review.")
    look = "warn" if held else "good"
    return Work(_("Held for review"), shown(held), note if held else none, reverse("held-voices"), look)
