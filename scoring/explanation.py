"""Why a score is what it is: each criterion with its counts, its rule and what it cost.

One source for the pages, the API and the admin.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from scoring.formula import FormulaError, parse
from scoring.grading import INHERITING_KINDS
from scoring.models import Band, Criterion, Group, IndicatorSet, Scorecard

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ZERO = Decimal(0)

#: What a criterion with nothing to count comes to, said to the reader.
ZERO_RULES: dict[str, _StrPromise] = {
    Criterion.ZeroRule.ZERO: _("it earns no points"),
    Criterion.ZeroRule.FULL: _("it earns full points"),
    Criterion.ZeroRule.NOT_APPLICABLE: _("it is left out and the total rescaled"),
    Criterion.ZeroRule.REDISTRIBUTE: _("its points go to the rest of its group"),
}


@dataclass(frozen=True)
class BandLook:
    """A band as it is shown: ``step`` 5 is the best of five, whatever the set calls it.

    It goes from ``minimum`` points to below ``below``, where the next begins (None: the best).
    """

    code: str
    name: str
    step: int
    minimum: Decimal
    below: Decimal | None


@dataclass(frozen=True)
class Guide:
    """An indicator set as readers need it: its groups, criteria and bands, loaded once a page."""

    indicator_set: IndicatorSet
    groups: tuple[Group, ...]
    bands: dict[str, BandLook]

    def criteria(self) -> Iterator[Criterion]:
        """Every criterion in the order of the set."""
        for group in self.groups:
            yield from group.criteria.all()

    def criterion(self, code: str) -> Criterion:
        """The criterion under ``code``; KeyError if the set has none."""
        return {criterion.code: criterion for criterion in self.criteria()}[code]

    def maximum(self, group: Group) -> Decimal:
        """The points all criteria of a group can earn."""
        return sum((criterion.max_points or ZERO for criterion in group.criteria.all()), ZERO)

    def maxima(self) -> dict[str, Decimal]:
        """The maximum of each group by its code."""
        return {group.code: self.maximum(group) for group in self.groups}

    @property
    def total_maximum(self) -> Decimal:
        """The points of a perfect score."""
        return sum(self.maxima().values(), ZERO)


def guide(indicator_set_id: int) -> Guide:
    """The guide to an indicator set, in four queries."""
    indicator_set = IndicatorSet.objects.prefetch_related("groups__criteria", "bands").get(
        pk=indicator_set_id
    )
    groups = tuple(indicator_set.groups.all())
    return Guide(indicator_set, groups, _looks(list(indicator_set.bands.all())))


def named(item: Group | Criterion | Band) -> str:
    """The item's name in the reader's language, where it has one there."""
    return (not _vietnamese() and item.name_en) or item.name


def ruled(criterion: Criterion) -> str:
    """The criterion's rule in plain words of the reader's language, where it has one there."""
    return (not _vietnamese() and criterion.rule_en) or criterion.rule


def formula_reading(text: str) -> str:
    """A formula in plain words; as written if it can no longer be read, empty if there is none."""
    if not text:
        return ""
    try:
        return parse(text).reading(get_language() or "vi")
    except FormulaError:
        return text


def counts_time(criterion: Criterion) -> bool:
    """Whether it is an average time (criterion 2.2), which only one procedure's unit makes sense of."""
    return "handling_hundredths" in criterion.numerator


@dataclass(frozen=True)
class CriterionResult:
    """One criterion of a scorecard: its counts, points and, where it has none, why."""

    criterion: Criterion
    numerator: Decimal | None
    denominator: Decimal | None
    points: Decimal | None
    #: Taken from the province or ministry above (criteria 1.1 to 1.3).
    inherited: bool = False
    #: Why there is no rate; empty where there is one.
    reason: _StrPromise | str = ""

    @property
    def maximum(self) -> Decimal | None:
        """The points it can earn; None: shown for information."""
        return self.criterion.max_points

    @property
    def rate(self) -> Decimal | None:
        """Numerator ÷ denominator, unrounded; None where nothing was counted, or no share."""
        if self.numerator is None or not self.denominator or counts_time(self.criterion):
            return None
        return self.numerator / self.denominator

    @property
    def cost(self) -> Decimal | None:
        """The points it leaves lying; None where it has none to give."""
        if self.maximum is None or self.points is None:
            return None
        return max(ZERO, self.maximum - self.points)


def criterion_results(scorecard: Scorecard, rules: Guide) -> list[CriterionResult]:
    """Every criterion of the set with what the scorecard holds of it, in the order of the set."""
    kind = scorecard.agency.kind
    return [
        _result(criterion, scorecard.criteria.get(criterion.code), kind) for criterion in rules.criteria()
    ]


def costliest_first(results: list[CriterionResult]) -> list[CriterionResult]:
    """By what they cost, the costliest first; those without points last, in their order."""
    return sorted(results, key=lambda result: -(result.cost if result.cost is not None else Decimal(-1)))


def result_of(criterion: Criterion, scorecard: Scorecard) -> CriterionResult:
    """One criterion of one scorecard."""
    return _result(criterion, scorecard.criteria.get(criterion.code), scorecard.agency.kind)


def _result(criterion: Criterion, stored: list[str | None] | None, kind: str) -> CriterionResult:
    numerator, denominator, points = (
        None if value is None else Decimal(value) for value in (stored or (None, None, None))
    )
    inherited = criterion.inherited and kind in INHERITING_KINDS
    return CriterionResult(
        criterion,
        numerator,
        denominator,
        points,
        inherited,
        _reason(criterion, numerator, denominator, kind),
    )


def _reason(
    criterion: Criterion, numerator: Decimal | None, denominator: Decimal | None, kind: str
) -> _StrPromise | str:
    if counts_time(criterion):
        return _("shown for each procedure, in its own unit of time")
    if criterion.kinds and kind not in criterion.kinds:
        return _("does not apply to this kind of office")
    if not criterion.numerator or not criterion.denominator:
        return _("its source data are not connected yet")
    if numerator is None or denominator is None:
        return _("no data in this period")
    if not denominator:
        return _("nothing to count in this period")
    return ""


def _looks(bands: list[Band]) -> dict[str, BandLook]:
    """Five steps for five bands; with more or fewer, the nearest step; the best first, step 5."""
    ascending = sorted(bands, key=lambda band: band.minimum)
    last = max(1, len(ascending) - 1)
    ends: list[Decimal | None] = [*(band.minimum for band in ascending[1:]), None]
    # A draft may have no bands yet.
    looks = [
        BandLook(band.code, named(band), 1 + round(index * 4 / last), band.minimum, end)
        for index, (band, end) in enumerate(zip(ascending, ends, strict=False))
    ]
    return {look.code: look for look in reversed(looks)}


def _vietnamese() -> bool:
    return (get_language() or "vi").startswith("vi")
