"""A score on somebody else's site: a small frame, a badge, and the page where one gets their HTML."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from agencies.models import Agency
from portal.pages.asked import PERIOD, agency_asked, period_asked
from portal.pages.badge import Badge
from portal.pages.frame import frame
from portal.pages.kept import kept
from scoring.agency_results import scorecard_of
from scoring.explanation import guide
from scoring.results_shown import shown
from scoring.standings import class_of, periods_of

#: The language asked for by the address: on another site there is no cookie of ours.
LANGUAGE = "nn"
#: How large a frame is asked for; everything fits in it at the usual size of text.
WIDTH, HEIGHT = 340, 220

View = Callable[..., HttpResponse]


def in_language_asked(view: View) -> View:
    """Answer in the language of ``?nn=``, Vietnamese without one."""

    @wraps(view)
    def answer(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        asked = request.GET.get(LANGUAGE, "")
        known = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(known):
            return view(request, *args, **kwargs)

    return answer


# The one page that other sites may show in a frame: it has nothing to click but a way out of it.
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@require_safe
@in_language_asked
@kept(PERIOD, LANGUAGE)
def embedded(request: HttpRequest, code: str) -> HttpResponse:
    """The frame: the score of an office, band, rank, and what it holds for and since when."""
    office = agency_asked(code)
    return render(request, "portal/embed/frame.html", _result(request, office))


@require_safe
@in_language_asked
@kept(PERIOD, LANGUAGE)
def badge(request: HttpRequest, code: str) -> HttpResponse:
    """The same as a drawing in one line."""
    office = agency_asked(code)
    result = _result(request, office)
    context = {**result, "badge": Badge.of(result.get("card"), result.get("guide"))}
    return render(request, "portal/embed/badge.svg", context, content_type="image/svg+xml")


@never_cache
@require_safe
def get_code(request: HttpRequest, code: str) -> HttpResponse:
    """The HTML to put on one's own site, in either language, for one period or always the newest."""
    office = agency_asked(code)
    periods = periods_of(office)
    period = period_asked(request, periods) if PERIOD in request.GET else None
    ways = [
        {
            "language": language,
            "name": name,
            "frame_url": _address(request, "embed", office, language, period),
            "badge_url": _address(request, "embed-badge", office, language, period),
            "page_url": request.build_absolute_uri(reverse("agency", args=[office.code])),
        }
        for language, name in settings.LANGUAGES
    ]
    context = frame(
        tab="standings", agency=office, chosen=period, periods=periods, ways=ways, width=WIDTH, height=HEIGHT
    )
    return render(request, "portal/embed/code.html", context)


def _address(request: HttpRequest, name: str, office: Agency, language: str, period: Any) -> str:
    asked = {LANGUAGE: language} | ({PERIOD: period.code} if period else {})
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return f"{request.build_absolute_uri(reverse(name, args=[office.code]))}?{query}"


def _result(request: HttpRequest, office: Agency) -> dict[str, Any]:
    period = period_asked(request, periods_of(office))
    context: dict[str, Any] = {"agency": office, "period": period, "as_of": timezone.now()}
    if period is None:
        return context
    seen = shown(period)
    card = scorecard_of(office, period, seen)
    if card is None:
        return context
    rules = guide(card.indicator_set_id)
    return {
        **context,
        "seen": seen,
        "card": card,
        "guide": rules,
        "look": rules.bands.get(card.band),
        "peers": class_of(card),
    }
