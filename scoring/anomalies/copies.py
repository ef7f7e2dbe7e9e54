"""Copies: the same dossier told under several codes.

Who the applicant is cannot be compared: what is kept of it is bound to each dossier's code
(``procedures.applicants``). What can is the content: two dossiers of one office and procedure, submitted,
received and due at the same moments with the same fee, are most likely one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, time

from django.db.models import Count, F, QuerySet, Window
from django.utils.translation import gettext as _

from agencies.admin_display import figure
from procedures.models import Dossier
from scoring.anomalies.check import Check, Compared, Finding, Search, own_dossiers
from scoring.anomalies.impossible import LEAST_DOSSIERS
from scoring.models import Anomaly

#: What two copies have in common, their month and their agency beside it.
SAME = (
    "procedure", "local_procedure", "channel", "subject_type", "submitted_at", "received_at", "due_at",
    "fee_total",
)  # fmt: skip


class Copies(Check):
    """Dossiers that are alike to the second; ``size`` are those too many, all but one of each kind."""

    name = "copies"
    limits = (LEAST_DOSSIERS,)

    def find(self, search: Search) -> Iterator[Finding]:
        alike = _comparable(Dossier.objects.filter(started_month=search.month)).order_by()
        kinds = alike.values("agency_id", *SAME).annotate(copies=Count("pk")).filter(copies__gt=1)
        extra: Counter[int] = Counter()
        groups: dict[int, int] = defaultdict(int)
        for agency_id, copies in kinds.values_list("agency_id", "copies"):
            extra[agency_id] += copies - 1
            groups[agency_id] += 1
        for agency_id, found in extra.items():
            if found >= search.limits["least"]:
                yield Finding(agency_id, found, {"extra": found, "alike": found + groups[agency_id]})

    def told(self, anomaly: Anomaly) -> str:
        return _(
            "%(alike)s dossiers differ in nothing but their codes: same procedure, same moments to the "
            "second, same fee. If they are copies, %(extra)s are counted too many."
        ) % {"alike": figure(anomaly.found["alike"]), "extra": figure(anomaly.found["extra"])}

    def compared(self, anomaly: Anomaly) -> list[Compared]:
        return [Compared(_("dossiers too many"), figure(anomaly.found["extra"]), figure(0))]

    def dossiers(self, anomaly: Anomaly, as_of: datetime) -> QuerySet[Dossier]:
        alike = Window(Count("pk"), partition_by=[F(name) for name in SAME])
        return _comparable(own_dossiers(anomaly)).annotate(copies=alike).filter(copies__gt=1)


def _comparable(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """Those told to the second: of those told by day alone many are rightly alike."""
    return dossiers.filter(received_at__isnull=False).exclude(received_at__time=time(0))


COPIES = Copies()
