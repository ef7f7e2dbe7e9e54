"""Counts shown to everybody beside the satisfaction of ``feedback.statistics``: units below, petitions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from agencies.models import Agency
from agencies.models.agency import within
from feedback.disclosure import Satisfaction, protected
from feedback.models import Opinion, Petition, PetitionStay, Rating, Standing
from procedures.months import add_months, start_of


@dataclass(frozen=True)
class PetitionCounts:
    """Petitions first received in some months, where they are now: what became of them so far."""

    received: int
    on_rules: int
    on_staff: int
    other: int
    answered: int
    late: int
    published: int
    liked: int
    disliked: int


def by_unit(agency: Agency, units: Sequence[Agency], first: int, last: int) -> list[Satisfaction]:
    """Satisfaction with each of the units right below an agency, all below them included, in their order.

    As they may be shown beside the agency's own total: ``units`` are all there are, those that ended
    included. One query, whatever their number; without the factors.
    """
    levels = Opinion.Satisfaction
    rows = (
        Rating.objects.filter(
            within(agency.path, "dossier__agency__path"),
            standing=Standing.COUNTED,
            given_at__gte=start_of(first),
            given_at__lt=start_of(add_months(last, 1)),
        )
        .order_by()
        .values_list("dossier__agency__path")
        .annotate(**{f"level_{level}": Count("pk", filter=Q(satisfaction=level)) for level in levels})
        if units
        else []
    )
    paths = sorted((unit.path, unit.pk) for unit in units)
    starts = [path for path, _pk in paths]
    counts = {unit.pk: [0] * len(levels) for unit in units}
    whole = 0
    for path, *said in rows:
        whole += sum(said)
        place = bisect_right(starts, path) - 1
        if place >= 0 and path.startswith(starts[place]):
            kept = counts[paths[place][1]]
            for number, count in enumerate(said):
                kept[number] += count
    return protected([_cell(unit.pk, counts[unit.pk]) for unit in units], whole)


def petition_counts(agency: Agency, first: int, last: int) -> PetitionCounts:
    """Petitions on an agency and all below it that count, first received from ``first`` to ``last``."""
    kinds, verdicts = Petition.Kind, Petition.Verdict
    late = PetitionStay.objects.filter(late_since__isnull=False, is_present=True).values("petition")
    found = Petition.objects.filter(
        within(agency.path, "agency__path"),
        standing=Standing.COUNTED,
        received_month__gte=first,
        received_month__lte=last,
    ).aggregate(
        received=Count("pk"),
        on_rules=Count("pk", filter=Q(kind=kinds.RULES)),
        on_staff=Count("pk", filter=Q(kind=kinds.STAFF)),
        other=Count("pk", filter=Q(kind=kinds.OTHER)),
        answered=Count("pk", filter=Q(state__in=Petition.ANSWERED)),
        late=Count("pk", filter=Q(pk__in=late)),
        published=Count("pk", filter=Q(published_at__isnull=False)),
        liked=Count("pk", filter=Q(verdict=verdicts.SATISFIED)),
        disliked=Count("pk", filter=Q(verdict=verdicts.DISSATISFIED)),
    )
    return PetitionCounts(**found)


def _cell(key: int, said: list[int]) -> Satisfaction:
    very, satisfied, not_satisfied = said
    return Satisfaction(key, sum(said), very, satisfied, not_satisfied)
