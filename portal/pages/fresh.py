"""A line that a page asks for every few seconds: how fresh it is, and whether scores moved."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.pages.asked import PERIOD
from portal.pages.kept import kept
from scoring.freshness import generation, latest_change

SEEN = "the-he"
#: What the browser is told when scores moved, so that the page fetches its results again.
MOVED = "scores-moved"


@require_safe
@kept(PERIOD, SEEN)
def fresh(request: HttpRequest) -> HttpResponse:
    """The line for ``?ky=2026&the-he=…``; 304, without a query, as long as nothing moved."""
    now = generation()
    period = request.GET.get(PERIOD, "")[:8]
    seen = request.GET.get(SEEN, "")
    context = {
        "updated_at": latest_change(period),
        "as_of": timezone.now(),
        "generation": now,
        "period_code": period,
    }
    response = render(request, "portal/parts/fresh.html", context)
    if seen and seen != now:
        response["HX-Trigger"] = MOVED
    return response
