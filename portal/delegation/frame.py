"""What surrounds every page of delegation: the admin's frame and the ways between its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.permissions import DELEGATE, REVIEW_ACCESS
from agencies.visibility import holds_somewhere
from agencies.watching import watched_paths


@dataclass(frozen=True)
class Way:
    """An entry of the row of pages."""

    name: str
    label: str
    icon: str
    url: str


def ways(request: HttpRequest) -> list[Way]:
    """The parts of delegation that this person may open."""
    user = request.user
    delegates = holds_somewhere(user, DELEGATE)
    found = []
    if watched_paths(user):
        found += [
            Way("offices", _("Offices"), "account_tree", reverse("delegation")),
            Way("holders", _("Who holds what"), "manage_accounts", reverse("delegation-holders")),
        ]
    if delegates:
        found.append(Way("review", _("Access review"), "fact_check", reverse("delegation-review")))
    if delegates or holds_somewhere(user, REVIEW_ACCESS):
        found.append(Way("succession", _("Succession"), "merge", reverse("delegation-succession")))
    if delegates:
        found.append(Way("sheet", _("Invite from a table"), "upload_file", reverse("delegation-sheet")))
    found.append(Way("mine", _("My access"), "badge", reverse("delegation-person", args=[user.pk])))
    return found


def framed(request: HttpRequest, title: str, here: str = "", **more: Any) -> dict[str, Any]:
    """What a template of delegation needs, with ``more``; ``here`` names the part it belongs to."""
    return {**admin.site.each_context(request), "title": title, "ways": ways(request), "here": here, **more}
