"""Scores that no longer hold though no count changed: a new indicator set was approved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from agencies.models import Agency
from procedures.months import month_of, months_between
from scoring.models import IndicatorSet, Scorecard
from scoring.outbox import Span, mark
from scoring.periods import Period


def mark_for_regrading(indicator_set: IndicatorSet, as_of: datetime) -> int:
    """Mark the months that a set just approved scores, of every agency that has a score in them.

    Returns how many agency-months were marked.
    """
    return mark(_spans(indicator_set, as_of))


def months_scored_by(indicator_set: IndicatorSet, as_of: datetime) -> QuerySet[Scorecard]:
    """The monthly scorecards to be graded anew by a set: of its agencies, from its first month on."""
    months = months_between(indicator_set.valid_from, month_of(as_of))
    cards = Scorecard.objects.order_by().filter(period__in=[Period.of_month(m).code for m in months])
    if indicator_set.agency is not None:
        cards = cards.filter(agency__in=Agency.objects.under(indicator_set.agency.path))
    return cards


def _spans(indicator_set: IndicatorSet, as_of: datetime) -> Iterator[Span]:
    cards = months_scored_by(indicator_set, as_of).values_list("agency_id", "period")
    for agency_id, code in cards.iterator():
        month = Period.parse(code).first
        yield agency_id, month, month
