"""The action list: every task in one's reach, narrowed, with how far each is; and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import Agency
from agencies.models.agency import within
from agencies.permissions import EXPORT_RECORDS, SET_TASKS
from agencies.visibility import may
from portal.pages.csv_files import csv_response
from portal.reports.asked import above_of, agency_asked
from portal.reports.committee_words import state_of
from portal.reports.frame import framed
from procedures.months import VIETNAM
from scoring.action_progress import progress_of
from scoring.models import ActionTask

PAGE = 100
#: Up to here a file is made.
LONGEST = 10_000
OVERDUE = "overdue"


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to."""

    agency: Agency
    state: str
    criterion: str

    def query(self, **changed: Any) -> str:
        """The address's end with some of it changed."""
        told = {"agency": self.agency.code, "state": self.state, "criterion": self.criterion, **changed}
        return f"?{urlencode({name: value for name, value in told.items() if value})}"

    def tasks(self, request: HttpRequest, as_of: datetime) -> QuerySet[ActionTask]:
        """The tasks, the most urgent first."""
        found = ActionTask.objects.visible_to(request.user).filter(within(self.agency.path, "agency__path"))
        if self.criterion:
            found = found.filter(criterion=self.criterion)
        today = as_of.astimezone(VIETNAM).date()
        states = {
            OVERDUE: Q(state=ActionTask.State.OPEN, due_on__lt=today),
            **{state: Q(state=state) for state in ActionTask.State.values},
        }
        narrowed = found.filter(states.get(self.state, Q()))
        return narrowed.select_related("agency", "owner", "responsible").order_by("due_on", "pk")


@require_safe
def actions(request: HttpRequest) -> HttpResponse:
    """The tasks of an agency and all below it."""
    as_of = timezone.now()
    asked = _asked(request)
    page = _page(request)
    tasks = list(asked.tasks(request, as_of)[page * PAGE : (page + 1) * PAGE + 1])
    rows = [(progress, state_of(progress)) for progress in progress_of(tasks[:PAGE], as_of)]
    context = framed(
        request,
        _("Action list"),
        "actions",
        asked=asked,
        rows=rows,
        states=[("", _("Any")), (OVERDUE, _("Overdue")), *ActionTask.State.choices],
        criteria=_criteria(request),
        before=asked.query(page=page - 1 or None) if page else "",
        after=asked.query(page=page + 1) if len(tasks) > PAGE else "",
        above=above_of(request, asked.agency),
        may_set=may(request.user, SET_TASKS, asked.agency),
        file_query=asked.query() if may(request.user, EXPORT_RECORDS, asked.agency) else "",
    )
    return TemplateResponse(request, "reports/actions.html", context)


@require_safe
def actions_file(request: HttpRequest) -> HttpResponse:
    """The same as a CSV file."""
    as_of = timezone.now()
    asked = _asked(request)
    if not may(request.user, EXPORT_RECORDS, asked.agency):
        raise PermissionDenied
    found = progress_of(asked.tasks(request, as_of)[:LONGEST], as_of)
    header = [
        _("code"), _("Unit"), _("Criterion"), _("measured in"), _("Start"), _("Now"), _("Target"), _("By"),
        _("Person responsible"), _("State"), _("What is to be done"), _("Reason"),
    ]  # fmt: skip
    rows = [
        [
            one.task.agency.code,
            one.task.agency.name,
            one.task.criterion,
            one.task.period,
            one.task.start,
            one.now.value if one.now else None,
            one.task.target,
            one.task.due_on,
            str(one.task.responsible) if one.task.responsible else None,
            state_of(one),
            one.task.note,
            one.task.reason,
        ]
        for one in found
    ]
    return csv_response(f"actions-{asked.agency.code}.csv", header, rows)


def _asked(request: HttpRequest) -> Asked:
    agency = agency_asked(request)
    state = request.GET.get("state", "")
    known = {OVERDUE, *ActionTask.State.values}
    return Asked(agency, state if state in known else "", request.GET.get("criterion", "")[:10])


def _criteria(request: HttpRequest) -> list[str]:
    codes = ActionTask.objects.visible_to(request.user).order_by().values_list("criterion", flat=True)
    return sorted(set(codes.distinct()))


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
