"""Which results a page shows, as its address asks, and what its status line needs to say so."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict

from scoring.periods import Period
from scoring.results_shown import Shown, shown

#: Asks a page for the provisional figures of a period that is published.
LIVE, YES = "ban", "tam-tinh"


def seen_by(request: HttpRequest, period: Period | None) -> dict[str, Any]:
    """The results under ``seen``, and the addresses of this page with the other ones."""
    if period is None:
        return {"seen": None}
    results = shown(period, live=request.GET.get(LIVE) == YES)
    return {
        "seen": results,
        "live_url": _address(request, period, {LIVE: YES}),
        "published_url": _address(request, period, {}),
    }


def results_seen(request: HttpRequest, period: Period) -> Shown:
    """The results alone, for a file."""
    return shown(period, live=request.GET.get(LIVE) == YES)


def _address(request: HttpRequest, period: Period, asked: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in request.GET.items() if name != LIVE})
    query["ky"] = period.code
    query.update(asked)
    return f"{request.path}?{query.urlencode()}"
