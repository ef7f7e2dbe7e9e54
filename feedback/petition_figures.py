"""Petitions and ratings in figures, for the agencies: by agency, class, procedure or month.

Petitions are those first received in the time asked for, where they are now; ratings those given in it.
Held and rejected voices are left out, as in scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import ExtractMonth, ExtractYear

from agencies.models import Agency
from agencies.models.agency import within
from feedback.models import Petition, PetitionStay, Rating, Standing
from procedures.months import VIETNAM, add_months, start_of


class By(StrEnum):
    """By what figures are set apart."""

    AGENCY = "agency"
    KIND = "kind"
    PROCEDURE = "procedure"
    MONTH = "month"


@dataclass
class Figures:
    """Petitions received, and what became of them; ratings given, by level.

    ``late``: a deadline was missed at any agency on its way, or is missed now.
    """

    received: int = 0
    in_progress: int = 0
    answered: int = 0
    refused: int = 0
    late: int = 0
    published: int = 0
    liked: int = 0
    disliked: int = 0
    complained: int = 0
    ratings: int = 0
    very_satisfied: int = 0
    satisfied: int = 0
    not_satisfied: int = 0

    def add(self, row: dict[str, Any]) -> None:
        """Add the counts of a row of the database."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + row.get(field.name, 0))


_PETITION_KEYS = {By.AGENCY: "agency__path", By.KIND: "kind", By.PROCEDURE: "procedure"}
_RATING_KEYS = {By.AGENCY: "dossier__agency__path", By.PROCEDURE: "dossier__procedure"}


def figures_by(by: By, agency: Agency, first: int, last: int, as_of: datetime) -> dict[Any, Figures]:
    """The figures of an agency and all below it, in the months from ``first`` to ``last`` (yyyymm).

    Keys: by agency the path of the agency itself and of those directly below it, each with its subtree;
    by class its value; by procedure its id, None for none; by month yyyymm.
    """
    found: dict[Any, Figures] = {}
    for row in [*_petitions(by, agency, first, last, as_of), *_ratings(by, agency, first, last)]:
        key = row.pop("key")
        if by is By.AGENCY:
            key = _child(key, agency)
        found.setdefault(key, Figures()).add(row)
    return found


def total(figures: Iterable[Figures]) -> Figures:
    """The sum of figures that have nothing in common."""
    whole = Figures()
    for one in figures:
        whole.add(vars(one))
    return whole


def _petitions(by: By, agency: Agency, first: int, last: int, as_of: datetime) -> Any:
    key = F(_PETITION_KEYS.get(by, "received_month"))
    missed = Exists(PetitionStay.objects.filter(petition=OuterRef("pk"), late_since__isnull=False))
    known = Petition.objects.order_by().filter(
        within(agency.path, "agency__path"),
        received_month__gte=first,
        received_month__lte=last,
        standing=Standing.COUNTED,
    )
    states, verdicts = Petition.State, Petition.Verdict
    return (
        known.annotate(key=key, missed=missed)
        .values("key")
        .annotate(
            received=Count("pk"),
            in_progress=Count("pk", filter=Q(state__in=[*Petition.OPEN, states.AWAITING_SUPPLEMENT])),
            answered=Count("pk", filter=Q(state__in=Petition.ANSWERED)),
            refused=Count("pk", filter=Q(state=states.REFUSED)),
            late=Count("pk", filter=Q(missed=True) | Q(due_by__lt=as_of)),
            published=Count("pk", filter=Q(state=states.PUBLISHED)),
            liked=Count("pk", filter=Q(verdict=verdicts.SATISFIED)),
            disliked=Count("pk", filter=Q(verdict=verdicts.DISSATISFIED)),
            complained=Count("pk", filter=Q(complaints__gt=0)),
        )
    )


def _ratings(by: By, agency: Agency, first: int, last: int) -> Any:
    if by is By.KIND:
        return []
    given = Rating.objects.order_by().filter(
        within(agency.path, "dossier__agency__path"),
        given_at__gte=start_of(first),
        given_at__lt=start_of(add_months(last, 1)),
        standing=Standing.COUNTED,
    )
    levels = Rating.Satisfaction
    key: Any = F(_RATING_KEYS[by]) if by in _RATING_KEYS else _MONTH
    return (
        given.annotate(key=key)
        .values("key")
        .annotate(
            ratings=Count("pk"),
            very_satisfied=Count("pk", filter=Q(satisfaction=levels.VERY_SATISFIED)),
            satisfied=Count("pk", filter=Q(satisfaction=levels.SATISFIED)),
            not_satisfied=Count("pk", filter=Q(satisfaction=levels.NOT_SATISFIED)),
        )
    )


_MONTH: Any = ExtractYear("given_at", tzinfo=VIETNAM) * 100 + ExtractMonth("given_at", tzinfo=VIETNAM)


def _child(path: str, agency: Agency) -> str:
    """The path of the agency directly below ``agency`` under which ``path`` lies, or its own."""
    rest = path.removeprefix(agency.path).split("/")[0]
    return f"{agency.path}{rest}/" if rest else agency.path


def agencies_of(paths: Sequence[str]) -> dict[str, Agency]:
    """The agencies under these paths."""
    return {agency.path: agency for agency in Agency.objects.filter(path__in=paths)}
