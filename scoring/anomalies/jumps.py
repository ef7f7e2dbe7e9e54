"""Sudden jumps: an agency against its own recent months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.admin_display import figure, percentage
from procedures.models import Dossier
from scoring.anomalies.check import Check, Compared, Finding, Limit, Search, own_dossiers, own_tallies
from scoring.behind import NotByDossierError, behind, counted_columns
from scoring.indicator_sets import NoSetInForceError, set_in_force
from scoring.measures import Column
from scoring.models import Anomaly, Criterion
from scoring.periods import Period

MONTHS = Limit("months", gettext_lazy("months compared with"), 1, 12)
#: Months of its own an office must have before it is compared with itself.
HISTORY = 2


class VolumeJump(Check):
    """Far more or fewer dossiers received than usual; fewer only once the month is over."""

    name = "volume_jump"
    limits = (
        MONTHS,
        Limit("times", gettext_lazy("times as many, or as few, as usual"), 2, 100),
        Limit("least", gettext_lazy("dossiers more or fewer, at least"), 1, 1_000_000),
    )

    def find(self, search: Search) -> Iterator[Finding]:
        before = search.before()
        earlier = Q(month__in=before)
        counted = (
            own_tallies([*before, search.month])
            .values("agency_id")
            .annotate(
                n_now=Coalesce(Sum("received", filter=Q(month=search.month)), 0),
                n_before=Coalesce(Sum("received", filter=earlier), 0),
                n_months=Count("month", filter=earlier & Q(received__gt=0), distinct=True),
            )
        )
        times, least = search.limits["times"], search.limits["least"]
        for agency_id, now, total, months in counted.values_list(
            "agency_id", "n_now", "n_before", "n_months"
        ):
            if months < min(HISTORY, len(before)):
                continue
            usual = Decimal(total) / months
            leap = now >= times * usual
            drop = search.over and now * times <= usual
            if (leap or drop) and abs(now - usual) >= least:
                figures = {"received": now, "usual": _tenths(usual), "months": months}
                yield Finding(agency_id, round(abs(now - usual)), figures)

    def told(self, anomaly: Anomaly) -> str:
        found = anomaly.found
        return _("%(count)s dossiers received; usual were %(usual)s in each of %(months)s months before.") % {
            "count": figure(found["received"]),
            "usual": figure(Decimal(found["usual"]), 1),
            "months": found["months"],
        }

    def compared(self, anomaly: Anomaly) -> list[Compared]:
        found = anomaly.found
        usual = _("about %(usual)s") % {"usual": figure(Decimal(found["usual"]), 1)}
        return [Compared(_("dossiers received"), figure(found["received"]), usual)]

    def dossiers(self, anomaly: Anomaly, as_of: datetime) -> QuerySet[Dossier]:
        return own_dossiers(anomaly).filter(received_at__isnull=False)


class RateJump(Check):
    """The rate of a criterion far above or below that of the months before, once the month is over.

    Of the criteria of the national set in force that count dossiers; ``about`` is the criterion's code,
    ``size`` the percentage points. Open dossiers make the rate of a month under way another thing than
    that of one that is over, so it is not looked at.
    """

    name = "rate_jump"
    limits = (
        MONTHS,
        Limit("points", gettext_lazy("percentage points up or down, at least"), 5, 100),
        Limit("least", gettext_lazy("dossiers in the month, and in those before, at least"), 5, 1_000_000),
    )

    def find(self, search: Search) -> Iterator[Finding]:
        criteria = _counted_criteria(search.month) if search.over else {}
        if not criteria:
            return
        before = search.before()
        sums: dict[str, Any] = {}
        for place, (counting, settling) in enumerate(criteria.values()):
            for when, months in (("now", Q(month=search.month)), ("before", Q(month__in=before))):
                sums[f"whole_{when}_{place}"] = _sum(counting, months)
                sums[f"part_{when}_{place}"] = _sum(settling, months)
        least, points = search.limits["least"], search.limits["points"]
        counted = own_tallies([*before, search.month]).values("agency_id").annotate(**sums)
        for row in counted:
            for place, code in enumerate(criteria):
                shares = [_share(row, when, place) for when in ("now", "before")]
                if min(whole for _part, whole in shares) < least:
                    continue
                now, earlier = (Decimal(part) / whole * 100 for part, whole in shares)
                if abs(now - earlier) >= points:
                    figures = {"now": list(shares[0]), "before": list(shares[1])}
                    yield Finding(row["agency_id"], round(abs(now - earlier)), figures, code)

    def told(self, anomaly: Anomaly) -> str:
        now, before = (Decimal(part) / whole * 100 for part, whole in _shares(anomaly))
        told = {
            "code": anomaly.about,
            "now": figure(now, 2),
            "before": figure(before, 2),
            "points": figure(abs(now - before), 2),
        }
        if now > before:
            text = _("Criterion %(code)s rose by %(points)s points, from %(before)s %% to %(now)s %%.")
        else:
            text = _("Criterion %(code)s fell by %(points)s points, from %(before)s %% to %(now)s %%.")
        return text % told

    def compared(self, anomaly: Anomaly) -> list[Compared]:
        now, before = (percentage(Decimal(part), Decimal(whole)) for part, whole in _shares(anomaly))
        return [Compared(_("rate of criterion %(code)s") % {"code": anomaly.about}, now, before)]

    def dossiers(self, anomaly: Anomaly, as_of: datetime) -> QuerySet[Dossier] | None:
        """Those that cost the agency points; all it counts where none does."""
        try:
            found = behind(anomaly.agency, Period.of_month(anomaly.month), anomaly.about, as_of)
        except (NotByDossierError, LookupError):
            return None
        own = found.costing().filter(agency=anomaly.agency_id)
        return own if own.exists() else found.dossiers().filter(agency=anomaly.agency_id)


def _share(row: Mapping[str, Any], when: str, place: int) -> tuple[int, int]:
    """Numerator and denominator of the criterion at this place."""
    return row[f"part_{when}_{place}"], row[f"whole_{when}_{place}"]


def _shares(anomaly: Anomaly) -> tuple[tuple[int, int], tuple[int, int]]:
    return anomaly.found["now"], anomaly.found["before"]


def _counted_criteria(month: int) -> dict[str, tuple[tuple[Column, ...], ...]]:
    """The measures each criterion adds up, by its code.

    Not those that also take some off, as 5.4 does the late ones: they jump where another did.
    """
    try:
        chosen = set_in_force(month)
    except NoSetInForceError:
        return {}
    found: dict[str, tuple[tuple[Column, ...], ...]] = {}
    for criterion in Criterion.objects.filter(group__indicator_set=chosen, max_points__isnull=False):
        try:
            found[criterion.code] = counted_columns(criterion)
        except NotByDossierError:
            continue
    return found


def _sum(columns: tuple[Column, ...], months: Q) -> Any:
    whole = reduce(add, (F(column.name) for column in columns))
    return Coalesce(Sum(whole, filter=months), 0)


def _tenths(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.1")))


VOLUME_JUMP, RATE_JUMP = VolumeJump(), RateJump()
