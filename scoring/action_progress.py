"""How far tasks of action lists have come: their criterion's rate now, beside where it began and is to be."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from agencies.models import Agency
from procedures.months import VIETNAM
from scoring.grading import INHERITING_KINDS, RATE_PLACES
from scoring.indicator_sets import NoSetInForceError, set_in_force
from scoring.models import ActionTask, Criterion, Scorecard
from scoring.periods import Period

ZERO = Decimal(0)


@dataclass(frozen=True)
class Rate:
    """A criterion's rate on a scorecard, with the counts it is made of."""

    numerator: Decimal
    denominator: Decimal

    @property
    def value(self) -> Decimal:
        """Numerator ÷ denominator to four places."""
        return (self.numerator / self.denominator).quantize(RATE_PLACES, ROUND_HALF_UP)

    def lacking(self, target: Decimal) -> int:
        """How many more the numerator takes for the rate to reach ``target``, all else as it is."""
        short = self.denominator * target - self.numerator
        return int(max(ZERO, short).to_integral_value(ROUND_CEILING))


@dataclass(frozen=True)
class Progress:
    """A task and how far it is at ``today``."""

    task: ActionTask
    now: Rate | None
    today: date
    #: As the set in force names it; None where it has no such criterion any more.
    criterion: Criterion | None = None

    @property
    def reached(self) -> bool:
        """Whether the rate is at the target now."""
        return self.now is not None and self.now.value >= self.task.target

    @property
    def overdue(self) -> bool:
        """Whether its day is over and it was not reached."""
        return self.task.state == ActionTask.State.OPEN and self.task.due_on < self.today

    @property
    def days_left(self) -> int:
        """Days until its day; negative past it."""
        return (self.task.due_on - self.today).days

    @property
    def share(self) -> Decimal:
        """How much of the way from the start to the target is done, from 0 to 1."""
        if self.reached or self.task.state == ActionTask.State.DONE:
            return Decimal(1)
        way = self.task.target - (self.task.start or ZERO)
        gone = (self.now.value if self.now else ZERO) - (self.task.start or ZERO)
        return max(ZERO, min(Decimal(1), gone / way)) if way > 0 else ZERO

    @property
    def lacking(self) -> int | None:
        """How many more are needed now; None where nothing is counted."""
        return self.now.lacking(self.task.target) if self.now else None


def progress_of(tasks: Iterable[ActionTask], as_of: datetime) -> list[Progress]:
    """How far each task is, in the order given. Three queries a period, however many tasks."""
    tasks = list(tasks)
    rates = rates_of(tasks)
    criteria = {period: criteria_in_force(Period.parse(period)) for period in {task.period for task in tasks}}
    today = as_of.astimezone(VIETNAM).date()
    return [
        Progress(task, rates.get(task.pk), today, criteria[task.period].get(task.criterion)) for task in tasks
    ]


def rates_of(tasks: Collection[ActionTask]) -> dict[int, Rate]:
    """The rates now, by the tasks' ids; without those for which nothing is counted. One query."""
    cards = Scorecard.objects.filter(
        agency__in={task.agency_id for task in tasks}, period__in={task.period for task in tasks}
    )
    stored = {
        (agency_id, period): criteria
        for agency_id, period, criteria in cards.order_by().values_list("agency_id", "period", "criteria")
    }
    found = {}
    for task in tasks:
        rate = _rate(stored.get((task.agency_id, task.period), {}).get(task.criterion))
        if rate is not None:
            found[task.pk] = rate
    return found


def rate_of(agency: Agency, criterion: str, period: Period) -> Rate | None:
    """A unit's rate in a criterion and period now; None where nothing is counted."""
    cards = Scorecard.objects.filter(agency=agency, period=period.code)
    criteria = cards.values_list("criteria", flat=True).first() or {}
    return _rate(criteria.get(criterion))


def criteria_in_force(period: Period) -> dict[str, Criterion]:
    """The criteria of the set in force in a period, by code; empty without a set."""
    try:
        indicator_set = set_in_force(period.last)
    except NoSetInForceError:
        return {}
    found = Criterion.objects.filter(group__indicator_set=indicator_set).select_related("group")
    return {criterion.code: criterion for criterion in found.order_by("group__position", "position")}


def can_be_set(criterion: Criterion, agency: Agency) -> bool:
    """Whether a unit can bring the criterion up itself: it earns points, has data, and is its own."""
    connected = bool(criterion.max_points and criterion.numerator and criterion.denominator)
    inherited = criterion.inherited and agency.kind in INHERITING_KINDS
    return connected and not inherited and (not criterion.kinds or agency.kind in criterion.kinds)


def _rate(stored: list[str | None] | None) -> Rate | None:
    numerator, denominator, _points = stored or (None, None, None)
    if numerator is None or denominator is None or Decimal(denominator) <= 0:
        return None
    return Rate(Decimal(numerator), Decimal(denominator))
