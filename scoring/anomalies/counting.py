"""How many anomalies wait, by severity: for whoever is about to publish, and for the page of today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from agencies.admin_display import figure, list_url
from scoring.models import Anomaly, AnomalyRule
from scoring.periods import Period

Severity = AnomalyRule.Severity


@dataclass(frozen=True)
class Waiting:
    """How many anomalies wait, by severity."""

    by_severity: dict[int, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_severity.values())

    @property
    def serious(self) -> int:
        """The serious ones."""
        return self.by_severity.get(Severity.SERIOUS, 0)

    @property
    def look(self) -> str:
        """How such a number is marked."""
        if self.serious:
            return "bad"
        return "warn" if self.total else "good"

    def told(self) -> str:
        """In words, the gravest first: 2 serious · 5 warnings."""
        words = {
            Severity.SERIOUS: _("%(count)s serious"),
            Severity.WARNING: _("%(count)s warnings"),
            Severity.NOTICE: _("%(count)s notices"),
        }
        counted = [(words[severity], self.by_severity.get(severity, 0)) for severity in words]
        return " · ".join(text % {"count": figure(count)} for text, count in counted if count)


def waiting(anomalies: QuerySet[Anomaly]) -> Waiting:
    """Those of a set that wait, in one query."""
    found = anomalies.filter(state__in=Anomaly.WAITING).order_by().values("severity")
    return Waiting(dict(found.annotate(count=Count("pk")).values_list("severity", "count")))


def waiting_in(period: Period) -> Waiting:
    """Those of the whole country in the months of a period."""
    return waiting(Anomaly.objects.filter(month__range=(period.first, period.last)))


def inbox_url(**filters: Any) -> str:
    """The list of those that wait, narrowed further."""
    return list_url(Anomaly, **{"state": "waiting", **filters})
