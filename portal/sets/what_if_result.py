"""What a trial run found, on a page with its charts' tables, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.admin_display import figure, moment
from agencies.admin_scope import person
from agencies.exchange.cells import Cell
from agencies.exchange.exporting import file_at_once, log_export
from agencies.exchange.sheets import Head
from agencies.exchange.uploads import Format
from agencies.models import Agency
from agencies.permissions import EXPORT_RECORDS, KEEP_INDICATORS
from agencies.visibility import holds_somewhere, may
from portal.exchange.files import download
from portal.sets.frame import framed
from portal.templatetags.marks import KIND_NAMES
from scoring.explanation import Guide, guide, named
from scoring.models import WhatIf, WhatIfOffice
from scoring.periods import Period
from scoring.what_if_job import is_stale
from scoring.what_if_results import Moved, Sort, in_order, offices_of, summary

ON_A_PAGE = 50
#: Peer classes that one can narrow to; the nation is shown by itself.
PEERS = [name for name in KIND_NAMES if name != "nation"]


@require_safe
def result(request: HttpRequest, whatif_id: int) -> HttpResponse:
    """How far it is, or what it found under the filters of the address."""
    found = _what_if(request, whatif_id)
    period = Period.parse(found.period)
    title = _("Trial run: %(set)s, %(period)s") % {"set": found.indicator_set, "period": period.label}
    context = framed(
        request, title, found.indicator_set, "what-if", what_if=found, period=period, job=found.job
    )
    if found.as_of is None:
        return TemplateResponse(request, "sets/what_if_waiting.html", context)
    asked = _Asked(request, found)
    page = Paginator(in_order(asked.offices(), asked.sort).select_related("agency"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    tried, baseline = guide(found.indicator_set_id), guide(found.baseline_id)
    whole = summary(asked.offices(everything=True))
    context |= {
        "stale": is_stale(found),
        "asked": asked,
        "summary": whole,
        "nation": found.results.filter(peer_class="nation").first(),
        "blocks": [{"mean": mean, "name": _block(mean.code, tried, baseline)} for mean in whole.means],
        "bands": _bands(whole.bands_before, whole.bands_after, tried, baseline),
        "page": page,
        "rows": [_row(office, tried, baseline) for office in page],
        "peers": [(name, str(KIND_NAMES[name])) for name in PEERS],
        "moves": _moves(),
        "sorts": _sorts(),
        "may_export": holds_somewhere(request.user, EXPORT_RECORDS),
    }
    return TemplateResponse(request, "sets/what_if_result.html", context)


@require_safe
def result_file(request: HttpRequest, whatif_id: int) -> HttpResponseBase:
    """The offices under the filters of the address as a CSV file or a workbook."""
    found = _what_if(request, whatif_id)
    if not holds_somewhere(request.user, EXPORT_RECORDS):
        raise PermissionDenied
    if found.as_of is None or request.GET.get("form") not in set(Format):
        raise Http404(_("This file is no longer there."))
    form, asked = Format(request.GET["form"]), _Asked(request, found)
    codes = [group.code for group in guide(found.indicator_set_id).groups]
    offices = in_order(asked.offices(), asked.sort).select_related("agency")
    rows = [_cells(office, codes) for office in offices]
    head = Head(
        _("Trial run"),
        [
            *_columns(),
            *(name for code in codes for name in (f"{code} {_('before')}", f"{code} {_('after')}")),
        ],
        (
            (_("Set tried"), str(found.indicator_set)),
            (_("Compared with"), str(found.baseline)),
            (_("Period"), found.period),
            (_("As of"), moment(found.as_of)),
            (_("Filter"), asked.told()),
            (_("Rows"), figure(len(rows))),
            (_("State"), _("a trial, in force nowhere")),
        ),
    )
    owner = person(request)
    log_export(
        owner, _("Trial run: %(set)s") % {"set": found}, len(rows), found.indicator_set.agency, found.as_of
    )
    return download(file_at_once(form, head, rows), f"what-if-{found.pk}-{found.period}.{form}")


class _Asked:
    """Which offices the address asks for, and in which order."""

    def __init__(self, request: HttpRequest, what_if: WhatIf) -> None:
        asked = request.GET
        self.what_if = what_if
        self.peers = asked.get("peers", "") if asked.get("peers") in PEERS else ""
        self.moved = Moved(asked["moved"]) if asked.get("moved") in set(Moved) else Moved.ALL
        self.sort = Sort(asked["sort"]) if asked.get("sort") in set(Sort) else Sort.GAIN
        self.code = asked.get("under", "").strip()[:35]
        # Codes of agencies are public, and the results are narrowed to a trial one may see.
        self.under = Agency.objects.filter(code__iexact=self.code).first() if self.code else None
        self.unknown = bool(self.code) and self.under is None

    def offices(self, *, everything: bool = False) -> Any:
        """The offices; ``everything``: also those that do not move as asked for."""
        moved = Moved.ALL if everything else self.moved
        found = offices_of(self.what_if, peers=self.peers, under=self.under, moved=moved)
        return found.none() if self.unknown else found.exclude(peer_class="nation")

    def query(self) -> str:
        """The address's end, without the page."""
        told = {"peers": self.peers, "under": self.code, "moved": self.moved.value, "sort": self.sort.value}
        return urlencode({name: value for name, value in told.items() if value})

    def told(self) -> str:
        """The filters in words."""
        told = [str(KIND_NAMES[self.peers])] if self.peers else []
        told += [str(self.under)] if self.under else []
        told += [dict(_moves())[self.moved]] if self.moved is not Moved.ALL else []
        return "; ".join(told) or _("none")


def _what_if(request: HttpRequest, whatif_id: int) -> WhatIf:
    """The trial run, for who keeps its set; to others it is not here."""
    found = (
        WhatIf.objects.select_related("indicator_set__agency", "baseline__agency", "job")
        .filter(pk=whatif_id)
        .first()
    )
    if found is None or not may(request.user, KEEP_INDICATORS, found):
        raise Http404(_("There is no such trial run."))
    return found


def _moves() -> list[tuple[str, str]]:
    return [
        (Moved.ALL, _("all")),
        (Moved.GAIN, _("gaining points")),
        (Moved.LOSE, _("losing points")),
        (Moved.RANK, _("changing rank")),
        (Moved.BAND, _("changing band")),
    ]


def _sorts() -> list[tuple[str, str]]:
    return [
        (Sort.GAIN, _("who gains most")),
        (Sort.LOSS, _("who loses most")),
        (Sort.PLACES, _("who climbs most")),
        (Sort.TOTAL, _("the highest total")),
    ]


def _block(code: str, tried: Guide, baseline: Guide) -> str:
    if not code:
        return _("Total")
    for rules in (tried, baseline):
        for group in rules.groups:
            if group.code == code:
                return f"{code} {named(group)}"
    return code


def _bands(before: Any, after: Any, tried: Guide, baseline: Guide) -> Iterator[dict[str, Any]]:
    for code in dict.fromkeys((*tried.bands, *baseline.bands, *before, *after)):
        look = tried.bands.get(code) or baseline.bands.get(code)
        yield {"look": look, "before": before.get(code, 0), "after": after.get(code, 0)}


def _row(office: WhatIfOffice, tried: Guide, baseline: Guide) -> dict[str, Any]:
    places = (
        office.rank_before - office.rank_after
        if office.rank_before is not None and office.rank_after is not None
        else None
    )
    return {
        "office": office,
        "change": office.after - office.before,
        "places": places,
        "up": abs(places or 0),
        "band_before": baseline.bands.get(office.band_before),
        "band_after": tried.bands.get(office.band_after),
    }


def _columns() -> list[str]:
    return [
        _("agency code"), _("agency"), _("peer class"), _("dossiers"), _("points before"), _("points after"),
        _("change in points"), _("rank before"), _("rank after"), _("band before"), _("band after"),
    ]  # fmt: skip


def _cells(office: WhatIfOffice, codes: list[str]) -> list[Cell]:
    kind = office.peer_class.partition(":")[0]
    points = [
        None if value is None else float(value)
        for code in codes
        for value in office.groups.get(code, (None, None))
    ]
    return [
        office.agency.code,
        office.agency.name,
        str(KIND_NAMES.get(kind, kind)),
        office.dossiers,
        float(office.before),
        float(office.after),
        float(office.after - office.before),
        office.rank_before,
        office.rank_after,
        office.band_before,
        office.band_after,
        *points,
    ]
