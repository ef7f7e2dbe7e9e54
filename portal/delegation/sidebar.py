"""The entries of delegation in the admin's sidebar."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from portal.delegation.frame import ways


def delegation_entries(request: HttpRequest) -> list[dict[str, Any]]:
    """The parts of delegation that this person may open; the longest address that fits is where they are."""
    found = ways(request)
    fitting = [way.url for way in found if request.path.startswith(way.url)]
    here = max(fitting, key=len, default="")
    return [
        {"title": way.label, "icon": way.icon, "link": way.url, "active": way.url == here} for way in found
    ]
