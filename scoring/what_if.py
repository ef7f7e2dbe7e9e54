"""What if: a period graded by one set and by another on the very same counts, storing nothing.

So every difference is the sets', none the data's. Reads the counts once; a criterion counted alike in
both sets is counted once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from agencies.models import Agency
from scoring.graded_rows import IN_HANDLING, dossiers_in_handling, lender_of
from scoring.grading import (
    CriterionRule,
    Figures,
    Grade,
    RuleSet,
    figures_of,
    grade_figures,
    used_names,
)
from scoring.indicator_sets import ranking_rules, rule_set
from scoring.models import IndicatorSet
from scoring.peers import peer_class
from scoring.period_counts import Counts, period_counts
from scoring.periods import Period
from scoring.ranking_rules import Contestant, Place, RankingRules, places

NO_CRITERION = (None, None, None, None)


class Office(NamedTuple):
    """Where an agency stands in the tree."""

    kind: str
    path: str


class Side(NamedTuple):
    """What is kept of an office's grade by one set; ``tie`` are the points of the deciding criterion.

    Not the criteria: those of all offices by both sets would only be in the collector's way.
    """

    total: Decimal
    band: str
    groups: dict[str, Decimal]
    tie: Decimal | None


class Outcome(NamedTuple):
    """An office by both sets; ``peer_class`` is the one of the set tried."""

    agency_id: int
    peer_class: str
    dossiers: int
    before: Side
    after: Side
    place_before: Place
    place_after: Place

    @property
    def groups(self) -> dict[str, list[str | None]]:
        """The points of each block before and after, as texts."""
        codes = [*self.after.groups, *(code for code in self.before.groups if code not in self.after.groups)]
        return {
            code: [_text(self.before.groups.get(code)), _text(self.after.groups.get(code))] for code in codes
        }


@dataclass
class Trial:
    """A period's counts, read once, and the two sets they are to be graded by.

    ``tried`` and ``baseline`` may both be drafts. Of a set of a province or ministry, the offices below it.
    """

    tried: IndicatorSet
    baseline: IndicatorSet
    period: Period
    as_of: datetime

    def __post_init__(self) -> None:
        self.after, self.before = rule_set(self.tried), rule_set(self.baseline)
        self.offices = _offices(self.tried.agency)
        names = used_names(self.after) | used_names(self.before) | IN_HANDLING
        whole = self.tried.agency is None
        self.counts = period_counts(self.period, None if whole else self.offices, self.as_of, names)
        self.lenders: Mapping[int, Counts] = self.counts
        if not whole and self.tried.agency is not None:
            above = lender_of(f"{self.tried.agency.path}0/")
            self.lenders = period_counts(self.period, {above} if above else set(), self.as_of, names)
        self.alike = _counted_alike(self.before, self.after)
        self.deciding = ranking_rules(self.baseline).deciding, ranking_rules(self.tried).deciding
        self.apart = [rule for rule in self.after.criteria if rule.code not in self.alike]

    def __len__(self) -> int:
        return len(self.counts)

    def graded(self) -> Iterator[tuple[int, Side, Side]]:
        """Each agency's grade by the baseline and by the set tried."""
        for agency_id, own in self.counts.items():
            kind, path = self.offices[agency_id]
            lender = lender_of(path)
            above = None if lender is None else self.lenders.get(lender)
            before = figures_of(own, self.before.criteria, kind, above)
            after: dict[str, Figures] = {
                code: before[same] for code, same in self.alike.items() if same in before
            }
            if self.apart:
                after |= figures_of(own, self.apart, kind, above)
            yield (
                agency_id,
                _kept(grade_figures(before, self.before), self.deciding[0]),
                _kept(grade_figures(after, self.after), self.deciding[1]),
            )

    def outcomes(self, grades: Mapping[int, tuple[Side, Side]]) -> Iterator[Outcome]:
        """Every office with its places, by the ranking rules of each set; ``grades`` are all of them."""
        classes_before, places_before = self._placed(grades, ranking_rules(self.baseline), 0)
        classes, places_after = self._placed(grades, ranking_rules(self.tried), 1)
        del classes_before
        for agency_id, (before, after) in grades.items():
            yield Outcome(
                agency_id,
                classes[agency_id],
                dossiers_in_handling(self.counts[agency_id]),
                before,
                after,
                places_before[agency_id],
                places_after[agency_id],
            )

    def _placed(
        self, grades: Mapping[int, tuple[Side, Side]], rules: RankingRules, which: int
    ) -> tuple[dict[int, str], dict[int, Place]]:
        contestants = {}
        for agency_id, both in grades.items():
            found = both[which]
            contestants[agency_id] = Contestant(
                peer_class(*self.offices[agency_id], rules.peers),
                found.total,
                dossiers_in_handling(self.counts[agency_id]),
                found.tie,
            )
        return {pk: one.peer_class for pk, one in contestants.items()}, places(contestants, rules)


def _kept(found: Grade, deciding: str) -> Side:
    tie = found.criteria.get(deciding, NO_CRITERION)[2] if deciding else None
    return Side(found.total, found.band, found.groups, tie)


def _offices(owner: Agency | None) -> dict[int, Office]:
    agencies = Agency.objects.order_by()
    if owner is not None:
        agencies = agencies.under(owner.path).exclude(pk=owner.pk)
    return {pk: Office(kind, path) for pk, kind, path in agencies.values_list("pk", "kind", "path")}


def _counted_alike(before: RuleSet, after: RuleSet) -> dict[str, str]:
    """The criteria of the set tried whose figures are those of one of the baseline, by their codes."""
    known = {_counting(rule): rule.code for rule in before.criteria}
    return {rule.code: known[way] for rule in after.criteria if (way := _counting(rule)) in known}


def _counting(rule: CriterionRule) -> tuple[object, ...]:
    return rule.numerator, rule.denominator, rule.inherited, rule.kinds


def _text(points: Decimal | None) -> str | None:
    return None if points is None else str(points)
