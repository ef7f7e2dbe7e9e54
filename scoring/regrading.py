"""Scores that no longer hold though no count changed: a new indicator set was approved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from agencies.models import Agency
from procedures.months import month_of
from scoring.models import DerivedScorecard, IndicatorSet, Publication, Scorecard
from scoring.outbox import Span, mark
from scoring.periods import Period


@dataclass(frozen=True)
class Touched:
    """A period whose live scores a set grades anew: how many, and which version of it was published."""

    period: Period
    scorecards: int
    published: int | None


def mark_for_regrading(indicator_set: IndicatorSet, as_of: datetime) -> int:
    """Mark what a set just approved scores, of every agency that has a score in a period ending later.

    Returns how many agency-months were marked.
    """
    return mark(_spans(indicator_set, as_of))


def scored_by(indicator_set: IndicatorSet) -> QuerySet[Scorecard]:
    """The live scorecards of the periods that end in the set's first month or later: those it grades.

    Of a set of a province or ministry, those of the offices below it.
    """
    cards = Scorecard.objects.order_by()
    codes = cards.values_list("period", flat=True).distinct()
    later = [code for code in codes if Period.parse(code).last >= indicator_set.valid_from]
    cards = cards.filter(period__in=later)
    owner = indicator_set.agency
    if owner is not None:
        below = Agency.objects.under(owner.path).exclude(pk=owner.pk)
        cards = cards.filter(agency__in=below)
    return cards


def ended_by(end: IndicatorSet) -> QuerySet[DerivedScorecard]:
    """The derived results that are no more once the end of an own set is approved."""
    cards = DerivedScorecard.objects.filter(indicator_set__agency=end.agency).order_by()
    codes = cards.values_list("period", flat=True).distinct()
    return cards.filter(period__in=[code for code in codes if Period.parse(code).last >= end.valid_from])


def touched(indicator_set: IndicatorSet) -> list[Touched]:
    """The periods whose live scores the set grades anew, in order; what was published of them stays."""
    found: dict[str, int] = dict(scored_by(indicator_set).values_list("period").annotate(n=Count("pk")))
    published: dict[str, int] = {}
    versions = Publication.objects.published().filter(period__in=found).order_by("version")
    for code, version in versions.values_list("period", "version"):
        published[code] = version or 0
    periods = sorted((Period.parse(code) for code in found), key=lambda period: (period.last, -period.first))
    return [Touched(period, found[period.code], published.get(period.code)) for period in periods]


def _spans(indicator_set: IndicatorSet, as_of: datetime) -> Iterator[Span]:
    """A month within each scored period, the last that has begun: recounting it grades the period anew."""
    now, seen = month_of(as_of), set()
    for agency_id, code in scored_by(indicator_set).values_list("agency_id", "period").iterator():
        period = Period.parse(code)
        month = max(period.first, min(period.last, now))
        if (agency_id, month) not in seen:
            seen.add((agency_id, month))
            yield agency_id, month, month
