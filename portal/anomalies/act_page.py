"""The pages of the acts: fill in, read what it will do, do it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.admin_scope import person
from portal.anomalies import acts
from portal.anomalies.acts import Act
from portal.anomalies.frame import framed
from portal.anomalies.reached import anomaly_for
from scoring.anomalies.settling import assignees
from scoring.anomalies.telling import reason_of, severity_mark
from scoring.models import Anomaly

ASKED_OR_SENT = require_http_methods(["GET", "HEAD", "POST"])


@ASKED_OR_SENT
def assign(request: HttpRequest, anomaly_id: int) -> HttpResponse:
    """Give it to somebody."""
    return _act(request, anomaly_id, acts.ASSIGN)


@ASKED_OR_SENT
def explain(request: HttpRequest, anomaly_id: int) -> HttpResponse:
    """The agency answers."""
    return _act(request, anomaly_id, acts.EXPLAIN)


@ASKED_OR_SENT
def settle(request: HttpRequest, anomaly_id: int) -> HttpResponse:
    """It is dealt with."""
    return _act(request, anomaly_id, acts.SETTLE)


@ASKED_OR_SENT
def dismiss(request: HttpRequest, anomaly_id: int) -> HttpResponse:
    """It is none."""
    return _act(request, anomaly_id, acts.DISMISS)


@ASKED_OR_SENT
def reopen(request: HttpRequest, anomaly_id: int) -> HttpResponse:
    """Take a decision back."""
    return _act(request, anomaly_id, acts.REOPEN)


def _act(request: HttpRequest, anomaly_id: int, act: Act) -> HttpResponse:
    anomaly, by = anomaly_for(request, anomaly_id), person(request)
    if not act.may(by, anomaly):
        raise PermissionDenied
    if anomaly.state not in act.states:
        text = _("This cannot be done with an anomaly that is: %(state)s.")
        messages.warning(request, text % {"state": anomaly.get_state_display()})
        return redirect("anomaly", anomaly.pk)
    form = _form(request, act, anomaly)
    if request.method == "POST" and _unchanged(request, anomaly) and form.is_valid():
        try:
            act.verb(anomaly, form.cleaned_data, by=by, as_of=timezone.now())
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, act.done)
            return redirect("anomaly", anomaly.pk)
    context = framed(
        request,
        act.title,
        "inbox",
        anomaly=anomaly,
        reason=reason_of(anomaly),
        severity=severity_mark(anomaly.severity),
        said=anomaly.steps.filter(verb="explained").select_related("actor").last(),
        act=act,
        form=form,
        consequences=list(act.consequences(anomaly)),
        seen=anomaly.changed_at.isoformat(),
    )
    return TemplateResponse(request, "anomalies/act.html", context)


def _form(request: HttpRequest, act: Act, anomaly: Anomaly) -> Form:
    sent = request.POST if request.method == "POST" else None
    if act is acts.ASSIGN:
        people = assignees(anomaly, timezone.now())
        return acts.AssignForm(sent, people=people, first=anomaly.assignee_id or person(request).pk)
    return act.form(sent)


def _unchanged(request: HttpRequest, anomaly: Anomaly) -> bool:
    """Whether nothing happened to it since the page was shown; if so, they are told."""
    if request.POST.get("seen", "") == anomaly.changed_at.isoformat():
        return True
    messages.warning(request, _("Something happened to it meanwhile. Look again, then do it."))
    return False
