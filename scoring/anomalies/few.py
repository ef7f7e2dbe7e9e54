"""A perfect rate on a handful of dossiers, where there usually are many."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.admin_display import figure
from procedures.models import Dossier
from scoring.anomalies.check import Check, Compared, Finding, Limit, Search, own_tallies
from scoring.anomalies.jumps import MONTHS
from scoring.models import Anomaly
from scoring.tally import alive


class PerfectOnFew(Check):
    """Every dossier in time (criterion 2.1), on far fewer than the office usually handles.

    Few and perfect is no wonder in a small office; in a large one the others may have been left out.
    """

    name = "perfect_on_few"
    limits = (
        MONTHS,
        Limit("most", gettext_lazy("dossiers handled, at most"), 1, 1000),
        Limit("usual", gettext_lazy("dossiers usually handled in a month, at least"), 2, 1_000_000),
    )

    def find(self, search: Search) -> Iterator[Finding]:
        if not search.over:
            return
        before, this = search.before(), Q(month=search.month)
        in_time = F("ended_on_time") + F("open_on_time")
        late = F("ended_late") + F("open_late")
        counted = (
            own_tallies([*before, search.month])
            .values("agency_id")
            .annotate(
                n_timely=Coalesce(Sum(in_time, filter=this), 0),
                n_late=Coalesce(Sum(late, filter=this), 0),
                n_before=Coalesce(Sum(in_time + late, filter=~this), 0),
                n_months=Count("month", filter=~this, distinct=True),
            )
            .filter(n_late=0, n_timely__gte=1, n_timely__lte=search.limits["most"], n_months__gte=1)
        )
        for agency_id, timely, total, months in counted.values_list(
            "agency_id", "n_timely", "n_before", "n_months"
        ):
            usual = Decimal(total) / months
            if usual >= search.limits["usual"]:
                figures = {"dossiers": timely, "usual": str(usual.quantize(Decimal("0.1")))}
                yield Finding(agency_id, round(usual) - timely, figures)

    def told(self, anomaly: Anomaly) -> str:
        return _(
            "All %(count)s dossiers in time, 100 %%, where the office usually handles %(usual)s in a month."
        ) % {
            "count": figure(anomaly.found["dossiers"]),
            "usual": figure(Decimal(anomaly.found["usual"]), 1),
        }

    def compared(self, anomaly: Anomaly) -> list[Compared]:
        usual = _("about %(usual)s") % {"usual": figure(Decimal(anomaly.found["usual"]), 1)}
        return [Compared(_("dossiers handled"), figure(anomaly.found["dossiers"]), usual)]

    def dossiers(self, anomaly: Anomaly, as_of: datetime) -> QuerySet[Dossier]:
        return Dossier.objects.filter(alive(anomaly.month), agency=anomaly.agency_id, in_handling=True)


PERFECT_ON_FEW = PerfectOnFew()
