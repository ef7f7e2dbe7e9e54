"""Asking for a trial run of a set: which past period, beside which other set; and earlier ones."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies.admin_scope import person
from agencies.models import Job
from portal.exchange.job_pages import begin
from portal.sets.frame import comparable, framed, kept_set
from scoring.indicator_sets import NoSetInForceError, set_in_force
from scoring.models import IndicatorSet, Scorecard, WhatIf
from scoring.periods import Period
from scoring.standings import periods_with_scores
from scoring.what_if_job import ask_what_if, is_stale

#: Up to so many offices are graded while the page waits.
AT_ONCE = 400


class WhatIfForm(forms.Form):
    """A period with scores, and what to compare with: the set in force then, or a certain one."""

    period = forms.ChoiceField(label=gettext_lazy("Period"))
    baseline = forms.ModelChoiceField(
        queryset=IndicatorSet.objects.none(),
        label=gettext_lazy("Compare with"),
        required=False,
        empty_label=gettext_lazy("the set in force in that period"),
    )

    def __init__(self, indicator_set: IndicatorSet, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.indicator_set = indicator_set
        period: Any = self.fields["period"]
        period.choices = [(found.code, found.label) for found in periods_with_scores()]
        baseline: Any = self.fields["baseline"]
        baseline.queryset = comparable(indicator_set)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("period") and not values.get("baseline"):
            period = Period.parse(values["period"])
            try:
                values["baseline"] = in_force_beside(self.indicator_set, period)
            except NoSetInForceError as error:
                raise ValidationError(str(error)) from error
        return values


def in_force_beside(indicator_set: IndicatorSet, period: Period) -> IndicatorSet:
    """The set that scores in ``period`` the offices a set is for; raises NoSetInForceError."""
    owner = indicator_set.agency
    return set_in_force(period.last, f"{owner.path}0/" if owner else None)


@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: HttpRequest, indicatorset_id: int) -> HttpResponse:
    """The form, and what was tried before."""
    tried = kept_set(request, indicatorset_id)
    form = WhatIfForm(tried, request.POST or None, initial={"period": request.GET.get("period", "")})
    if request.method == "POST" and form.is_valid():
        period, now = Period.parse(form.cleaned_data["period"]), timezone.now()
        try:
            asked = ask_what_if(tried, form.cleaned_data["baseline"], period, by=person(request), as_of=now)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("set-what-if", tried.pk)
        if asked.job is not None:
            begin(asked.job, Scorecard.objects.filter(period=period.code).count() <= AT_ONCE)
        return redirect("what-if", asked.pk)
    title = _("Trial run: %(set)s") % {"set": tried}
    context = framed(request, title, tried, "what-if", form=form, earlier=_earlier(tried))
    return TemplateResponse(request, "sets/what_if.html", context)


def _earlier(tried: IndicatorSet) -> list[dict[str, Any]]:
    found = WhatIf.objects.filter(indicator_set=tried).select_related(
        "indicator_set__agency", "baseline__agency", "job"
    )[:30]
    return [
        {
            "what_if": one,
            "period": Period.parse(one.period).label,
            "stale": one.as_of is not None and is_stale(one),
            "under_way": one.job is not None and one.job.state in Job.UNDER_WAY,
        }
        for one in found
    ]
