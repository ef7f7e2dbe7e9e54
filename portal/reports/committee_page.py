"""The report to a People's Committee: as a page to work on, and on paper."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import Agency
from agencies.permissions import SET_TASKS
from agencies.visibility import may
from portal.reports import bulletin_words, committee_words
from portal.reports.asked import above_of, agency_asked, period_of_agency
from portal.reports.committee_pdf import committee_pdf
from portal.reports.frame import framed
from procedures.months import month_of
from scoring.action_progress import can_be_set
from scoring.committee_report import CommitteeReport, CriterionState, committee_report
from scoring.periods import Period
from scoring.results_shown import shown


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """An agency's report on a period; without one, of the highest in one's reach on the month."""
    as_of = timezone.now()
    agency = agency_asked(request)
    period, periods = period_of_agency(request, agency, as_of)
    found = committee_report(agency, shown(period), as_of)
    query = urlencode({"agency": agency.code, "period": period.code})
    sets = may(request.user, SET_TASKS, agency) and period.last >= month_of(as_of)
    context = framed(
        request,
        _("Report to the People’s Committee"),
        "committee",
        agency=agency,
        period=period,
        periods=periods,
        above=above_of(request, agency),
        report=found,
        file_url=f"{reverse('committee-report-file')}?{query}",
    )
    if found is not None:
        context |= {
            "sentences": list(bulletin_words.overall(found.told)),
            "standing": bulletin_words.standing_of_figures(found.told),
            "states": [
                (
                    state,
                    committee_words.counts(state),
                    list(committee_words.reasons(state)),
                    _links(state, agency, period, sets),
                )
                for state in found.criteria
            ],
            "units": list(zip(found.units, map(committee_words.unit_row, found.units), strict=True)),
            "unit_columns": committee_words.unit_columns(),
            "tasks": list(zip(found.tasks, map(committee_words.task_row, found.tasks), strict=True)),
            "task_columns": committee_words.task_columns(),
        }
    return TemplateResponse(request, "reports/committee.html", context)


@require_safe
def report_file(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    as_of = timezone.now()
    agency = agency_asked(request)
    period, _periods = period_of_agency(request, agency, as_of)
    found = _found(agency, period, as_of)
    name = f"bao-cao-{period.code}-{agency.code}.pdf"
    return HttpResponse(
        committee_pdf(found),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _found(agency: Agency, period: Period, as_of: datetime) -> CommitteeReport:
    found = committee_report(agency, shown(period), as_of)
    if found is None:
        told = {"agency": agency.name, "period": period.label}
        raise Http404(_("%(agency)s has no score for %(period)s.") % told)
    return found


def _links(state: CriterionState, agency: Agency, period: Period, sets: bool) -> list[tuple[str, str]]:
    """Where a task can be set for who pulls a criterion down, each with the unit's name; else the agency."""
    criterion = state.result.criterion
    if not sets or not state.result.cost:
        return []
    units = [unit for unit, _shortfall in state.pulled_by] or [agency]
    has = {progress.task.agency_id for progress in state.tasks}
    return [
        (
            str(unit),
            f"{reverse('action-new')}?"
            + urlencode(
                {"agency": agency.code, "unit": unit.code, "criterion": criterion.code, "period": period.code}
            ),
        )
        for unit in units
        if can_be_set(criterion, unit) and unit.pk not in has
    ]
