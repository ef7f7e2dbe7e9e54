"""Points at risk: open dossiers that turn late within a week, and what that would cost.

What an agency would lose is its scorecard graded anew with these dossiers late instead of in time, all else
as it is (Decision 766, criterion 2.1; 5.4 where lateness counts). The dossiers are found with one grouped
query by the index on deadlines of open dossiers, however many there are in all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, QuerySet

from agencies.models import Agency
from agencies.models.agency import within
from procedures.models import STILL_OPEN, Dossier
from procedures.months import add_months, start_of
from scoring.behind import NotByDossierError, listed_columns
from scoring.explanation import Guide, guide
from scoring.grading import Figures, grade_figures
from scoring.indicator_sets import rule_set
from scoring.measures import Column
from scoring.models import Criterion, Scorecard
from scoring.periods import Period

#: How far ahead a deadline is "soon".
AHEAD = timedelta(days=7)
ZERO = Decimal(0)
#: What a dossier that turns late leaves, and what it enters.
_LEAVES, _ENTERS = "open_on_time", "open_late"


@dataclass(frozen=True)
class CriterionAtRisk:
    """A criterion that would lose points."""

    criterion: Criterion
    points: Decimal


@dataclass(frozen=True)
class UnitAtRisk:
    """A sub-unit: its dossiers that turn late, what they would cost it, and what the agency above."""

    agency: Agency
    dossiers: int
    #: None where it has no scorecard in the period.
    own_points: Decimal | None
    points_above: Decimal


@dataclass(frozen=True)
class AtRisk:
    """An agency's dossiers due between ``as_of`` and ``until``, and what they would cost.

    ``dossiers`` are all of them; ``in_period`` those that turn late before the period's end, which alone
    cost it points. Without a scorecard nothing is said of points.
    """

    agency: Agency
    period: Period
    as_of: datetime
    until: datetime
    dossiers: int
    in_period: int
    #: Those at the agency itself, not at a sub-unit.
    own: int
    total: Decimal | None
    points: Decimal | None
    criteria: tuple[CriterionAtRisk, ...]
    units: tuple[UnitAtRisk, ...]


def due_soon(as_of: datetime, ahead: timedelta = AHEAD) -> QuerySet[Dossier]:
    """Open dossiers still in time whose deadline comes within ``ahead``."""
    return Dossier.objects.filter(
        ended_month=STILL_OPEN,
        in_handling=True,
        late_by_rule=False,
        deadline_at__gte=as_of,
        deadline_at__lt=as_of + ahead,
    )


def at_risk(agency: Agency, period: Period, as_of: datetime, *, with_units: bool = True) -> AtRisk:
    """What ``agency`` and each of its direct sub-units would lose in ``period`` within a week of ``as_of``.

    Five queries, and two more the first time an indicator set is met. Without units nothing depends on how
    many have dossiers due: for who only tells the sum.
    """
    ends = start_of(add_months(period.last, 1))
    soon = _by_path(agency, as_of, as_of + AHEAD)
    in_period = soon if as_of + AHEAD <= ends else _by_path(agency, as_of, ends)
    units = Agency.objects.filter(parent=agency).order_by("path") if with_units else Agency.objects.none()
    children = {child.path: child for child in units}
    all_below, counting = _by_child(soon, children), _by_child(in_period, children)
    cards = _cards([agency, *(children[path] for path in all_below)], period)
    card = cards.get(agency.pk)
    rules = guide(card.indicator_set_id) if card else None
    late = sum(in_period.values())
    lost = lost_points(card, rules, late) if card and rules else {}
    return AtRisk(
        agency=agency,
        period=period,
        as_of=as_of,
        until=as_of + AHEAD,
        dossiers=sum(soon.values()),
        in_period=late,
        own=soon.get(agency.path, 0),
        total=card.total if card else None,
        points=lost.get(None, ZERO) if card else None,
        criteria=_criteria(rules, lost) if rules else (),
        units=_units(all_below, counting, children, cards, card, rules),
    )


#: How a criterion's numerator and denominator change with one dossier that turns late, by its code.
Effects = Mapping[str, tuple[int, int]]


def effects_of(rules: Guide) -> Effects:
    """Which criteria of a set a dossier that turns late touches, and how."""
    found = {}
    for criterion in rules.criteria():
        try:
            counting, settling, faulting = listed_columns(criterion)
        except NotByDossierError:
            continue
        effect = _moves(settling) - _moves(faulting), _moves(counting)
        if any(effect):
            found[criterion.code] = effect
    return found


def lost_points(
    card: Scorecard, rules: Guide, late: int, effects: Effects | None = None
) -> dict[str | None, Decimal]:
    """The points a scorecard would lose by criterion, were ``late`` of its open dossiers late instead of in
    time; under None what its total would. Nothing is written.

    ``effects`` are those of ``rules``, for who asks about many scorecards.
    """
    turned = {code: _figures(stored) for code, stored in card.criteria.items()}
    for code, (above, below) in (effects_of(rules) if effects is None else effects).items():
        now = turned.get(code)
        if now is not None:
            turned[code] = max(ZERO, now[0] + late * above), now[1] + late * below
    after = grade_figures(turned, rule_set(rules.indicator_set))
    lost: dict[str | None, Decimal] = {None: card.total - after.total}
    for code, (_above, _below, points) in card.criteria.items():
        left = Decimal(points or 0) - (after.criteria[code].points or ZERO)
        if left:
            lost[code] = left
    return lost


def _moves(columns: Iterable[Column]) -> int:
    """How a sum of these measures changes with one dossier that turns late."""
    names = [column.name for column in columns]
    return names.count(_ENTERS) - names.count(_LEAVES)


def _figures(stored: list[str | None]) -> Figures:
    numerator, denominator, _points = stored
    return None if numerator is None or denominator is None else (Decimal(numerator), Decimal(denominator))


def _by_path(agency: Agency, as_of: datetime, until: datetime) -> Counter[str]:
    """The dossiers due until then, counted by the path of the agency that has them."""
    if until <= as_of:
        return Counter()
    due = due_soon(as_of, until - as_of).filter(within(agency.path, "agency__path"))
    rows = due.order_by().values("agency__path").annotate(dossiers=Count("pk"))
    return Counter({row["agency__path"]: row["dossiers"] for row in rows})


def _by_child(counts: Mapping[str, int], children: Mapping[str, Agency]) -> Counter[str]:
    """Summed up to the direct sub-unit each lies in, by its path."""
    found: Counter[str] = Counter()
    steps = {path.count("/") for path in children}
    for path, dossiers in counts.items():
        parts = path.split("/")
        for depth in steps:
            above = "/".join(parts[:depth]) + "/"
            if above in children:
                found[above] += dossiers
    return found


def _cards(agencies: Iterable[Agency], period: Period) -> dict[int, Scorecard]:
    found = Scorecard.objects.filter(agency__in=list(agencies), period=period.code).defer("groups")
    return {card.agency_id: card for card in found}


def _criteria(rules: Guide, lost: Mapping[str | None, Decimal]) -> tuple[CriterionAtRisk, ...]:
    return tuple(
        CriterionAtRisk(criterion, lost[criterion.code])
        for criterion in rules.criteria()
        if lost.get(criterion.code)
    )


def _units(
    below: Mapping[str, int],
    counting: Mapping[str, int],
    children: Mapping[str, Agency],
    cards: Mapping[int, Scorecard],
    above: Scorecard | None,
    rules: Guide | None,
) -> tuple[UnitAtRisk, ...]:
    """The sub-units with dossiers due, those that would cost the agency most first."""
    effects = effects_of(rules) if rules else {}

    #: Many units have the same few dossiers due, which cost the agency above the same.
    known: dict[int, Decimal | None] = {}

    def cost(card: Scorecard | None, late: int) -> Decimal | None:
        if card is None or rules is None or card.indicator_set_id != rules.indicator_set.pk:
            return None
        return lost_points(card, rules, late, effects)[None]

    found = []
    for path, dossiers in below.items():
        unit, late = children[path], counting.get(path, 0)
        if late not in known:
            known[late] = cost(above, late)
        found.append(UnitAtRisk(unit, dossiers, cost(cards.get(unit.pk), late), known[late] or ZERO))
    return tuple(sorted(found, key=lambda unit: (-unit.points_above, -unit.dossiers, unit.agency.code)))
