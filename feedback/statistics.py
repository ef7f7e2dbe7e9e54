"""Satisfaction in figures for everybody: by month, agency and procedure, as far as they may be told."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from agencies.models import Agency
from agencies.models.agency import within
from feedback.disclosure import LEAST_ANSWERS, Satisfaction, protected
from feedback.models import FACTORS, Opinion, Rating, Standing
from procedures.models import Procedure
from procedures.months import VIETNAM, add_months, month_of, start_of


def by_month(
    agency: Agency, first: int, last: int, *, procedure: Procedure | None = None
) -> list[Satisfaction]:
    """Satisfaction with an agency and all below it in each month with ratings, in order."""
    rated = _rated(agency, first, last, procedure).annotate(key=TruncMonth("given_at", tzinfo=VIETNAM))
    cells = [_cell(row, month_of(row["key"])) for row in _counted(rated)]
    return protected(cells, sum(cell.answers or 0 for cell in cells))


def by_procedure(agency: Agency, first: int, last: int) -> list[Satisfaction]:
    """Satisfaction by procedure, those rated most first."""
    rows = list(_counted(_rated(agency, first, last).annotate(key=F("dossier__procedure"))))
    told = [_cell(row, row["key"]) for row in rows if row["key"] is not None]
    cells = protected(told, sum(row["answers"] for row in rows))
    return sorted(cells, key=lambda cell: (-(cell.answers or 0), cell.key))


def by_agency(agencies: Collection[Agency], first: int, last: int) -> list[Satisfaction]:
    """Satisfaction with each of the agencies, with all below it, in their order.

    Not yet what may be told: that depends on the agencies beside them (``disclosure.told_of``).
    """
    cells = []
    for agency in agencies:
        rows = list(_counted(_rated(agency, first, last).annotate(key=F("dossier__agency")), whole=True))
        cells.append(_cell(rows[0], agency.pk))
    return cells


def _rated(agency: Agency, first: int, last: int, procedure: Procedure | None = None) -> QuerySet[Rating]:
    since, until = start_of(first), start_of(add_months(last, 1))
    rated = Rating.objects.order_by().filter(
        within(agency.path, "dossier__agency__path"),
        standing=Standing.COUNTED,
        given_at__gte=since,
        given_at__lt=until,
    )
    return rated if procedure is None else rated.filter(dossier__procedure=procedure)


def _counted(rated: QuerySet[Any], *, whole: bool = False) -> Any:
    levels = Opinion.Satisfaction
    counts: dict[str, Any] = {"answers": Count("pk")}
    for level in levels:
        counts[level.name.lower()] = Count("pk", filter=Q(satisfaction=level))
    for name in FACTORS:
        counts[f"mean_{name}"], counts[f"count_{name}"] = Avg(name), Count(name)
    return [rated.aggregate(**counts)] if whole else rated.values("key").annotate(**counts).order_by("key")


def _cell(row: dict[str, Any], key: int) -> Satisfaction:
    return Satisfaction(
        key,
        row["answers"],
        row["very_satisfied"],
        row["satisfied"],
        row["not_satisfied"],
        {
            name: round(float(row[f"mean_{name}"]), 2)
            for name in FACTORS
            if row[f"count_{name}"] >= LEAST_ANSWERS
        },
    )
