"""What happened to a period after its figures were frozen: late records, and scores that would differ."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from procedures.corrections import moved_since
from procedures.models import Dossier
from scoring.models import Objection, Publication, PublishedScorecard, Scorecard
from scoring.periods import Period


@dataclass(frozen=True)
class Moved:
    """An office whose live total is no longer the frozen one; ``live`` None: it has no score any more."""

    code: str
    name: str
    frozen: Decimal
    live: Decimal | None

    @property
    def by(self) -> Decimal:
        """How far it moved, without direction."""
        return abs((self.live or Decimal(0)) - self.frozen)


def late_dossiers(publication: Publication) -> int:
    """Dossiers of the period that came or changed after its figures were frozen."""
    if publication.as_of is None:
        return 0
    period = Period.parse(publication.period)
    alive = Dossier.objects.filter(started_month__lte=period.last, ended_month__gte=period.first)
    return alive.filter(started_month__gt=0, changed_at__gt=publication.as_of).count()


def corrections_since(publication: Publication) -> int:
    """Corrections of data made or withdrawn after its figures were frozen that move counts of its period."""
    if publication.as_of is None:
        return 0
    period = Period.parse(publication.period)
    return moved_since(publication.as_of, period.first, period.last).count()


def undecided(publication: Publication) -> int:
    """Objections to its period that were sent and are not decided."""
    return Objection.objects.filter(period=publication.period, state__in=Objection.UNDER_WAY).count()


def moved(publication: Publication) -> list[Moved]:
    """Offices whose live total differs from the frozen one, the furthest first."""
    live = dict(
        Scorecard.objects.filter(period=publication.period).order_by().values_list("agency_id", "total")
    )
    frozen = PublishedScorecard.objects.filter(publication=publication).order_by()
    rows = frozen.values_list("agency_id", "code", "name", "total")
    found = [
        Moved(code, name, total, live.get(agency_id))
        for agency_id, code, name, total in rows
        if live.get(agency_id) != total
    ]
    return sorted(found, key=lambda one: (-one.by, one.code))
