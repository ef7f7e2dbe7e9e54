"""A procedure's results: how many dossiers, how many on time, how long they took, by office.

One source for the pages and the admin. Counted from the tallies, so exactly what scores rest on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Q, Sum

from agencies.models import Agency
from procedures.models import Procedure
from procedures.months import month_of
from scoring.measures import TALLY_COLUMNS, Kind
from scoring.models import Tally
from scoring.models.tally import Scope
from scoring.periods import Period

#: The measures a procedure is told by.
SHOWN = (
    "received",
    "received_online",
    "ended_on_time",
    "ended_late",
    "open_on_time",
    "open_late",
    "completed",
    "handling_hundredths",
)
HUNDREDTHS = 100
KINDS = {column.name: column.kind for column in TALLY_COLUMNS}


@dataclass(frozen=True)
class ProcedureResult:
    """A procedure's counts at one office, everything below it included."""

    agency: Agency
    counts: Mapping[str, int]

    @property
    def on_time(self) -> int:
        """Dossiers handled on time or still open within their deadline (criterion 2.1)."""
        return self.counts["ended_on_time"] + self.counts["open_on_time"]

    @property
    def in_handling(self) -> int:
        """Dossiers that ended in the period or are open at its end (criterion 2.1)."""
        return self.on_time + self.counts["ended_late"] + self.counts["open_late"]

    @property
    def on_time_rate(self) -> Decimal | None:
        """Share of dossiers on time; None without dossiers."""
        return Decimal(self.on_time) / self.in_handling if self.in_handling else None

    @property
    def online_rate(self) -> Decimal | None:
        """Share of the dossiers received that came online; None without any."""
        received = self.counts["received"]
        return Decimal(self.counts["received_online"]) / received if received else None

    @property
    def average_time(self) -> Decimal | None:
        """Average handling time of those completed, in the procedure's unit (criterion 2.2)."""
        completed = self.counts["completed"]
        if not completed:
            return None
        return Decimal(self.counts["handling_hundredths"]) / completed / HUNDREDTHS


def procedure_results(procedure: Procedure, period: Period, as_of: datetime) -> list[ProcedureResult]:
    """The procedure's results in a period at the nation, each ministry and each province that had
    dossiers of it: the nation first, then by dossiers in handling."""
    offices = {agency.pk: agency for agency in Agency.objects.filter(depth__lte=1)}
    edge = min(period.last, month_of(as_of))
    rows = (
        Tally.objects.filter(
            procedure=procedure,
            agency_id__in=list(offices),
            month__range=(period.first, edge),
            scope__in=(Scope.SUBTREE, Scope.BOTH),
        )
        .order_by()
        .values("agency_id")
        .annotate(**{f"n_{name}": _sum(name, edge) for name in SHOWN})
        .values_list("agency_id", *(f"n_{name}" for name in SHOWN))
    )
    results = [
        ProcedureResult(
            offices[agency_id], {name: value or 0 for name, value in zip(SHOWN, values, strict=True)}
        )
        for agency_id, *values in rows
    ]
    return sorted(results, key=lambda found: (found.agency.depth, -found.in_handling, found.agency.code))


def _sum(name: str, edge: int) -> Sum:
    """Flows add over the period's months; what is open is that of its last one."""
    at_edge = Q(month=edge) if KINDS[name] is Kind.STOCK_AT_END else None
    return Sum(F(name), filter=at_edge)
