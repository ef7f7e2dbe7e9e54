"""Grading: counts and rules in, points out. Exact decimals, no database, no clock.

``points = min(max, max × rate ÷ threshold)``, each criterion rounded half-up to two decimals; a
group is the sum of its rounded criteria, the total the sum of its groups, which is how the
published figures of Decision 766 add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from scoring.formula import Formula

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
#: Decimals kept of a count that is a share of others (criterion 1.4: a twelfth of last year's).
FIGURE_PLACES = Decimal("0.0001")
RATE_PLACES = Decimal("0.0001")

#: Kinds of agency that take inherited criteria from their province or ministry.
INHERITING_KINDS = frozenset({"department", "commune", "unit"})

#: A numerator and a denominator; None where the criterion has no data.
Figures = tuple[Decimal, Decimal] | None


class ZeroRule(StrEnum):
    """What a criterion comes to that has nothing to count, no data yet or does not apply."""

    ZERO = "zero"
    FULL = "full"
    NOT_APPLICABLE = "not_applicable"
    REDISTRIBUTE = "redistribute"


@dataclass(frozen=True)
class CriterionRule:
    """How one criterion is counted and graded; ``max_points`` None: shown for information.

    ``threshold`` is the rate, above 0 and up to 1, that earns full points. ``kinds`` are the kinds
    of agency it applies to, empty for all.
    """

    code: str
    max_points: Decimal | None
    threshold: Decimal = Decimal(1)
    numerator: Formula | None = None
    denominator: Formula | None = None
    zero_rule: ZeroRule = ZeroRule.ZERO
    inherited: bool = False
    kinds: frozenset[str] = frozenset()
    #: Whether its figures are always whole numbers.
    is_whole: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        formulas = (self.numerator, self.denominator)
        whole = all(formula is None or formula.is_whole for formula in formulas)
        object.__setattr__(self, "is_whole", whole)
        if self.max_points is not None:
            object.__setattr__(self, "max_points", self.max_points.quantize(CENT))


@dataclass(frozen=True)
class GroupRule:
    """A block of criteria whose points are shown together."""

    code: str
    criteria: tuple[CriterionRule, ...]

    @property
    def max_points(self) -> Decimal:
        """What its criteria can earn together."""
        return _maximum(self.criteria)


@dataclass(frozen=True)
class BandRule:
    """A word for totals from ``minimum`` points up to the next band."""

    code: str
    minimum: Decimal


@dataclass(frozen=True)
class RuleSet:
    """An indicator set as grading needs it; see ``scoring.indicator_sets.rule_set``."""

    groups: tuple[GroupRule, ...]
    bands: tuple[BandRule, ...] = ()
    criteria: tuple[CriterionRule, ...] = field(init=False, repr=False)
    max_points: Decimal = field(init=False)

    def __post_init__(self) -> None:
        criteria = tuple(criterion for group in self.groups for criterion in group.criteria)
        object.__setattr__(self, "criteria", criteria)
        object.__setattr__(self, "max_points", _maximum(criteria))
        bands = tuple(sorted(self.bands, key=lambda band: band.minimum, reverse=True))
        object.__setattr__(self, "bands", bands)

    def band(self, total: Decimal) -> str:
        """The code of the band ``total`` lies in; empty below the lowest."""
        return next((band.code for band in self.bands if total >= band.minimum), "")


class CriterionGrade(NamedTuple):
    """One criterion of a grade.

    ``numerator`` and ``denominator`` are None where there is no data. ``points`` is None for
    information only (``max`` None too) and for a criterion left out (``max`` 0.00). ``max``
    exceeds the rule's where another criterion of the group passed its points on.
    """

    numerator: Decimal | None
    denominator: Decimal | None
    points: Decimal | None
    max: Decimal | None

    @property
    def rate(self) -> Decimal | None:
        """Numerator ÷ denominator to four places (0.8071 is 80.71 %); None: nothing to count."""
        if self.numerator is None or not self.denominator:
            return None
        return (self.numerator / self.denominator).quantize(RATE_PLACES, ROUND_HALF_UP)


class Grade(NamedTuple):
    """An agency's points in a period: criteria and groups by code, the total and its band's code."""

    criteria: dict[str, CriterionGrade]
    groups: dict[str, Decimal]
    total: Decimal
    band: str


def grade(
    counts: Mapping[str, int],
    rules: RuleSet,
    kind: str,
    inherited_counts: Mapping[str, int] | None = None,
) -> Grade:
    """Grade an agency of ``kind`` (``Agency.Kind``) on its counts.

    ``counts`` holds every measure the rules use. Departments, communes and units take the criteria
    marked inherited from ``inherited_counts``, those of the province or ministry above them
    (Decision 766, criteria 1.1 to 1.3); without them, from their own. A criterion that does not
    apply to the kind, or has no formulas yet, comes to what its zero rule says.

    Raises KeyError when a measure is missing from the counts.
    """
    return grade_figures(figures_of(counts, rules.criteria, kind, inherited_counts), rules)


def figures_of(
    counts: Mapping[str, int],
    criteria: Iterable[CriterionRule],
    kind: str,
    inherited_counts: Mapping[str, int] | None = None,
) -> dict[str, Figures]:
    """Numerators and denominators of these criteria for an agency of ``kind``, as ``grade`` takes them.

    Without the criteria that do not apply to it or have no formulas. Raises KeyError when a measure is
    missing from the counts.
    """
    above = counts
    if inherited_counts is not None and kind in INHERITING_KINDS:
        above = inherited_counts
    figures: dict[str, Figures] = {}
    for criterion in criteria:
        if criterion.kinds and kind not in criterion.kinds:
            continue
        if criterion.numerator is not None and criterion.denominator is not None:
            source = above if criterion.inherited else counts
            numerator = criterion.numerator.evaluate(source)
            denominator = criterion.denominator.evaluate(source)
            if not criterion.is_whole:
                # Rounded before grading, so that the points follow from the figures shown.
                numerator = numerator.quantize(FIGURE_PLACES, ROUND_HALF_UP)
                denominator = denominator.quantize(FIGURE_PLACES, ROUND_HALF_UP)
            figures[criterion.code] = numerator, denominator
    return figures


def grade_figures(figures: Mapping[str, Figures], rules: RuleSet) -> Grade:
    """Grade numerators and denominators by criterion; a code missing or None has no data.

    A criterion left out (rule "not applicable") is dropped, and the total rescaled to the full
    maximum. One that passes its points on (rule "redistribute") gives them to the scored criteria
    left in its group, in proportion to their maxima; with none left it is dropped as well.
    """
    criteria: dict[str, CriterionGrade] = {}
    groups: dict[str, Decimal] = {}
    total = dropped = ZERO
    for group in rules.groups:
        points_of_group = ZERO
        passing_on: list[CriterionRule] = []
        for criterion in group.criteria:
            numerator, denominator = figures.get(criterion.code) or (None, None)
            maximum = criterion.max_points
            points = grade_points(numerator, denominator, criterion)
            if points is not None:
                points_of_group += points
            elif maximum is not None:
                if criterion.zero_rule is ZeroRule.REDISTRIBUTE:
                    passing_on.append(criterion)
                else:
                    dropped += maximum
                maximum = ZERO
            criteria[criterion.code] = CriterionGrade(numerator, denominator, points, maximum)
        if passing_on:
            freed = _maximum(passing_on)
            if _pass_on(freed, group, criteria):
                points_of_group = _points(criteria[criterion.code] for criterion in group.criteria)
            else:
                dropped += freed
        groups[group.code] = points_of_group
        total += points_of_group
    if dropped:
        left = rules.max_points - dropped
        total = (total * rules.max_points / left).quantize(CENT, ROUND_HALF_UP) if left else ZERO
    return Grade(criteria, groups, total, rules.band(total))


def grade_points(
    numerator: Decimal | None,
    denominator: Decimal | None,
    criterion: CriterionRule,
    maximum: Decimal | None = None,
) -> Decimal | None:
    """The points, rounded half-up to two decimals, of a criterion that counted these.

    Never below 0 nor above the maximum: the criterion's own, or ``maximum`` if given. None for a
    criterion for information, and for one to be dropped or passed on, since without data or with
    a zero denominator the zero rule decides.
    """
    if maximum is None:
        maximum = criterion.max_points
        if maximum is None:
            return None
    if numerator is None or denominator is None or denominator <= 0:
        if criterion.zero_rule is ZeroRule.ZERO:
            return ZERO
        if criterion.zero_rule is ZeroRule.FULL:
            return maximum
        return None
    earned, needed = numerator * maximum, denominator * criterion.threshold
    if numerator >= needed:
        return maximum
    if earned <= 0:
        return ZERO
    return (earned / needed).quantize(CENT, ROUND_HALF_UP)


def inherited_names(rules: RuleSet) -> frozenset[str]:
    """The measures that inherited criteria use: what ``inherited_counts`` must hold."""
    return frozenset(
        name for criterion in rules.criteria if criterion.inherited for name in _names(criterion)
    )


def used_names(rules: RuleSet) -> frozenset[str]:
    """Every measure the criteria use: what ``counts`` must hold."""
    return frozenset(name for criterion in rules.criteria for name in _names(criterion))


def _names(criterion: CriterionRule) -> tuple[str, ...]:
    return tuple(
        name
        for formula in (criterion.numerator, criterion.denominator)
        if formula is not None
        for name in formula.names
    )


def _maximum(criteria: Iterable[CriterionRule]) -> Decimal:
    return sum((criterion.max_points or ZERO for criterion in criteria), ZERO)


def _points(grades: Iterable[CriterionGrade]) -> Decimal:
    return sum((graded.points or ZERO for graded in grades), ZERO)


def _pass_on(freed: Decimal, group: GroupRule, criteria: dict[str, CriterionGrade]) -> bool:
    """Regrade the scored criteria left in the group with ``freed`` more points; False: none left."""
    left = [rule for rule in group.criteria if rule.max_points and criteria[rule.code].max]
    still_freed, still_left = freed, _maximum(left)
    for rule in left:
        own = rule.max_points or ZERO
        # Each takes its part of what is left, so that the last takes the odd cent.
        part = (still_freed * own / still_left).quantize(CENT, ROUND_HALF_UP)
        still_freed, still_left = still_freed - part, still_left - own
        numerator, denominator, _points_before, _max_before = criteria[rule.code]
        criteria[rule.code] = CriterionGrade(
            numerator,
            denominator,
            grade_points(numerator, denominator, rule, own + part),
            own + part,
        )
    return bool(left)
