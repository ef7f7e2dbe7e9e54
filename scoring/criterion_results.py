"""One criterion across offices and months: who counted what, and how the nation moved.

One source for the pages, the API and the admin.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from agencies.models import Agency
from procedures.months import add_months, months_between
from scoring.agency_results import TREND_MONTHS
from scoring.explanation import CriterionResult, Guide, criterion_results, result_of
from scoring.models import Criterion, Scorecard
from scoring.peers import NATION
from scoring.periods import Period
from scoring.results_shown import Shown


@dataclass(frozen=True)
class OfficeResult:
    """What one office came to in a criterion."""

    agency: Agency
    result: CriterionResult


def class_results(
    criterion: Criterion, period: Period, peer_class: str, results: Shown | None = None
) -> list[OfficeResult]:
    """A criterion for every office of a class, the highest rate first, no data last."""
    cards = (results or Shown(period)).cards(peer_class=peer_class, without=["groups"])
    rows = [OfficeResult(card.agency, result_of(criterion, card)) for card in cards]
    return sorted(rows, key=_place)


def nation_result(rules: Guide, period: Period, results: Shown | None = None) -> dict[str, CriterionResult]:
    """The nation's result in every criterion, by code; empty where it has no score."""
    card = next(iter((results or Shown(period)).cards(peer_class=NATION)), None)
    if card is None:
        return {}
    return {result.criterion.code: result for result in criterion_results(card, rules)}


@dataclass(frozen=True)
class MonthResult:
    """What the nation came to in a criterion in one month."""

    month: int
    result: CriterionResult


def criterion_trend(criterion: Criterion, last_month: int, months: int = TREND_MONTHS) -> list[MonthResult]:
    """The nation's result in the months up to ``last_month`` that have one, in order."""
    span = months_between(add_months(last_month, 1 - months), last_month)
    codes = {Period.of_month(month).code: month for month in span}
    cards = Scorecard.objects.filter(period__in=codes, peer_class=NATION).select_related("agency")
    return [
        MonthResult(codes[card.period], result_of(criterion, card))
        for card in sorted(cards, key=lambda card: card.period)
    ]


def _place(row: OfficeResult) -> tuple[bool, Decimal, str]:
    rate = row.result.rate
    return rate is None, -(rate or Decimal(0)), row.agency.name_folded
