"""Pages of a task: setting it, how far it is and what happened to it, changing and cancelling it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.admin_scope import person
from agencies.event_words import words_of
from agencies.models import Agency, EventLog
from agencies.models.agency import within
from agencies.permissions import SET_TASKS
from agencies.visibility import may
from portal.reports.action_forms import HUNDRED, ChangedTaskForm, ReasonForm, TaskForm
from portal.reports.asked import agency_asked, period_under_way
from portal.reports.committee_words import state_of
from portal.reports.frame import framed
from scoring.action_progress import Progress, can_be_set, criteria_in_force, progress_of, rate_of
from scoring.action_tasks import cancel_task, change_task, people_of, set_task
from scoring.behind import counts_dossiers
from scoring.models import ActionTask, Criterion

ASKED_OR_SENT = require_http_methods(["GET", "HEAD", "POST"])


@ASKED_OR_SENT
def new(request: HttpRequest) -> HttpResponse:
    """Set a task for the unit and criterion of the address, in the list of ``?agency=``."""
    as_of = timezone.now()
    owner = agency_asked(request, SET_TASKS)
    unit, criterion = _unit(request, owner), request.GET.get("criterion", "")
    period = period_under_way(request, as_of)
    criteria = criteria_in_force(period)
    if unit is None or criterion not in criteria:
        return _choose(
            request, owner, unit, [one for one in criteria.values() if can_be_set(one, unit or owner)]
        )
    sent = request.POST if request.method == "POST" else None
    form = TaskForm(sent, people=people_of(unit, as_of))
    if form.is_bound and form.is_valid():
        try:
            task = set_task(
                owner, unit, criterion, period, by=person(request), as_of=as_of, **form.cleaned_data
            )
        except ValidationError as error:
            form.refuse(error.message_dict)
        else:
            messages.success(
                request, _("The task is set; %(unit)s sees it on its home.") % {"unit": unit.name}
            )
            return redirect("action-task", task.pk)
    context = framed(
        request,
        _("Set a task"),
        "actions",
        form=form,
        owner=owner,
        unit=unit,
        period=period,
        criterion=criteria[criterion],
        now=rate_of(unit, criterion, period),
        back=f"{reverse('action-list')}?{urlencode({'agency': owner.code})}",
    )
    return TemplateResponse(request, "reports/action_form.html", context)


@require_safe
def task(request: HttpRequest, actiontask_id: int) -> HttpResponse:
    """How far a task is, and what happened to it."""
    found = _task(request, actiontask_id)
    (progress,) = progress_of([found], timezone.now())
    history = EventLog.objects.filter(object_type="scoring.actiontask", object_id=str(found.pk))
    context = framed(
        request,
        str(_("Task of the action list")),
        "actions",
        progress=progress,
        task=found,
        state=state_of(progress),
        dossiers_url=dossiers_url(progress),
        may_change=found.state == ActionTask.State.OPEN and may(request.user, SET_TASKS, found.owner),
        history=[(event, words_of(event.verb)) for event in history.order_by("number")],
    )
    return TemplateResponse(request, "reports/action_task.html", context)


@ASKED_OR_SENT
def change(request: HttpRequest, actiontask_id: int) -> HttpResponse:
    """Change what a task asks for, saying why."""
    as_of = timezone.now()
    found = _own_task(request, actiontask_id)
    told = {
        "target": f"{found.target * HUNDRED:.2f}",
        "due_on": found.due_on,
        "responsible": found.responsible_id,
        "note": found.note,
    }
    sent = request.POST if request.method == "POST" else None
    form = ChangedTaskForm(sent, people=people_of(found.agency, as_of), initial=told)
    if form.is_bound and form.is_valid():
        try:
            change_task(found, by=person(request), as_of=as_of, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error.message_dict if hasattr(error, "error_dict") else {"": error.messages})
        else:
            messages.success(request, _("The task is changed."))
            return redirect("action-task", found.pk)
    (progress,) = progress_of([found], as_of)
    context = framed(
        request,
        _("Change the task"),
        "actions",
        form=form,
        owner=found.owner,
        unit=found.agency,
        criterion=progress.criterion,
        now=progress.now,
        back=reverse("action-task", args=[found.pk]),
    )
    return TemplateResponse(request, "reports/action_form.html", context)


@ASKED_OR_SENT
def cancel(request: HttpRequest, actiontask_id: int) -> HttpResponse:
    """End a task that was not reached, saying why."""
    found = _own_task(request, actiontask_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            cancel_task(found, by=person(request), as_of=timezone.now(), reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The task is cancelled."))
            return redirect("action-task", found.pk)
    (progress,) = progress_of([found], timezone.now())
    context = framed(
        request,
        _("Cancel the task"),
        "actions",
        form=form,
        task=found,
        progress=progress,
        state=state_of(progress),
    )
    return TemplateResponse(request, "reports/action_cancel.html", context)


def dossiers_url(progress: Progress) -> str:
    """Where the dossiers that cost the points are listed; empty where the criterion counts none."""
    task = progress.task
    if progress.criterion is None or not counts_dossiers(progress.criterion):
        return ""
    return reverse("behind", args=[task.agency.code, task.period, task.criterion])


def _choose(
    request: HttpRequest, owner: Agency, unit: Agency | None, criteria: list[Criterion]
) -> HttpResponse:
    """Which unit and which criterion."""
    asked = request.GET.get("unit", "").strip()
    context = framed(
        request,
        _("Set a task"),
        "actions",
        owner=owner,
        unit=unit,
        asked=asked,
        unknown=bool(asked) and unit is None,
        units=Agency.objects.filter(parent=owner).order_by("name_folded").only("code", "name"),
        criteria=criteria,
        period=period_under_way(request, timezone.now()),
    )
    return TemplateResponse(request, "reports/action_choose.html", context)


def _unit(request: HttpRequest, owner: Agency) -> Agency | None:
    """The agency of ``?unit=``, of the owner's subtree."""
    code = request.GET.get("unit", "").strip()
    return Agency.objects.filter(within(owner.path), code__iexact=code).first() if code else None


def _task(request: HttpRequest, actiontask_id: int) -> ActionTask:
    known = ActionTask.objects.visible_to(request.user).select_related(
        "agency__parent", "owner", "responsible", "set_by"
    )
    found = known.filter(pk=actiontask_id).first()
    if found is None:
        raise Http404(_("There is no such task among those you see."))
    return found


def _own_task(request: HttpRequest, actiontask_id: int) -> Any:
    found = _task(request, actiontask_id)
    if not may(request.user, SET_TASKS, found.owner):
        raise PermissionDenied
    return found
