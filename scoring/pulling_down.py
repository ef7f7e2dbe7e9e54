"""Which of an agency's direct sub-units pull its score down, and by which dossiers.

One source for the pages and the admin. Only criteria that are shares of dossiers count here: theirs add
up from the sub-units exactly, so that what one of them costs can be said in points and in dossiers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from scoring.behind import NotByDossierError, counted_columns
from scoring.explanation import CriterionResult, Guide, criterion_results
from scoring.models import Criterion, Scorecard

ZERO = Decimal(0)
#: A sub-unit that costs less than what a score shows is not named.
LEAST = Decimal("0.005")
_LATE = frozenset({"ended_late", "open_late"})


@dataclass(frozen=True)
class Shortfall:
    """The dossiers that cost points in one criterion: those of a sub-unit among those of all above it."""

    criterion: Criterion
    here: int
    everywhere: int
    #: Dossiers the criterion counts, at the sub-unit and in all.
    counted_here: int
    counted_everywhere: int
    #: The points the agency above would have more, did the sub-unit as well as all together.
    points: Decimal
    #: Whether what costs points is being late, not something else left undone.
    late: bool

    @property
    def share(self) -> Decimal:
        """Its part of the dossiers that cost points."""
        return Decimal(self.here) / self.everywhere

    @property
    def share_counted(self) -> Decimal:
        """Its part of all dossiers counted: how large it would be if it did as well as all together."""
        return Decimal(self.counted_here) / self.counted_everywhere


@dataclass(frozen=True)
class PullingDown:
    """A sub-unit and what it costs the agency above, the costliest criterion first."""

    scorecard: Scorecard
    points: Decimal
    shortfalls: tuple[Shortfall, ...]

    @property
    def worst(self) -> Shortfall:
        """The criterion in which it costs most."""
        return self.shortfalls[0]


def pulling_down(
    card: Scorecard, rules: Guide, shown: int = 5, below: Iterable[Scorecard] | None = None
) -> list[PullingDown]:
    """The direct sub-units that cost ``card``'s agency most points in its period, the costliest first.

    What one costs: the points the agency would have more, had the sub-unit the agency's own rate in each
    criterion in which it is below it, everything else as it is. That is its distance from the agency's
    points, weighted by its share of the dossiers. One query, however many sub-units there are; none where
    their scorecards are given as ``below``.
    """
    above = list(_shares_of_dossiers(card, rules))
    if not above:
        return []
    if below is None:
        live = Scorecard.objects.filter(agency__parent=card.agency_id, period=card.period)
        below = live.select_related("agency").defer("groups")
    found = []
    for unit in below:
        shortfalls = sorted(_shortfalls(unit, above), key=lambda shortfall: -shortfall.points)
        points = sum((shortfall.points for shortfall in shortfalls), ZERO)
        if points >= LEAST:
            found.append(PullingDown(unit, points, tuple(shortfalls)))
    return sorted(found, key=lambda unit: (-unit.points, unit.scorecard.agency.code))[:shown]


#: A criterion of the agency above, what it met, what it counted, and whether it is about lateness.
_Whole = tuple[CriterionResult, Decimal, Decimal, bool]


def _shares_of_dossiers(card: Scorecard, rules: Guide) -> Iterator[_Whole]:
    """The criteria that are the agency's own shares of dossiers, and have points left to win."""
    for result in criterion_results(card, rules):
        met, counted = result.numerator, result.denominator
        if result.inherited or not result.cost or met is None or not counted:
            continue
        try:
            counting, settling = counted_columns(result.criterion)
        except NotByDossierError:
            continue
        left = {column.name for column in counting} - {column.name for column in settling}
        # What is counted and not settled: of criterion 2.1, what ended late and what is overdue.
        yield result, met, counted, left == _LATE


def _shortfalls(unit: Scorecard, above: list[_Whole]) -> Iterator[Shortfall]:
    for whole, all_met, all_counted, late in above:
        numerator, denominator, _points = unit.criteria.get(whole.criterion.code) or (None, None, None)
        if numerator is None or denominator is None:
            continue
        met, counted = Decimal(numerator), Decimal(denominator)
        too_few = counted * all_met / all_counted - met
        needed = all_counted * whole.criterion.threshold
        if too_few <= 0 or needed <= all_met:
            continue
        yield Shortfall(
            criterion=whole.criterion,
            here=int(counted - met),
            everywhere=int(all_counted - all_met),
            counted_here=int(counted),
            counted_everywhere=int(all_counted),
            points=min(too_few, needed - all_met) * (whole.maximum or ZERO) / needed,
            late=late,
        )
