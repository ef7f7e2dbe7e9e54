"""One office: its score, where it lost points, how it moved, its sub-units, who heads it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.models import Agency
from portal.pages.asked import agency_asked, period_asked
from portal.pages.derived import derived_beside
from portal.pages.feedback import voices_of
from portal.pages.frame import frame
from portal.pages.kept import kept
from portal.pages.seen import LIVE, seen_by
from procedures.months import VIETNAM, month_of
from scoring.agency_results import ancestors, blocks, head_of, peer_median, scorecard_of, sub_units, trend
from scoring.explanation import costliest_first, criterion_results, guide
from scoring.periods import Period
from scoring.results_shown import Shown
from scoring.standings import class_of, periods_of, standing_of


@require_safe
@kept("ky", LIVE)
def agency(request: HttpRequest, code: str) -> HttpResponse:
    """The page of the office under ``code``; an older code leads to the present one."""
    office = agency_asked(code)
    if office.code != code:
        return HttpResponsePermanentRedirect(reverse("agency", args=[office.code]))
    as_of = timezone.now()
    periods = periods_of(office)
    period = period_asked(request, periods)
    context = frame(
        tab="standings",
        agency=office,
        ancestors=ancestors(office),
        predecessors=list(office.predecessors.order_by("name_folded")),
        successors=list(office.successors.order_by("name_folded")),
        voices=voices_of(office),
        period=period,
        periods=periods,
        as_of=as_of,
    )
    if period is not None:
        context |= seen_by(request, period)
        context |= _results(office, period, as_of, context["seen"])
    return render(request, "portal/agency.html", context)


def _results(office: Agency, period: Period, as_of: datetime, seen: Shown) -> dict[str, Any]:
    card = scorecard_of(office, period, seen)
    if card is None:
        return {}
    rules = guide(card.indicator_set_id)
    results = criterion_results(card, rules)
    middle = peer_median(period, card.peer_class, seen)
    return {
        "card": card,
        "standing": standing_of(card, period, as_of),
        "guide": rules,
        "maxima": rules.maxima(),
        "peers": class_of(card),
        "median": middle,
        "blocks": blocks(card, rules, middle),
        "results": costliest_first([result for result in results if result.maximum is not None]),
        "for_information": [result for result in results if result.maximum is None],
        "trend": trend(office, card.peer_class, min(period.last, month_of(as_of))),
        "sub_units": sub_units(office, period, results=seen),
        "head": head_of(office, period, as_of.astimezone(VIETNAM).date()),
        "updated_at": card.changed_at,
        **derived_beside(office, period),
    }
