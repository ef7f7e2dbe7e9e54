"""What narrows the list of anomalies: period, rule, severity, state, agency, whose."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from agencies.admin_filters import AssigneeFilter, SubtreeFilter, choice_filter
from procedures.months import add_months, month_of
from scoring.models import Anomaly, AnomalyRule
from scoring.periods import Period

#: Months offered at a click; any other period may stand in the address.
MONTHS_OFFERED = 13


class PeriodFilter(DropdownFilter):
    """The months of a period: a month, a quarter, a half-year or a year."""

    title = _("period")
    parameter_name = "period"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        now = month_of(timezone.now())
        months = [Period.of_month(add_months(now, -back)) for back in range(MONTHS_OFFERED)]
        offered = [(period.code, period.label) for period in months]
        asked = _period(request.GET.get(self.parameter_name, ""))
        if asked is not None and asked.code not in dict(offered):
            offered.insert(0, (asked.code, asked.label))
        return offered

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        period = _period(self.value() or "")
        if period is None:
            return queryset.none()
        return queryset.filter(month__range=(period.first, period.last))


class RuleFilter(DropdownFilter):
    """What one rule found."""

    title = _("rule")
    parameter_name = "rule"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(rule.code, rule.told_name) for rule in AnomalyRule.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(rule__code=self.value()) if self.value() else queryset


class StateFilter(DropdownFilter):
    """One state, or all in which somebody has still to decide."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("To be decided")), *Anomaly.State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value == "waiting":
            return queryset.filter(state__in=Anomaly.WAITING)
        return queryset.filter(state=value) if value in Anomaly.State.values else queryset


SeverityFilter = choice_filter("severity", AnomalyRule.Severity.choices, _("severity"))

LIST_FILTERS = (PeriodFilter, SeverityFilter, StateFilter, RuleFilter, SubtreeFilter, AssigneeFilter)


def _period(code: str) -> Period | None:
    try:
        return Period.parse(code)
    except ValueError:
        return None
