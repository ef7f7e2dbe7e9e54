"""The entries of the desk in the admin's sidebar."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from portal.petitions.frame import ways


def petition_entries(request: HttpRequest) -> list[dict[str, Any]]:
    """The parts of the desk that this person may open; the longest address that fits is where they are."""
    found = ways(request)
    fitting = [way.home for way in found if request.path.startswith(way.home)]
    here = max(fitting, key=len, default="")
    one = reverse("desk-petition", args=[0]).removesuffix("0/")
    if not here and request.path.startswith(one):
        # A petition's own page belongs to their list.
        here = next((way.home for way in found if way.name == "petitions"), "")
    return [
        {"title": way.label, "icon": way.icon, "link": way.url, "active": way.home == here} for way in found
    ]
