"""Standings: who stands where among its peers in a period, and what moved since.

One source for the pages, the API and the admin.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from agencies.models import Agency
from procedures.months import VIETNAM
from scoring.models import Scorecard, ScoreSnapshot
from scoring.peers import MINISTRIES, NATION, PROVINCES
from scoring.periods import Period, PeriodKind
from scoring.results_shown import Shown, shown

#: How far back a snapshot may lie and still be "last week".
WEEK = timedelta(days=7)
OLDEST = timedelta(days=14)

#: Peer classes that hang on an agency; in public each is written with that agency's code.
CLASSES_OF_AN_AGENCY = ("departments", "communes", "units")
WHOLE_CLASSES = (NATION, MINISTRIES, PROVINCES)


@dataclass(frozen=True)
class Change:
    """What moved between two results: points, and places (up is positive; None: not ranked)."""

    points: Decimal
    places: int | None


@dataclass(frozen=True)
class Standing:
    """An agency's scorecard beside its peers', and what moved since."""

    scorecard: Scorecard
    since_previous: Change | None = None
    since_last_week: Change | None = None

    @property
    def agency(self) -> Agency:
        """Whose standing it is."""
        return self.scorecard.agency


@dataclass(frozen=True)
class PeerClass:
    """A peer class by both its names: ``stored`` as in scorecards (``communes:35``), ``public``
    as in addresses (``communes:H44``), and the agency it hangs on, if any."""

    stored: str
    public: str
    agency: Agency | None = None

    @property
    def kind(self) -> str:
        """``nation``, ``ministries``, ``provinces``, ``departments``, ``communes`` or ``units``."""
        return self.stored.partition(":")[0]


def public_class(name: str) -> PeerClass:
    """The class under a public name: ``provinces``, ``ministries``, ``communes:H44``.

    Raises LookupError with a message for the reader when there is none.
    """
    kind, _colon, code = name.partition(":")
    if name in WHOLE_CLASSES:
        return PeerClass(name, name)
    if kind not in CLASSES_OF_AN_AGENCY or not code:
        raise LookupError(
            _(
                "%(name)s is not a class of offices; write provinces, ministries, departments:CODE, "
                "communes:CODE or units:CODE."
            )
            % {"name": name}
        )
    agency = Agency.objects.filter(code=code).first()
    if agency is None:
        raise LookupError(_("There is no office with the code %(code)s.") % {"code": code})
    return PeerClass(f"{kind}:{agency.pk}", name, agency)


def class_of(scorecard: Scorecard) -> PeerClass:
    """The peer class of a scorecard; one query when the class hangs on an agency."""
    kind, _colon, agency_id = scorecard.peer_class.partition(":")
    if not agency_id:
        return PeerClass(kind, kind)
    agency = Agency.objects.get(pk=agency_id)
    return PeerClass(scorecard.peer_class, f"{kind}:{agency.code}", agency)


def periods_with_scores() -> list[Period]:
    """Every period for which the nation, a ministry or a province has a score, the newest first."""
    codes = Scorecard.objects.filter(agency__depth__lte=1).order_by().values_list("period", flat=True)
    return newest_first({Period.parse(code) for code in codes.distinct()})


def periods_of(agency: Agency) -> list[Period]:
    """Every period for which an agency has a score, the newest first."""
    codes = Scorecard.objects.filter(agency=agency).values_list("period", flat=True)
    return newest_first({Period.parse(code) for code in codes})


def newest_first(periods: Collection[Period]) -> list[Period]:
    """By their last month, then the longest first: 2026, 2026-H2, 2026-Q4, 2026-M12."""
    return sorted(periods, key=lambda period: (-period.last, period.first, period.code))


def default_period(periods: Collection[Period]) -> Period | None:
    """What a visitor sees first: the newest year, else the newest period there is."""
    ordered = newest_first(periods)
    years = [period for period in ordered if period.kind is PeriodKind.YEAR]
    return next(iter(years or ordered), None)


def standings(
    period: Period, peer_class: str, as_of: datetime, results: Shown | None = None
) -> list[Standing]:
    """A class's scorecards in a period, by rank; those not ranked last, by total.

    Live ones, or those of ``results``. A few queries, however many offices there are.
    """
    results = results or Shown(period)
    cards = results.cards(peer_class=peer_class, without=["criteria"])
    if not cards:
        cards = _within_a_wider_class(peer_class, results)
    cards.sort(key=lambda card: (card.rank is None, card.rank or 0, -card.total, card.agency.code))
    return with_changes(cards, period, as_of)


def _within_a_wider_class(peer_class: str, results: Shown) -> list[Scorecard]:
    """The offices a class would hold, where the indicator set ranks them in a wider one: with their
    ranks there."""
    kind, _colon, agency_id = peer_class.partition(":")
    agency = Agency.objects.filter(pk=agency_id).first() if agency_id else None
    if agency is None:
        return []
    for wider in (*(f"{kind}:{pk}" for pk in agency.ancestor_ids()), kind):
        cards = results.cards(peer_class=wider, inside=agency, without=["criteria"])
        if cards:
            return cards
    return []


def standing_of(scorecard: Scorecard, period: Period, as_of: datetime) -> Standing:
    """One scorecard and what moved since."""
    return with_changes([scorecard], period, as_of)[0]


def with_changes(cards: list[Scorecard], period: Period, as_of: datetime) -> list[Standing]:
    """Scorecards of a period beside those of the period before, as published where it is, and of a
    week ago; published ones do not move from week to week."""
    if not cards:
        return []
    before = shown(period.previous()).standings_of([card.agency_id for card in cards])
    live = [card.agency_id for card in cards if card.pk is not None]
    week_ago = _week_ago(live, period, as_of) if live else {}
    return [
        Standing(
            card,
            change_since(card, before.get(card.agency_id)),
            change_since(card, week_ago.get(card.agency_id)),
        )
        for card in cards
    ]


Result = tuple[Decimal, int | None]


def _week_ago(agency_ids: Collection[int], period: Period, as_of: datetime) -> dict[int, Result]:
    today = as_of.astimezone(VIETNAM).date()
    snapshots = ScoreSnapshot.objects.filter(
        agency_id__in=agency_ids,
        period=period.code,
        taken_on__range=(today - OLDEST, today - WEEK),
    ).order_by("taken_on")
    rows = snapshots.values_list("agency_id", "total", "rank")
    return {agency_id: (total, rank) for agency_id, total, rank in rows}


def change_since(card: Scorecard, before: Result | None) -> Change | None:
    """What moved between an earlier total and rank and a scorecard; None where there was none."""
    if before is None:
        return None
    total, rank = before
    places = rank - card.rank if rank is not None and card.rank is not None else None
    return Change(card.total - total, places)
