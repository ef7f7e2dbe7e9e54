"""Points at risk: what turns late within a week, what it would cost, and the very dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.admin_display import figure, moment
from agencies.exchange.exporting import AT_ONCE, file_at_once, file_name_of, log_export
from agencies.exchange.sheets import Head
from agencies.exchange.uploads import Format
from agencies.models import Agency
from agencies.models.agency import within
from agencies.permissions import EXPORT_RECORDS
from agencies.planner import counted_up_to
from agencies.visibility import may
from portal.exchange.files import download
from portal.reports.asked import above_of, agency_asked, period_under_way
from portal.reports.frame import framed
from procedures.dossier_export import COLUMNS, dossier_rows
from procedures.models import Dossier
from procedures.months import month_of
from scoring.at_risk import at_risk, due_soon
from scoring.behind_list import in_order, page_of
from scoring.periods import containing

BY_DEADLINE = "deadline"


@require_safe
def points_at_risk(request: HttpRequest) -> HttpResponse:
    """An agency's points at risk in a period under way; without one, of the highest in one's reach."""
    as_of = timezone.now()
    agency, period = agency_asked(request), period_under_way(request, as_of)
    told = at_risk(agency, period, as_of)
    page = page_of(
        _dossiers(agency, as_of).select_related("agency", "procedure"),
        BY_DEADLINE,
        after=_key(request.GET, "after"),
        before=_key(request.GET, "before"),
    )
    asked: dict[str, str | int] = {"agency": agency.code, "period": period.code}
    context = framed(
        request,
        _("Points at risk"),
        "risk",
        told=told,
        after_total=told.total - told.points if told.total is not None and told.points is not None else None,
        page=page,
        before=f"?{urlencode({**asked, 'before': page.before})}" if page.before else "",
        after=f"?{urlencode({**asked, 'after': page.after})}" if page.after else "",
        periods=containing(month_of(as_of)),
        above=above_of(request, agency),
        may_export=may(request.user, EXPORT_RECORDS, agency),
        file_url=f"{reverse('points-at-risk-file')}?{urlencode({'agency': agency.code})}",
        first=not page.before,
    )
    return TemplateResponse(request, "reports/risk.html", context)


@require_POST
def points_at_risk_file(request: HttpRequest) -> HttpResponseBase:
    """The very dossiers as a file, by their deadlines; noted in the log."""
    as_of = timezone.now()
    agency = agency_asked(request)
    if not may(request.user, EXPORT_RECORDS, agency):
        raise PermissionDenied
    try:
        form = Format(request.POST.get("form", ""))
    except ValueError as error:
        raise Http404(str(error)) from error
    found = _dossiers(agency, as_of)
    if counted_up_to(found, AT_ONCE) > AT_ONCE:
        messages.error(
            request,
            _("These are more than %(count)s dossiers. Choose a unit, then download its own.")
            % {"count": figure(AT_ONCE)},
        )
        return redirect(f"{reverse('points-at-risk')}?{urlencode({'agency': agency.code})}")
    ids = list(in_order(found, BY_DEADLINE).values_list("pk", flat=True))
    user: Any = request.user
    title = _("Dossiers due within 7 days: %(agency)s") % {"agency": agency}
    head = Head(
        _("Dossiers"),
        [str(label) for label, _told in COLUMNS],
        (
            (title, f"{agency.name} ({agency.code})"),
            (_("As of"), moment(as_of)),
            (_("Rows"), figure(len(ids))),
        ),
    )
    file = file_at_once(form, head, dossier_rows(ids, as_of))
    log_export(user, title, len(ids), agency, as_of)
    return download(file, file_name_of("due-soon", agency, as_of, form))


def _dossiers(agency: Agency, as_of: datetime) -> QuerySet[Dossier]:
    return due_soon(as_of).filter(within(agency.path, "agency__path"))


def _key(parameters: Mapping[str, str], name: str) -> int | None:
    text = parameters.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
