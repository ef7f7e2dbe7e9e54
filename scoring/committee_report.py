"""An agency's report to its People's Committee: each criterion, why it loses points, who, and what is done.

The state of a criterion is what its scorecard holds; the reason is what was counted and not settled, and
the sub-units that have more than their part of it (``scoring.pulling_down``); the measures are the tasks of
the action list. Nothing is counted anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from agencies.models import Agency
from scoring.action_progress import Progress, progress_of
from scoring.behind import NotByDossierError, counted_columns
from scoring.bulletin import Bulletin, bulletin
from scoring.explanation import CriterionResult, criterion_results
from scoring.models import ActionTask, Scorecard
from scoring.pulling_down import LEAST, PullingDown, Shortfall, pulling_down
from scoring.results_shown import Shown

#: Sub-units named for a criterion, and in all.
NAMED, UNITS = 3, 10


@dataclass(frozen=True)
class CriterionState:
    """A criterion that gives points: what it holds, what moved, who pulls it down, what is being done."""

    result: CriterionResult
    #: Points won or lost since the period before; None where that is not known.
    moved: Decimal | None
    #: The sub-units that cost it most, each with how.
    pulled_by: tuple[tuple[Agency, Shortfall], ...]
    tasks: tuple[Progress, ...]

    @property
    def short(self) -> int | None:
        """How many more would have to be counted above for all its points; None where nothing is counted."""
        result = self.result
        if result.numerator is None or not result.denominator or result.reason:
            return None
        lacking = result.denominator * result.criterion.threshold - result.numerator
        return int(max(Decimal(0), lacking).to_integral_value(ROUND_CEILING))

    @property
    def by_dossier(self) -> bool:
        """Whether it is a share of dossiers, so that what is short can be said in dossiers."""
        try:
            counted_columns(self.result.criterion)
        except NotByDossierError:
            return False
        return True


@dataclass(frozen=True)
class CommitteeReport:
    """The report of an agency on a period, with the figures of its bulletin."""

    told: Bulletin
    criteria: tuple[CriterionState, ...]
    units: tuple[PullingDown, ...]
    #: The tasks of its list that are measured in the period.
    tasks: tuple[Progress, ...]

    @property
    def losing(self) -> tuple[CriterionState, ...]:
        """The criteria that lose points, the costliest first."""
        lose = [state for state in self.criteria if state.result.cost]
        return tuple(sorted(lose, key=lambda state: -(state.result.cost or Decimal(0))))


def committee_report(agency: Agency, results: Shown, as_of: datetime) -> CommitteeReport | None:
    """The report of ``agency`` on the results of a period; None where it has no score in them.

    A number of queries that does not depend on how many sub-units there are.
    """
    told = bulletin(agency, results)
    if told is None:
        return None
    card, rules = told.card, told.rules
    found = tuple(pulling_down(card, rules, shown=10_000, below=results.cards(below=agency)))
    then = _points_before(agency, told)
    owned = ActionTask.objects.filter(owner=agency, period=results.period.code).exclude(
        state=ActionTask.State.CANCELLED
    )
    tasks = progress_of(
        owned.select_related("agency", "owner", "responsible").order_by("due_on", "pk"), as_of
    )
    by_criterion: dict[str, list[Progress]] = defaultdict(list)
    for progress in tasks:
        by_criterion[progress.task.criterion].append(progress)
    return CommitteeReport(
        told=told,
        criteria=tuple(
            _state(result, then, found, by_criterion)
            for result in criterion_results(card, rules)
            if result.maximum is not None
        ),
        units=found[:UNITS],
        tasks=tuple(tasks),
    )


def _state(
    result: CriterionResult,
    then: dict[str, Decimal],
    found: Sequence[PullingDown],
    tasks: dict[str, list[Progress]],
) -> CriterionState:
    code = result.criterion.code
    pulled_by = [
        (unit.scorecard.agency, shortfall)
        for unit in found
        for shortfall in unit.shortfalls
        if shortfall.criterion.code == code and shortfall.points >= LEAST
    ]
    pulled_by.sort(key=lambda one: -one[1].points)
    before = then.get(code)
    return CriterionState(
        result,
        result.points - before if before is not None and result.points is not None else None,
        tuple(pulled_by[:NAMED]),
        tuple(tasks.get(code, ())),
    )


def _points_before(agency: Agency, told: Bulletin) -> dict[str, Decimal]:
    cards: list[Scorecard] = told.before.cards(agency=agency) if told.before else []
    criteria = cards[0].criteria if cards else {}
    return {
        code: Decimal(points) for code, (_above, _below, points) in criteria.items() if points is not None
    }
