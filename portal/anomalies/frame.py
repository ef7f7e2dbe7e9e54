"""What surrounds these pages: the admin's frame, and the ways between the inbox, the rules and a search."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from scoring.anomalies.counting import inbox_url
from scoring.anomalies.rules import may_change_rules

Way = tuple[str, str, str]


def ways(request: HttpRequest) -> list[Way]:
    """The pages this person may open: name, label, address."""
    found = [
        ("inbox", _("Anomalies"), inbox_url()),
        ("rules", _("Rules"), reverse("anomaly-rules")),
    ]
    if may_change_rules(request.user):
        found.append(("search", _("Search again"), reverse("anomaly-search")))
    return found


def framed(request: HttpRequest, title: str, here: str, **more: Any) -> dict[str, Any]:
    """What a template needs, with ``more``; ``here`` names the page it belongs to."""
    return {**admin.site.each_context(request), "title": title, "ways": ways(request), "here": here, **more}
