"""What surrounds every page of the desk: the admin's frame and the ways between its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.admin_display import list_url
from agencies.permissions import HANDLE_PETITIONS, REVIEW_VOICES, SEE_RECORDS
from agencies.visibility import holds_somewhere
from feedback.models import AnswerTemplate, Petition, Rating


@dataclass(frozen=True)
class Way:
    """An entry of the sidebar and of the row of pages; ``home`` begins the addresses of its part."""

    name: str
    label: str
    icon: str
    url: str
    home: str


def ways(request: HttpRequest) -> list[Way]:
    """The parts of the desk that this person may open."""
    user, found = request.user, []
    if holds_somewhere(user, HANDLE_PETITIONS):
        petitions, ratings = list_url(Petition), list_url(Rating)
        found += [
            Way("petitions", _("Petitions"), "forum", list_url(Petition, state="todo"), petitions),
            Way("ratings", _("Ratings"), "thumbs_up_down", ratings, ratings),
        ]
    if holds_somewhere(user, REVIEW_VOICES):
        held = reverse("held-voices")
        found.append(Way("held", _("Held for review"), "front_hand", held, held))
    if holds_somewhere(user, SEE_RECORDS):
        figures = reverse("desk-figures")
        found.append(Way("figures", _("Figures"), "monitoring", figures, figures))
    if holds_somewhere(user, HANDLE_PETITIONS):
        templates = list_url(AnswerTemplate)
        found.append(Way("templates", _("Answer templates"), "stylus_note", templates, templates))
    return found


def framed(request: HttpRequest, title: str, here: str = "", **more: Any) -> dict[str, Any]:
    """What a template of the desk needs, with ``more``; ``here`` names the part it belongs to."""
    return {**admin.site.each_context(request), "title": title, "ways": ways(request), "here": here, **more}
