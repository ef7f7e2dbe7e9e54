"""Trying formulas as they are written: whether they can be read, what they say, what they come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import get_language

from agencies.models import Agency
from scoring.formula import Formula, FormulaError, parse
from scoring.graded_rows import lender_of
from scoring.grading import (
    INHERITING_KINDS,
    CriterionGrade,
    CriterionRule,
    ZeroRule,
    figures_of,
    grade_points,
)
from scoring.measures import MEASURES
from scoring.period_counts import period_counts
from scoring.periods import Period


@dataclass(frozen=True)
class Checked:
    """A text that may be a formula: itself as one, or what is wrong and at which column (from 1).

    An empty text is neither: the criterion waits for its data.
    """

    text: str
    formula: Formula | None = None
    error: str = ""
    column: int | None = None

    @property
    def reading(self) -> str:
        """It in plain words of the reader's language; empty where it is no formula."""
        return self.formula.reading(get_language() or "vi") if self.formula else ""


class Count(NamedTuple):
    """A measure a formula uses, and what the agency counted of it."""

    name: str
    label: str
    value: int


@dataclass(frozen=True)
class Trial:
    """What a criterion comes to for an agency in a period; ``counts`` is empty where nothing was counted.

    ``lender`` is whose counts were taken for a criterion inherited from the province or ministry.
    """

    agency: Agency
    period: Period
    result: CriterionGrade
    counts: list[Count] = field(default_factory=list)
    lender: Agency | None = None

    @property
    def is_counted(self) -> bool:
        """Whether anything was counted for the agency in the period."""
        return bool(self.counts)


def check(text: str) -> Checked:
    """Whether a text is a formula."""
    text = text.strip()
    if not text:
        return Checked(text)
    try:
        return Checked(text, parse(text))
    except FormulaError as error:
        return Checked(text, error=str(error), column=error.column)


def trial(
    numerator: Formula,
    denominator: Formula,
    agency: Agency,
    period: Period,
    as_of: datetime,
    *,
    max_points: Decimal | None = None,
    threshold: Decimal = Decimal(1),
    zero_rule: ZeroRule = ZeroRule.ZERO,
    inherited: bool = False,
) -> Trial:
    """Work a criterion out on what an agency counted in a period, as grading would. Stores nothing."""
    rule = CriterionRule("", max_points, threshold, numerator, denominator, zero_rule, inherited)
    names = list(dict.fromkeys((*numerator.names, *denominator.names)))
    lender = _lender(agency) if inherited else None
    counted_for = lender or agency
    found = period_counts(period, {counted_for.pk}, as_of, names).get(counted_for.pk)
    if found is None:
        return Trial(agency, period, CriterionGrade(None, None, None, max_points), lender=lender)
    figures = figures_of(found, (rule,), agency.kind)[""]
    above, below = figures if figures else (None, None)
    result = CriterionGrade(above, below, grade_points(above, below, rule), rule.max_points)
    counts = [Count(name, str(MEASURES[name].label), found[name]) for name in names]
    return Trial(agency, period, result, counts, lender)


def _lender(agency: Agency) -> Agency | None:
    """Whose counts an inherited criterion takes: the province or ministry above, for who stands below one."""
    above = lender_of(agency.path) if agency.kind in INHERITING_KINDS else None
    return Agency.objects.filter(pk=above).first() if above else None
