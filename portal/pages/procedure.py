"""Procedures: search, and one procedure's deadline, times and results by office."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.folding import folded
from portal.pages.asked import period_asked
from portal.pages.feedback import voices_on
from portal.pages.frame import frame
from portal.pages.kept import kept
from procedures.models import Procedure
from procedures.models.procedure import OnlineLevel
from scoring.procedure_results import procedure_results
from scoring.standings import periods_with_scores

PER_PAGE = 20
LONGEST_QUERY = 100


@require_safe
def procedures(request: HttpRequest) -> HttpResponse:
    """Public procedures whose name or code holds what is asked for; without it, all of them."""
    asked = request.GET.get("q", "")[:LONGEST_QUERY].strip()
    level = request.GET.get("cap", "")
    online = request.GET.get("muc", "")
    found = matching(asked).select_related("field", "announcing_agency")
    if level in Procedure.Level.values:
        found = found.filter(level=level)
    if online in OnlineLevel.values:
        found = found.filter(online_level=online)
    context = frame(
        tab="procedures",
        asked=asked,
        level=level,
        online=online,
        levels=Procedure.Level.choices,
        online_levels=OnlineLevel.choices,
        page=Paginator(found, PER_PAGE).get_page(request.GET.get("trang")),
    )
    return render(request, "portal/procedures.html", context)


def matching(asked: str) -> QuerySet[Procedure]:
    """Public procedures with every word of ``asked`` in their name, or a code that begins so."""
    found = Procedure.objects.filter(is_public=True)
    by_name = found
    for word in folded(asked).split():
        by_name = by_name.filter(name_folded__contains=word)
    return by_name | found.filter(code__startswith=asked) if asked else found


@require_safe
@kept("ky")
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """One procedure: what it is, and its results at the nation, ministries and provinces."""
    try:
        found = Procedure.objects.select_related("field", "announcing_agency").get(code=code, is_public=True)
    except Procedure.DoesNotExist as error:
        raise Http404(
            _("There is no public procedure with the code “%(code)s”.") % {"code": code[:50]}
        ) from error
    as_of = timezone.now()
    periods = periods_with_scores()
    period = period_asked(request, periods)
    results = procedure_results(found, period, as_of) if period else []
    context = frame(
        tab="procedures",
        procedure=found,
        subjects=[
            Procedure.Subject(subject).label
            for subject in found.subjects
            if subject in Procedure.Subject.values
        ],
        nation=next((result for result in results if result.agency.depth == 0), None),
        results=[result for result in results if result.agency.depth == 1],
        voices=voices_on(found),
        period=period,
        periods=periods,
        as_of=as_of,
    )
    return render(request, "portal/procedure.html", context)
