"""What corrections would do to a score: really corrected, recounted and graded, then rolled back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from agencies.models import Agency, User
from procedures.corrections import Wanted, correct
from procedures.models import Correction, Dossier
from procedures.months import month_of, months_between
from scoring.models import Scorecard
from scoring.periods import Period
from scoring.scorecards import refresh_scorecards
from scoring.tally import recount_month
from scoring.turn import turn


@dataclass(frozen=True)
class Standing:
    """A score as it stands: points, place, and numerator, denominator and points of each criterion."""

    total: Decimal | None = None
    rank: int | None = None
    criteria: Mapping[str, Sequence[str | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """A criterion that moves: numerator, denominator, points before and after."""

    criterion: str
    before: Sequence[str | None]
    after: Sequence[str | None]


@dataclass(frozen=True)
class Effect:
    """What corrections do to an agency's score in a period; ``facts`` is how many they change."""

    before: Standing
    after: Standing
    facts: int

    @property
    def changes(self) -> list[Change]:
        """The criteria that move, by code."""
        nothing = (None, None, None)
        codes = sorted({*self.before.criteria, *self.after.criteria})
        pairs = [
            Change(code, self.before.criteria.get(code, nothing), self.after.criteria.get(code, nothing))
            for code in codes
        ]
        return [pair for pair in pairs if list(pair.before) != list(pair.after)]

    def told(self) -> dict[str, Any]:
        """As it is kept beside a decision."""
        return {
            "facts": self.facts,
            "total": [_text(self.before.total), _text(self.after.total)],
            "rank": [self.before.rank, self.after.rank],
            "criteria": {one.criterion: [list(one.before), list(one.after)] for one in self.changes},
        }


def effect_of(
    wanted: Sequence[Wanted], agency: Agency, period: Period, *, by: User | None, as_of: datetime
) -> Effect:
    """What these corrections would do to the agency's live score in a period, nothing of it kept.

    Before and after are counted from the records at ``as_of``, so that the difference is the corrections'
    alone. Raises ValidationError where they could not be made.
    """
    with transaction.atomic():
        with turn():
            with transaction.atomic():
                made = correct(wanted, by=by, reason="?", as_of=as_of)
                months, agency_ids = _moved(made, period, as_of)
                after = _counted(months, agency_ids, agency, period, as_of)
                transaction.set_rollback(True)
            before = _counted(months, agency_ids, agency, period, as_of)
        transaction.set_rollback(True)
    return Effect(before, after, len(made))


def _moved(made: Sequence[Correction], period: Period, as_of: datetime) -> tuple[list[int], set[int]]:
    """The months of the period that the corrections move, and the agencies of their dossiers."""
    months: set[int] = set()
    last_of_all = min(period.last, month_of(as_of))
    for correction in made:
        first, last = max(correction.first_month, period.first), min(correction.last_month, last_of_all)
        if first <= last:
            months.update(months_between(first, last))
    ids = [correction.dossier_id for correction in made]
    agencies = Dossier.objects.filter(pk__in=ids).order_by().values_list("agency_id", flat=True)
    return sorted(months), set(agencies)


def _counted(
    months: Sequence[int], agency_ids: Collection[int], agency: Agency, period: Period, as_of: datetime
) -> Standing:
    touched: set[int] = set()
    for month in months:
        touched |= recount_month(month, agency_ids, as_of)
    if touched:
        refresh_scorecards(period, touched, as_of)
    card = Scorecard.objects.filter(agency=agency, period=period.code).first()
    return Standing(card.total, card.rank, card.criteria) if card else Standing()


def _text(total: Decimal | None) -> str | None:
    return None if total is None else str(total)
