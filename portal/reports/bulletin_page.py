"""Bulletins for everybody: a page for each period and office, and the same on paper and as a workbook."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import Agency
from portal.pages.asked import agency_asked, period_asked
from portal.pages.frame import frame
from portal.pages.kept import kept
from portal.pages.seen import LIVE, YES
from portal.reports import bulletin_words as words
from portal.reports.bulletin_pdf import bulletin_pdf
from portal.reports.bulletin_sheet import bulletin_sheet
from scoring.agency_results import ancestors
from scoring.bulletin import Bulletin, bulletin
from scoring.freshness import CACHE_AWAY
from scoring.periods import Period
from scoring.results_shown import Shown, shown
from scoring.standings import periods_of, periods_with_scores

#: A number higher each time the files of a published bulletin are laid out anew; their figures stay.
LAYOUT = 1
PUBLISHED = "public, max-age=86400"
KEPT_SECONDS = 86_400
PDF, XLSX = ".pdf", ".xlsx"
MAKERS = {
    PDF: ("application/pdf", bulletin_pdf),
    XLSX: ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bulletin_sheet),
}


@require_safe
@kept("ky")
def bulletins(request: HttpRequest) -> HttpResponse:
    """Which bulletins there are of a period: the nation's, the ministries' and the provinces'."""
    periods = periods_with_scores()
    period = period_asked(request, periods)
    context = frame(tab="bulletins", period=period, periods=periods, as_of=timezone.now())
    if period is not None:
        results = shown(period)
        tops = [card.agency for card in results.cards(peer_class="nation", without=["criteria", "groups"])]
        for peer_class in ("provinces", "ministries"):
            cards = results.cards(peer_class=peer_class, without=["criteria", "groups"])
            tops += sorted((card.agency for card in cards), key=lambda agency: agency.name_folded)
        context |= {"seen": results, "rows": [(agency, files_of(results, agency)) for agency in tops]}
    return render(request, "portal/bulletins.html", context)


@require_safe
@kept(LIVE)
def bulletin_page(request: HttpRequest, period: str, code: str, version: int | None = None) -> HttpResponse:
    """An office's bulletin: of ``version``, without one of the newest published, else of live figures."""
    office = agency_asked(code)
    if office.code != code:
        return HttpResponseRedirect(reverse("bulletin", args=[period, office.code]))
    live = version is None and request.GET.get(LIVE) == YES
    told = _told(office, _period(period), live=live, version=version)
    as_of = timezone.now()
    address = reverse("bulletin", args=[period, code])
    context = frame(tab="bulletins", period=told.period, as_of=as_of)
    context |= {
        "told": told,
        "agency": office,
        "ancestors": ancestors(office),
        "seen": told.results,
        "guide": told.rules,
        "live_url": f"{address}?{LIVE}={YES}",
        "published_url": address,
        "subject": words.subject(told),
        "sentences": list(words.overall(told)),
        "units": [(units, list(words.highlights(units))) for units in told.units],
        "notes": list(words.notes(told)),
        "files": files_of(told.results, office),
        "other_periods": periods_of(office),
    }
    return render(request, "portal/bulletin.html", context)


@require_safe
def published_file(request: HttpRequest, period: str, code: str, version: int, file: str) -> HttpResponse:
    """The bulletin of a published version: the same bytes for good."""
    office = agency_asked(code)
    results = _shown(_period(period), version=version)
    publication = results.publication
    if publication is None:
        raise Http404(_("This result is not published."))
    end = _end_of(file, results, office)
    etag = f'"{publication.fingerprint[:32]}-{office.code}-{LAYOUT}{end}"'
    if etag in {known.removeprefix("W/") for known in parse_etags(request.headers.get("If-None-Match", ""))}:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = _file(file, end, _kept_file(etag, office, results, end))
    response["ETag"] = etag
    response["Cache-Control"] = PUBLISHED
    return response


@require_safe
@kept()
def provisional_file(request: HttpRequest, period: str, code: str, file: str) -> HttpResponse:
    """The bulletin of live figures, which says on every page that they are provisional."""
    office = agency_asked(code)
    results = shown(_period(period), live=True)
    end = _end_of(file, results, office)
    return _file(file, end, MAKERS[end][1](_on(office, results)))


def files_of(results: Shown, office: Agency) -> list[tuple[str, str]]:
    """The names and addresses of an office's bulletin as files."""
    return [(end.removeprefix(".").upper(), _address(results, office, end)) for end in MAKERS]


def _address(results: Shown, office: Agency, end: str) -> str:
    code, name = results.period.code, _name(results, office, end)
    if results.publication is None:
        return reverse("bulletin-provisional-file", args=[code, office.code, name])
    return reverse("bulletin-file", args=[code, office.code, results.publication.version, name])


def _name(results: Shown, office: Agency, end: str) -> str:
    version = f"v{results.publication.version}" if results.publication else "tam-tinh"
    return f"ban-tin-{results.period.code}-{office.code}-{version}{end}"


def _end_of(file: str, results: Shown, office: Agency) -> str:
    for end in MAKERS:
        if file == _name(results, office, end):
            return end
    raise Http404(_("There is no such file of this bulletin."))


def _period(code: str) -> Period:
    try:
        return Period.parse(code)
    except ValueError as error:
        raise Http404(_("“%(code)s” is not a period.") % {"code": code[:20]}) from error


def _shown(period: Period, *, live: bool = False, version: int | None = None) -> Shown:
    try:
        return shown(period, live=live, version=version)
    except LookupError as error:
        told = {"period": period.label}
        raise Http404(_("No result of %(period)s is published under this address.") % told) from error


def _told(office: Agency, period: Period, *, live: bool, version: int | None) -> Bulletin:
    return _on(office, _shown(period, live=live, version=version))


def _on(office: Agency, results: Shown) -> Bulletin:
    told = bulletin(office, results)
    if told is None:
        names = {"agency": office.name, "period": results.period.label}
        raise Http404(_("%(agency)s has no score for %(period)s, so there is no bulletin.") % names)
    return told


def _kept_file(mark: str, office: Agency, results: Shown, end: str) -> bytes:
    """From the cache where it is there: laying out a table of hundreds of offices takes its time."""
    key = f"bulletin:{mark}"
    try:
        found: bytes | None = cache.get(key)
    except CACHE_AWAY:
        found = None
    if found is None:
        found = MAKERS[end][1](_on(office, results))
        try:
            cache.set(key, found, KEPT_SECONDS)
        except CACHE_AWAY:
            pass
    return found


def _file(name: str, end: str, contents: bytes) -> HttpResponse:
    how = "inline" if end == PDF else "attachment"
    headers: dict[str, Any] = {"Content-Disposition": f'{how}; filename="{name}"'}
    return HttpResponse(contents, content_type=MAKERS[end][0], headers=headers)
