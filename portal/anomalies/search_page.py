"""Having a period searched again: a background job over all rules and the whole country."""

from __future__ import annotations

from contextlib import suppress

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies.admin_scope import person
from portal.anomalies.frame import framed
from procedures.months import add_months, month_of
from scoring.anomalies.rules import may_change_rules
from scoring.anomalies.searching import ask_search
from scoring.models import AnomalyRule
from scoring.periods import Period, PeriodKind

#: How many months back a period may begin.
MONTHS_OFFERED = 13


class SearchForm(forms.Form):
    """Which period."""

    period = forms.ChoiceField(label=gettext_lazy("Period"))

    def __init__(self, *args: object, offered: list[Period], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["period"]
        field.choices = [(period.code, period.label) for period in offered]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Ask for it; the job's page shows how far it is."""
    if not may_change_rules(request.user):
        raise PermissionDenied
    now = timezone.now()
    form = SearchForm(
        request.POST if request.method == "POST" else None,
        offered=_offered(month_of(now), request.GET.get("period", "")),
        initial={"period": request.GET.get("period", "")},
    )
    if form.is_bound and form.is_valid():
        try:
            period = Period.parse(form.cleaned_data["period"])
            job = ask_search(period, by=person(request), as_of=now)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect("job", job.pk)
    context = framed(
        request,
        _("Search for anomalies again"),
        "search",
        form=form,
        rules=AnomalyRule.objects.filter(enabled=True).count(),
    )
    return TemplateResponse(request, "anomalies/search.html", context)


def _offered(this: int, asked: str) -> list[Period]:
    """The periods that have begun in the last year, the shortest first, each the newest first.

    An older one that the address asks for comes before them.
    """
    months = [add_months(this, -back) for back in range(MONTHS_OFFERED)]
    found: dict[Period, None] = {}
    with suppress(ValueError):
        older = Period.parse(asked)
        if older.first <= this:
            found[older] = None
    for kind in PeriodKind:
        found.update(dict.fromkeys(Period.of_month(month, kind) for month in months))
    return list(found)
