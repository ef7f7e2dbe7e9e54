"""What an office declared to the national reporting system, against what the portal received."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.admin_display import figure
from procedures.models import Dossier, ReportedVolume
from scoring.anomalies.check import Check, Compared, Finding, Limit, Search, own_dossiers, own_tallies
from scoring.models import Anomaly


class DeclaredApart(Check):
    """Declared and received dossiers of a month that is over, far apart (criterion 1.4).

    An office that declared nothing for the month is not compared: criterion 1.4 has its own rule for that.
    """

    name = "declared_apart"
    limits = (
        Limit("times", gettext_lazy("one at least so many times the other"), 2, 100),
        Limit("least", gettext_lazy("dossiers apart, at least"), 1, 1_000_000),
    )

    def find(self, search: Search) -> Iterator[Finding]:
        if not search.over:
            return
        counted = own_tallies([search.month]).values("agency_id").annotate(n=Sum("received"))
        received = dict(counted.values_list("agency_id", "n"))
        volumes = ReportedVolume.objects.filter(month=search.month, dossiers__gt=0)
        for agency_id, declared in volumes.values_list("agency_id", "dossiers"):
            came = received.get(agency_id, 0)
            fewer, more = sorted((declared, came))
            if more >= fewer * search.limits["times"] and more - fewer >= search.limits["least"]:
                yield Finding(agency_id, more - fewer, {"declared": declared, "received": came})

    def told(self, anomaly: Anomaly) -> str:
        return _(
            "%(declared)s dossiers declared to the national reporting system, %(received)s received here."
        ) % {
            "declared": figure(anomaly.found["declared"]),
            "received": figure(anomaly.found["received"]),
        }

    def compared(self, anomaly: Anomaly) -> list[Compared]:
        return [
            Compared(
                _("dossiers received"),
                figure(anomaly.found["received"]),
                _("%(count)s as declared") % {"count": figure(anomaly.found["declared"])},
            )
        ]

    def dossiers(self, anomaly: Anomaly, as_of: datetime) -> QuerySet[Dossier]:
        return own_dossiers(anomaly).filter(received_at__isnull=False)


DECLARED_APART = DeclaredApart()
