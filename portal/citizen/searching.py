"""Finding the office a petition is about, with the public search."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from portal.agency_search import matching
from portal.pages.search import LONGEST_QUERY
from procedures.months import VIETNAM

SHOWN = 15


def offices_found(request: HttpRequest) -> dict[str, Any]:
    """What was asked for in ``?q=`` and the offices in being that match."""
    asked = request.GET.get("q", "")[:LONGEST_QUERY].strip()
    today = timezone.now().astimezone(VIETNAM).date()
    found = list(matching(asked).on(today)[: SHOWN + 1]) if asked else []  # type: ignore[attr-defined]
    return {"asked": asked, "found": found[:SHOWN], "more": len(found) > SHOWN}
