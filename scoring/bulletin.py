"""A bulletin of a period: how an office and those below it stand, and what moved since the period before.

Made of the same results that the public pages show (``scoring.results_shown``). That of a published
result compares with what was published by then, so that it is the same for good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agencies.models import Agency
from scoring.explanation import BandLook, Guide, guide
from scoring.models import Group, Scorecard
from scoring.peers import NATION
from scoring.periods import Period
from scoring.results_shown import Shown, compared_with
from scoring.standings import Change, Result, Standing, change_since

#: Offices named as the best, the last, and those that moved most.
NAMED = 5


@dataclass(frozen=True)
class GroupLine:
    """A block of the office's score, and the points it won or lost since the period before."""

    group: Group
    points: Decimal | None
    maximum: Decimal
    moved: Decimal | None

    @property
    def share(self) -> Decimal | None:
        """Its points as a share of what the block can give."""
        return self.points / self.maximum if self.points is not None and self.maximum else None


@dataclass(frozen=True)
class Units:
    """The offices of one peer class directly below, by rank; those not ranked last."""

    kind: str
    rows: tuple[Standing, ...]

    @property
    def ranked(self) -> tuple[Standing, ...]:
        """Those with a rank."""
        return tuple(row for row in self.rows if row.scorecard.rank is not None)

    @property
    def best(self) -> tuple[Standing, ...]:
        """The first ones, the best first; never more than half of those ranked."""
        return self.ranked[: self._named]

    @property
    def last(self) -> tuple[Standing, ...]:
        """The last ones, the last first."""
        return self.ranked[::-1][: self._named]

    @property
    def risers(self) -> tuple[Standing, ...]:
        """Those ranked that won most points since the period before."""
        return tuple(row for row in self._by_move(down=True) if _moved(row) > 0)[:NAMED]

    @property
    def fallers(self) -> tuple[Standing, ...]:
        """Those that lost most."""
        return tuple(row for row in self._by_move(down=False) if _moved(row) < 0)[:NAMED]

    @property
    def _named(self) -> int:
        return min(NAMED, len(self.ranked) // 2)

    def _by_move(self, *, down: bool) -> list[Standing]:
        moved = [row for row in self.ranked if row.since_previous is not None]
        return sorted(moved, key=lambda row: (-_moved(row) if down else _moved(row), row.agency.code))


@dataclass(frozen=True)
class Bulletin:
    """An office's period: its own standing and blocks, and the offices below it by class.

    ``before`` are the results of the period before that it compares with; None: nothing of it was
    published by then.
    """

    agency: Agency
    #: The one directly above, as those results name it; None where it has no score in them.
    above: Agency | None
    results: Shown
    before: Shown | None
    rules: Guide
    standing: Standing
    groups: tuple[GroupLine, ...]
    units: tuple[Units, ...]

    @property
    def period(self) -> Period:
        """Which period it is about."""
        return self.results.period

    @property
    def card(self) -> Scorecard:
        """The office's own scorecard."""
        return self.standing.scorecard

    @property
    def band(self) -> BandLook | None:
        """The band of its score."""
        return self.rules.bands.get(self.card.band)

    @property
    def among_peers(self) -> bool:
        """Whether the office is ranked among others: the nation is not."""
        return self.card.peer_class != NATION

    @property
    def data_as_of(self) -> datetime:
        """Up to when data count: when it was frozen, else when a score of it last moved."""
        if self.results.publication is not None and self.results.publication.as_of is not None:
            return self.results.publication.as_of
        rows = [self.standing, *(row for units in self.units for row in units.rows)]
        return max(row.scorecard.as_of for row in rows)


def bulletin(agency: Agency, results: Shown) -> Bulletin | None:
    """The bulletin of an office on a period's results; None where it has no score in them.

    A number of queries that does not depend on how many offices lie below.
    """
    card = next(iter(results.cards(agency=agency)), None)
    if card is None:
        return None
    rules = guide(card.indicator_set_id)
    below = results.cards(below=agency, without=["criteria"])
    earlier = compared_with(results)
    before = earlier.standings_of([one.agency_id for one in (card, *below)]) if earlier else {}
    return Bulletin(
        agency=card.agency,
        above=_above(agency, results),
        results=results,
        before=earlier,
        rules=rules,
        standing=_standing(card, before),
        groups=tuple(_groups(card, rules, earlier)),
        units=tuple(_by_class(below, before)),
    )


def _above(agency: Agency, results: Shown) -> Agency | None:
    above = agency.parent
    found = results.cards(agency=above, without=["criteria", "groups"]) if above is not None else []
    return found[0].agency if found else None


def _standing(card: Scorecard, before: dict[int, Result]) -> Standing:
    return Standing(card, change_since(card, before.get(card.agency_id)))


def _groups(card: Scorecard, rules: Guide, earlier: Shown | None) -> list[GroupLine]:
    found = earlier.cards(agency=card.agency, without=["criteria"]) if earlier and card.agency.pk else []
    then = found[0].groups if found else {}
    return [_group(group, rules.maximum(group), card.groups, then) for group in rules.groups]


def _group(group: Group, maximum: Decimal, now: dict[str, str], then: dict[str, str]) -> GroupLine:
    points, before = (
        None if one.get(group.code) is None else Decimal(one[group.code]) for one in (now, then)
    )
    return GroupLine(
        group, points, maximum, points - before if points is not None and before is not None else None
    )


def _by_class(cards: Sequence[Scorecard], before: dict[int, Result]) -> list[Units]:
    classes: dict[str, list[Scorecard]] = defaultdict(list)
    for card in cards:
        classes[card.peer_class].append(card)
    found = []
    for name, members in classes.items():
        members.sort(key=lambda card: (card.rank is None, card.rank or 0, -card.total, card.agency.code))
        found.append(Units(name.partition(":")[0], tuple(_standing(card, before) for card in members)))
    # The most offices first: of the nation its provinces, of a province its communes.
    return sorted(found, key=lambda units: (-len(units.rows), units.kind))


def _moved(row: Standing) -> Decimal:
    change: Change | None = row.since_previous
    return change.points if change else Decimal(0)
