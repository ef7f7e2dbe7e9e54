"""Satisfaction in figures for everybody: by month, agency and procedure, no cell under five answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from agencies.models import Agency
from agencies.models.agency import within
from feedback.models import FACTORS, Opinion, Rating, Standing
from procedures.models import Procedure
from procedures.months import VIETNAM, add_months, month_of, start_of

#: With fewer answers a cell could tell who gave them.
LEAST_ANSWERS = 5


@dataclass(frozen=True)
class Satisfaction:
    """What those who rated said; ``answers`` None: fewer than five, so nothing is told.

    ``key`` is the month (yyyymm), or the id of the procedure or agency. Shares are of the answers;
    ``factors`` are means from 1 to 5 of those with five answers or more.
    """

    key: int
    answers: int | None
    very_satisfied: int | None = None
    satisfied: int | None = None
    not_satisfied: int | None = None
    factors: dict[str, float] | None = None


def by_month(
    agency: Agency, first: int, last: int, *, procedure: Procedure | None = None
) -> list[Satisfaction]:
    """Satisfaction with an agency and all below it in each month with ratings, in order."""
    rated = _rated(agency, first, last, procedure).annotate(key=TruncMonth("given_at", tzinfo=VIETNAM))
    return [_cell(row, month_of(row["key"])) for row in _counted(rated)]


def by_procedure(agency: Agency, first: int, last: int) -> list[Satisfaction]:
    """Satisfaction by procedure, those rated most first."""
    rated = _rated(agency, first, last).filter(dossier__procedure__isnull=False)
    cells = [_cell(row, row["key"]) for row in _counted(rated.annotate(key=F("dossier__procedure")))]
    return sorted(cells, key=lambda cell: (-(cell.answers or 0), cell.key))


def by_agency(agencies: Collection[Agency], first: int, last: int) -> list[Satisfaction]:
    """Satisfaction with each of the agencies, with all below it, in their order."""
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
    if row["answers"] < LEAST_ANSWERS:
        return Satisfaction(key, None)
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
