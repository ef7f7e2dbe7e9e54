"""Search for an office, on a page of its own or while typing in the header."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.agency_search import matching
from portal.pages.frame import frame

LONGEST_QUERY = 100
SHOWN, SHOWN_WHILE_TYPING = 50, 8


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The offices that match ``?q=``; a short list only when asked by the search box itself."""
    asked = request.GET.get("q", "")[:LONGEST_QUERY].strip()
    typing = bool(request.headers.get("HX-Request"))
    shown = SHOWN_WHILE_TYPING if typing else SHOWN
    found = list(matching(asked)[: shown + 1]) if asked else []
    context = frame(tab="search", asked=asked, found=found[:shown], more=len(found) > shown)
    return render(request, "portal/parts/found.html" if typing else "portal/search.html", context)
