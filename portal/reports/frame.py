"""What surrounds every page of reports in the admin: its frame and the ways between its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.permissions import SEE_RECORDS
from agencies.visibility import holds_somewhere


@dataclass(frozen=True)
class Way:
    """An entry of the sidebar and of the row of pages."""

    name: str
    label: str
    icon: str
    url: str


def ways(request: HttpRequest) -> list[Way]:
    """The parts of reports that this person may open."""
    if not holds_somewhere(request.user, SEE_RECORDS):
        return []
    return [
        Way("committee", _("Report to the People’s Committee"), "summarize", reverse("committee-report")),
        Way("actions", _("Action list"), "checklist_rtl", reverse("action-list")),
        Way("risk", _("Points at risk"), "running_with_errors", reverse("points-at-risk")),
        Way("bulletins", _("Bulletins"), "newspaper", reverse("bulletins")),
    ]


def entries(request: HttpRequest) -> list[dict[str, Any]]:
    """Those of the admin for the sidebar; the one whose address fits is where they are."""
    inside = reverse("admin:index")
    return [
        {"title": way.label, "icon": way.icon, "link": way.url, "active": request.path.startswith(way.url)}
        for way in ways(request)
        if way.url.startswith(inside)
    ]


def framed(request: HttpRequest, title: str, here: str = "", **more: Any) -> dict[str, Any]:
    """What a template of reports needs, with ``more``; ``here`` names the part it belongs to."""
    return {**admin.site.each_context(request), "title": title, "ways": ways(request), "here": here, **more}
