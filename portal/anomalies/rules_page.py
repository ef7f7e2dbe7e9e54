"""The rules: what is looked for, why, with which limits; changed by who reviews the whole nation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies.admin_display import figure
from agencies.admin_scope import person
from agencies.models import EventLog
from agencies.permissions import SEE_LOG
from agencies.step_up import step_up_required
from agencies.visibility import holds_everywhere
from portal.anomalies.frame import framed
from portal.anomalies.reached import refuse_strangers
from scoring.anomalies.checks import check_named
from scoring.anomalies.counting import inbox_url
from scoring.anomalies.rules import change_rule, may_change_rules
from scoring.anomalies.telling import severity_mark
from scoring.models import Anomaly, AnomalyRule

#: Changes of a rule that its page tells.
CHANGES_SHOWN = 50


class RuleForm(forms.Form):
    """How grave, with which limits, on or off, and why it is changed."""

    severity = forms.TypedChoiceField(
        label=gettext_lazy("Severity"), choices=AnomalyRule.Severity.choices, coerce=int
    )
    enabled = forms.BooleanField(label=gettext_lazy("Switched on"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stands in the log of decisions."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order: Any = ()

    def __init__(self, *args: Any, rule: AnomalyRule, **kwargs: Any) -> None:
        kwargs["initial"] = {"severity": rule.severity, "enabled": rule.enabled, **rule.limits}
        super().__init__(*args, **kwargs)
        self.limits = check_named(rule.check_name).limits
        for limit in self.limits:
            self.fields[limit.name] = forms.IntegerField(
                label=str(limit.label).capitalize(),
                min_value=limit.least,
                max_value=limit.most,
                help_text=_("From %(least)s to %(most)s.")
                % {"least": figure(limit.least), "most": figure(limit.most)},
            )
        self.order_fields(["severity", *(limit.name for limit in self.limits), "enabled", "reason"])

    def chosen(self) -> dict[str, Any]:
        """What was filled in, as ``change_rule`` takes it."""
        data = self.cleaned_data
        return {
            "severity": data["severity"],
            "enabled": data["enabled"],
            "reason": data["reason"],
            "limits": {limit.name: data[limit.name] for limit in self.limits},
        }


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """All of them, with how many anomalies of each wait in the reader's part of the tree."""
    refuse_strangers(request)
    seen = Anomaly.objects.waiting().visible_to(request.user).order_by()
    counts = dict(seen.values("rule_id").annotate(count=Count("pk")).values_list("rule_id", "count"))
    found = AnomalyRule.objects.annotate(searched_at=Max("searches__searched_at")).order_by(
        "position", "code"
    )
    rows = [
        {
            "rule": rule,
            "severity": severity_mark(rule.severity),
            "limits": _limits(rule),
            "waiting": figure(counts.get(rule.pk, 0)),
            "url": inbox_url(rule=rule.code) if counts.get(rule.pk) else "",
        }
        for rule in found.order_by("position", "code")
    ]
    context = framed(request, _("Rules for anomalies"), "rules", rows=rows)
    return TemplateResponse(request, "anomalies/rules.html", context)


@require_safe
def rule(request: HttpRequest, anomalyrule_id: int) -> HttpResponse:
    """One rule, with its limits, and how it was changed."""
    refuse_strangers(request)
    found = _rule(anomalyrule_id)
    waits = Anomaly.objects.waiting().visible_to(request.user).filter(rule=found).count()
    context = framed(
        request,
        found.told_name,
        "rules",
        rule=found,
        severity=severity_mark(found.severity),
        limits=_limits(found),
        may_change=may_change_rules(request.user),
        waiting=figure(waits),
        inbox=inbox_url(rule=found.code),
        changes=_changes(found),
        # Who changed it stands in the log of decisions, for who may read all of that.
        names_shown=holds_everywhere(request.user, SEE_LOG),
    )
    return TemplateResponse(request, "anomalies/rule.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def change(request: HttpRequest, anomalyrule_id: int) -> HttpResponse:
    """Change a rule, once it is said what that does."""
    if not may_change_rules(request.user):
        raise PermissionDenied
    found = _rule(anomalyrule_id)
    form = RuleForm(request.POST if request.method == "POST" else None, rule=found)
    if form.is_bound and form.is_valid() and _changed(request, found, form):
        return redirect("anomaly-rule", found.pk)
    waits = Anomaly.objects.waiting().filter(rule=found).count()
    context = framed(
        request,
        _("Change the rule"),
        "rules",
        rule=found,
        form=form,
        waiting=figure(waits),
    )
    return TemplateResponse(request, "anomalies/rule_change.html", context)


def _rule(pk: int) -> AnomalyRule:
    found = AnomalyRule.objects.filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such rule."))
    return found


def _changed(request: HttpRequest, found: AnomalyRule, form: RuleForm) -> bool:
    try:
        change_rule(found, by=person(request), as_of=timezone.now(), **form.chosen())
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    messages.success(request, _("The rule is changed; the next search goes by it."))
    return True


def _limits(rule: AnomalyRule) -> list[tuple[Any, str]]:
    check = check_named(rule.check_name)
    return [(limit.label, figure(rule.limits[limit.name])) for limit in check.limits]


def _changes(rule: AnomalyRule) -> list[dict[str, Any]]:
    """How it was changed, the newest first: the rules are everybody's to read, and so are their changes."""
    events = EventLog.objects.filter(object_type=rule._meta.label_lower, object_id=str(rule.pk))
    return [
        {"event": event, "was": _words(rule, event.before), "is": _words(rule, event.after)}
        for event in events.order_by("-number")[:CHANGES_SHOWN]
    ]


def _words(rule: AnomalyRule, state: Any) -> str:
    limits = {limit.name: limit.label for limit in check_named(rule.check_name).limits}
    told = [str(AnomalyRule.Severity(state["severity"]).label)]
    told += [f"{limits.get(name, name)}: {figure(value)}" for name, value in state["limits"].items()]
    return "; ".join([*told, _("switched on") if state["enabled"] else _("switched off")])
