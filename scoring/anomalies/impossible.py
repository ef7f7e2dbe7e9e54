"""Values that cannot be: moments in the wrong order, a payment where nothing was to be paid.

Sync takes such dossiers as they are told, since refusing them would hide them; here they are named.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.admin_display import figure
from procedures.handling import CLOCK_SKEW
from procedures.models import Dossier
from scoring.anomalies.check import Check, Compared, Finding, Limit, Search, own_dossiers
from scoring.models import Anomaly

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LEAST_DOSSIERS = Limit("least", gettext_lazy("dossiers, at least"), 1, 100_000)


class Impossible(Check):
    """Dossiers of a month of which something holds that cannot be; ``sentence`` takes their count."""

    limits = (LEAST_DOSSIERS,)

    def __init__(self, name: str, condition: Q, sentence: _StrPromise) -> None:
        self.name, self.condition, self.sentence = name, condition, sentence

    def find(self, search: Search) -> Iterator[Finding]:
        flawed = Dossier.objects.filter(self.condition, started_month=search.month).order_by()
        counted = flawed.values("agency_id").annotate(found=Count("pk"))
        for agency_id, found in counted.values_list("agency_id", "found"):
            if found >= search.limits["least"]:
                yield Finding(agency_id, found, {"dossiers": found})

    def told(self, anomaly: Anomaly) -> str:
        return str(self.sentence) % {"count": figure(anomaly.found["dossiers"])}

    def compared(self, anomaly: Anomaly) -> list[Compared]:
        return [Compared(_("dossiers"), figure(anomaly.found["dossiers"]), figure(0))]

    def dossiers(self, anomaly: Anomaly, as_of: datetime) -> QuerySet[Dossier]:
        return own_dossiers(anomaly).filter(self.condition)


def _ahead(name: str) -> Q:
    # The plain comparison first: it is cheap, and spares nearly all rows the other.
    return Q(**{f"{name}__gt": F("changed_at")}) & Q(**{f"{name}__gt": F("changed_at") + CLOCK_SKEW})


ENDED_BEFORE_RECEIVED = Impossible(
    "ended_before_received",
    Q(finished_at__lt=F("received_at")),
    gettext_lazy("Dossiers said to have ended before they were received: %(count)s."),
)
RETURNED_BEFORE_RECEIVED = Impossible(
    "returned_before_received",
    Q(returned_at__lt=F("received_at")),
    gettext_lazy("Dossiers whose result is said to have been returned before they were received: %(count)s."),
)
RECEIVED_BEFORE_SUBMITTED = Impossible(
    "received_before_submitted",
    Q(received_at__lt=F("submitted_at")),
    gettext_lazy("Dossiers said to have been received before they were submitted: %(count)s."),
)
TOLD_AHEAD = Impossible(
    "told_ahead",
    _ahead("received_at") | _ahead("finished_at") | _ahead("returned_at"),
    gettext_lazy("Dossiers of which something was reported more than a day before it happened: %(count)s."),
)
PAID_WITHOUT_FEE = Impossible(
    "paid_without_fee",
    Q(payment__in=Dossier.ONLINE_PAYMENTS) & (Q(fee_total=0) | Q(fee_total=None, procedure__has_fee=False)),
    gettext_lazy("Dossiers marked as paid online though no fee was due: %(count)s."),
)


class HandledAtOnce(Check):
    """A large part of an office's dossiers ended within minutes of being received.

    Whoever enters a dossier only once it is done hides how long it took. Dossiers told by day alone,
    received at midnight to the second, say nothing about it.
    """

    name = "handled_at_once"
    limits = (
        Limit("minutes", gettext_lazy("minutes from reception to the end, at most"), 1, 120),
        Limit("share", gettext_lazy("share of completed dossiers in per cent, at least"), 5, 100),
        Limit("least", gettext_lazy("completed dossiers, at least"), 5, 100_000),
    )

    def find(self, search: Search) -> Iterator[Finding]:
        completed = self._completed(Dossier.objects.filter(started_month=search.month)).order_by()
        quick = self._quick(search.limits["minutes"])
        counted = completed.values("agency_id").annotate(whole=Count("pk"), quick=Count("pk", filter=quick))
        for agency_id, whole, found in counted.values_list("agency_id", "whole", "quick"):
            if whole >= search.limits["least"] and found * 100 >= whole * search.limits["share"]:
                figures = {"dossiers": found, "completed": whole, "minutes": search.limits["minutes"]}
                yield Finding(agency_id, found, figures)

    def told(self, anomaly: Anomaly) -> str:
        return _(
            "%(count)s of %(whole)s completed dossiers ended within %(minutes)s minutes of being received."
        ) % {
            "count": figure(anomaly.found["dossiers"]),
            "whole": figure(anomaly.found["completed"]),
            "minutes": figure(anomaly.found["minutes"]),
        }

    def compared(self, anomaly: Anomaly) -> list[Compared]:
        found, share = anomaly.found, anomaly.rule.limits["share"]
        expected = _("less than %(share)s %% of %(whole)s") % {
            "share": share,
            "whole": figure(found["completed"]),
        }
        return [Compared(_("dossiers"), figure(found["dossiers"]), expected)]

    def dossiers(self, anomaly: Anomaly, as_of: datetime) -> QuerySet[Dossier]:
        quick = self._quick(anomaly.found["minutes"])
        return self._completed(own_dossiers(anomaly)).filter(quick)

    @staticmethod
    def _completed(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
        timed = dossiers.filter(received_at__isnull=False, finished_at__gte=F("received_at"))
        return timed.exclude(received_at__time=datetime.min.time())

    @staticmethod
    def _quick(minutes: int) -> Q:
        return Q(finished_at__lte=F("received_at") + timedelta(minutes=minutes))


HANDLED_AT_ONCE = HandledAtOnce()
