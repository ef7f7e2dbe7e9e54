"""The entry of objections in the admin's sidebar."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.permissions import SEE_RECORDS
from agencies.visibility import holds_somewhere


def objection_entries(request: HttpRequest) -> list[dict[str, Any]]:
    """For who sees records: it opens on what waits for them, the whole list one click away."""
    if not holds_somewhere(request.user, SEE_RECORDS):
        return []
    home = reverse("objections")
    return [
        {"title": _("Objections"), "icon": "balance", "link": home, "active": request.path.startswith(home)}
    ]
