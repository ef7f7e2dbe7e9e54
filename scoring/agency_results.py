"""An agency's results: beside its peers' median, over the months, and those of its sub-units.

One source for the pages, the API and the admin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from agencies.models import Agency, HeadOfAgency
from procedures.months import VIETNAM, add_months, months_between, start_of
from scoring.explanation import Guide
from scoring.models import Group, Scorecard
from scoring.periods import Period
from scoring.results_shown import Shown
from scoring.standings import Change

TREND_MONTHS = 12


def scorecard_of(agency: Agency, period: Period, results: Shown | None = None) -> Scorecard | None:
    """The agency's scorecard in a period, None where it has no data: the live one, or that of
    ``results``."""
    return next(iter((results or Shown(period)).cards(agency=agency)), None)


@dataclass(frozen=True)
class PeerMedian:
    """The middle of a peer class in a period: half of ``offices`` lie above each figure."""

    offices: int
    total: Decimal | None
    groups: dict[str, Decimal]


def peer_median(period: Period, peer_class: str, results: Shown | None = None) -> PeerMedian:
    """The median total and group points of a class; without offices, no figures."""
    cards = (results or Shown(period)).cards(peer_class=peer_class, without=["criteria"])
    rows = [(card.total, card.groups) for card in cards]
    by_group: dict[str, list[Decimal]] = defaultdict(list)
    for _total, groups in rows:
        for code, points in groups.items():
            by_group[code].append(Decimal(points))
    return PeerMedian(
        len(rows),
        median(total for total, _groups in rows) if rows else None,
        {code: median(values) for code, values in by_group.items()},
    )


@dataclass(frozen=True)
class Block:
    """An agency's points in a group beside the median of its peers."""

    group: Group
    points: Decimal | None
    maximum: Decimal
    median: Decimal | None

    @property
    def share(self) -> Decimal | None:
        """Its points as a share of the group's."""
        return self.points / self.maximum if self.points is not None and self.maximum else None

    @property
    def median_share(self) -> Decimal | None:
        """The median as a share of the group's points."""
        return self.median / self.maximum if self.median is not None and self.maximum else None

    @property
    def ahead(self) -> Change | None:
        """Points above the median, or below it."""
        if self.points is None or self.median is None:
            return None
        return Change(self.points - self.median, None)


def blocks(card: Scorecard, rules: Guide, middle: PeerMedian) -> list[Block]:
    """Every group of a scorecard beside its peers' median, in the order of the set."""
    return [
        Block(
            group,
            Decimal(card.groups[group.code]) if group.code in card.groups else None,
            rules.maximum(group),
            middle.groups.get(group.code),
        )
        for group in rules.groups
    ]


@dataclass(frozen=True)
class TrendPoint:
    """One month of a trend; None where there is no data."""

    month: int
    total: Decimal | None
    peer_median: Decimal | None
    rank: int | None = None


def trend(agency: Agency, peer_class: str, last_month: int, months: int = TREND_MONTHS) -> list[TrendPoint]:
    """The agency's total and its peers' median for the months up to ``last_month``, in order.

    Months before the first one with a score are left out.
    """
    span = months_between(add_months(last_month, 1 - months), last_month)
    codes = {Period.of_month(month).code: month for month in span}
    totals: dict[int, list[Decimal]] = defaultdict(list)
    own: dict[int, tuple[Decimal, int | None]] = {}
    rows = Scorecard.objects.filter(period__in=codes, peer_class=peer_class).order_by()
    for agency_id, code, total, rank in rows.values_list("agency_id", "period", "total", "rank"):
        totals[codes[code]].append(total)
        if agency_id == agency.pk:
            own[codes[code]] = (total, rank)
    if not own:
        return []
    return [
        TrendPoint(
            month,
            own[month][0] if month in own else None,
            median(totals[month]) if month in totals else None,
            own[month][1] if month in own else None,
        )
        for month in span
        if month >= min(own)
    ]


@dataclass(frozen=True)
class SubUnits:
    """The sub-units of one peer class below an agency: ``shown`` by rank, of ``count``."""

    kind: str
    shown: list[Scorecard]
    count: int


def sub_units(
    agency: Agency, period: Period, shown: int = 10, results: Shown | None = None
) -> list[SubUnits]:
    """The best of each class of direct sub-units, the classes in the order of their kinds."""
    cards = (results or Shown(period)).cards(below=agency, without=["criteria", "groups"])
    by_class: dict[str, list[Scorecard]] = defaultdict(list)
    for card in cards:
        by_class[card.peer_class].append(card)
    order = list(Agency.Kind)
    lists = sorted(by_class.items(), key=lambda item: order.index(Agency.Kind(item[1][0].agency.kind)))
    return [SubUnits(name.partition(":")[0], _by_rank(found)[:shown], len(found)) for name, found in lists]


def head_of(agency: Agency, period: Period, today: date) -> HeadOfAgency | None:
    """Who answered for the agency at the period's end, or answers today if it is under way.

    Decision 766 holds the head responsible, so a past result names the head of then.
    """
    end = start_of(add_months(period.last, 1)).astimezone(VIETNAM).date() - timedelta(days=1)
    day = min(end, today)
    heads: Iterable[HeadOfAgency] = agency.heads.filter(since__lte=day).order_by("-since")[:1]
    head = next(iter(heads), None)
    return head if head and (head.until is None or head.until >= day) else None


def ancestors(agency: Agency) -> list[Agency]:
    """Those above an agency, the nation first."""
    return list(Agency.objects.filter(pk__in=agency.ancestor_ids()).order_by("depth"))


def _by_rank(cards: list[Scorecard]) -> list[Scorecard]:
    return sorted(cards, key=lambda card: (card.rank is None, card.rank or 0, -card.total))
