"""Standings: the nation and its provinces (home), ministries, and the offices of one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.models import Agency
from portal.map.outlines import outlines
from portal.pages.asked import agency_asked, period_asked
from portal.pages.frame import frame
from portal.pages.kept import kept
from portal.pages.order import DIRECTION, SORT, in_order, order_asked
from portal.pages.seen import LIVE, seen_by
from scoring.agency_results import scorecard_of
from scoring.explanation import guide
from scoring.peers import MINISTRIES, PROVINCES
from scoring.periods import Period
from scoring.results_shown import Shown
from scoring.standings import (
    PeerClass,
    periods_of,
    periods_with_scores,
    standing_of,
    standings,
)

OF = "cua"
READS = ("ky", OF, SORT, DIRECTION, LIVE)


@require_safe
@kept(*READS)
def provinces(request: HttpRequest) -> HttpResponse:
    """Home: the nation's score, the map, the provinces ranked."""
    return _page(request, PeerClass(PROVINCES, PROVINCES), _nation())


@require_safe
@kept(*READS)
def ministries(request: HttpRequest) -> HttpResponse:
    """Ministries, ministerial-level and government agencies ranked."""
    return _page(request, PeerClass(MINISTRIES, MINISTRIES), _nation())


@require_safe
@kept(*READS)
def departments(request: HttpRequest) -> HttpResponse:
    """The departments of a province or ministry ranked; without one, which to choose."""
    return _offices_of(request, "departments", Agency.Kind.DEPARTMENT)


@require_safe
@kept(*READS)
def communes(request: HttpRequest) -> HttpResponse:
    """The communes, wards and special zones of a province ranked; without one, which to choose."""
    return _offices_of(request, "communes", Agency.Kind.COMMUNE)


@require_safe
@kept(*READS)
def units(request: HttpRequest) -> HttpResponse:
    """The units of an office ranked."""
    return _offices_of(request, "units", Agency.Kind.UNIT)


def _offices_of(request: HttpRequest, kind: str, agency_kind: str) -> HttpResponse:
    code = request.GET.get(OF, "")
    if not code:
        return _chooser(request, kind, agency_kind)
    agency = agency_asked(code)
    return _page(request, PeerClass(f"{kind}:{agency.pk}", f"{kind}:{agency.code}", agency), agency)


def _chooser(request: HttpRequest, kind: str, agency_kind: str) -> HttpResponse:
    """Which ministry or province has such offices."""
    above = Agency.objects.filter(depth=1, children__kind=agency_kind).distinct()
    if kind == "communes":
        above = above.filter(kind=Agency.Kind.PROVINCE)
    found = sorted(above, key=lambda agency: (agency.kind != Agency.Kind.PROVINCE, agency.name_folded))
    return render(request, "portal/standings_of.html", frame(tab=kind, kind=kind, above=found))


def _page(request: HttpRequest, peers: PeerClass, head: Agency | None) -> HttpResponse:
    as_of = timezone.now()
    periods = periods_of(peers.agency) if peers.agency else periods_with_scores()
    period = period_asked(request, periods)
    kept_query = {name: request.GET.get(name, "") for name in (OF, SORT, DIRECTION, LIVE)}
    context = frame(
        kept_query=kept_query,
        tab=peers.kind,
        peers=peers,
        head=head,
        period=period,
        periods=periods,
        as_of=as_of,
    )
    if period is not None:
        context |= seen_by(request, period)
        context |= _results(request, peers, head, period, as_of, context["seen"])
    return render(request, "portal/standings.html", context)


def _results(
    request: HttpRequest,
    peers: PeerClass,
    head: Agency | None,
    period: Period,
    as_of: datetime,
    seen: Shown,
) -> dict[str, Any]:
    rows = standings(period, peers.stored, as_of, seen)
    card = scorecard_of(head, period, seen) if head else None
    cards = [*([card] if card else []), *(row.scorecard for row in rows)]
    if not cards:
        return {"rows": []}
    rules = guide(cards[0].indicator_set_id)
    order = order_asked(request, rules)
    by_code = {row.agency.code: row for row in rows}
    return {
        "head_standing": standing_of(card, period, as_of) if card else None,
        "guide": rules,
        "maxima": rules.maxima(),
        "rows": in_order(rows, order),
        "order": order,
        "ranked": sum(row.scorecard.rank is not None for row in rows),
        "updated_at": max(card.changed_at for card in cards),
        "map": [(outline, by_code.get(outline.code)) for outline in outlines().provinces]
        if peers.kind == PROVINCES
        else None,
        "view_box": outlines().view_box,
    }


def _nation() -> Agency | None:
    return Agency.objects.filter(depth=0, kind=Agency.Kind.NATION).first()
