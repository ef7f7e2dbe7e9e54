"""What a trial run found: who gains, who loses, how totals spread, what each block moved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When

from agencies.models import Agency
from agencies.models.agency import within
from scoring.models import WhatIf, WhatIfOffice

#: How wide the steps are by which totals are told, in points, and the last step's beginning.
STEP, LAST_STEP = 5, 95


class Moved(StrEnum):
    """Which offices are asked for, by what happens to their total or rank."""

    ALL = "all"
    GAIN = "gain"
    LOSE = "lose"
    BAND = "band"
    RANK = "rank"


class Sort(StrEnum):
    """In which order offices are told."""

    GAIN = "gain"
    LOSS = "loss"
    PLACES = "places"
    TOTAL = "total"


@dataclass(frozen=True)
class Step:
    """How many offices have a total from ``low`` to below ``high`` points (the last one: up to all)."""

    low: int
    high: int
    before: int
    after: int


@dataclass(frozen=True)
class Mean:
    """The mean points of a block, or of all (code ""), before and after; None where a set has no such."""

    code: str
    before: Decimal | None
    after: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """The points the mean moves."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


@dataclass
class Summary:
    """A trial run, or the part of it that was asked for, in figures."""

    offices: int = 0
    gain: int = 0
    lose: int = 0
    same: int = 0
    climb: int = 0
    fall: int = 0
    ranked_before: int = 0
    ranked_after: int = 0
    bands_before: Counter[str] = field(default_factory=Counter)
    bands_after: Counter[str] = field(default_factory=Counter)
    band_changes: int = 0
    steps: list[Step] = field(default_factory=list)
    means: list[Mean] = field(default_factory=list)


def offices_of(
    what_if: WhatIf, *, peers: str = "", under: Agency | None = None, moved: Moved = Moved.ALL
) -> QuerySet[WhatIfOffice]:
    """The offices of a trial run: those of a kind of peer class (``communes``), of a province or ministry,
    or with a total or rank that moves."""
    found: Any = what_if.results.order_by()
    if peers:
        found = found.filter(Q(peer_class=peers) | Q(peer_class__startswith=f"{peers}:"))
    if under is not None:
        found = found.filter(within(under.path, "agency__path"))
    conditions = {
        Moved.ALL: Q(),
        Moved.GAIN: Q(after__gt=F("before")),
        Moved.LOSE: Q(after__lt=F("before")),
        Moved.BAND: ~Q(band_after=F("band_before")),
        Moved.RANK: ~Q(rank_after=F("rank_before"))
        | (Q(rank_after=None) & Q(rank_before__isnull=False))
        | (Q(rank_before=None) & Q(rank_after__isnull=False)),
    }
    return found.filter(conditions[moved])


def in_order(offices: QuerySet[WhatIfOffice], sort: Sort) -> QuerySet[WhatIfOffice]:
    """Offices by what they gain, lose or climb most, or by their total after; those that neither set
    ranks come last."""
    keys: dict[Sort, Any] = {
        Sort.GAIN: (F("after") - F("before")).desc(),
        Sort.LOSS: (F("after") - F("before")).asc(),
        Sort.PLACES: (F("rank_before") - F("rank_after")).desc(nulls_last=True),
        Sort.TOTAL: F("after").desc(),
    }
    unranked = Case(When(rank_before=None, rank_after=None, then=1), default=0)
    return offices.order_by(unranked, keys[sort], "-after", "agency__code")


def summary(offices: QuerySet[WhatIfOffice]) -> Summary:
    """These offices in figures, in a few queries."""
    gains, loses = Q(after__gt=F("before")), Q(after__lt=F("before"))
    counted = offices.aggregate(
        offices=Count("pk"),
        gain=Count("pk", filter=gains),
        lose=Count("pk", filter=loses),
        climb=Count("pk", filter=Q(rank_after__lt=F("rank_before"))),
        fall=Count("pk", filter=Q(rank_after__gt=F("rank_before"))),
        ranked_before=Count("rank_before"),
        ranked_after=Count("rank_after"),
        band_changes=Count("pk", filter=~Q(band_after=F("band_before"))),
    )
    found = Summary(**counted)
    found.same = found.offices - found.gain - found.lose
    spread: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    sums: dict[str, list[Decimal | None]] = {}
    for side, name, bands in (
        (0, "before", found.bands_before),
        (1, "after", found.bands_after),
    ):
        of_total = offices.values_list(name, f"band_{name}").annotate(n=Count("pk"))
        for total, band, number in of_total:
            bands[band] += number
            spread[_step(total)][side] += number
    if not found.offices:
        return found
    low, high = min(spread), max(spread)
    found.steps = [
        Step(at, at + STEP if at < LAST_STEP else 100, *spread[at]) for at in range(low, high + 1, STEP)
    ]
    totals = offices.aggregate(before=Sum("before"), after=Sum("after"))
    sums[""] = [totals["before"], totals["after"]]
    for groups in offices.values_list("groups", flat=True).iterator(chunk_size=2000):
        for code, both in groups.items():
            _add(sums, code, both)
    found.means = [_mean(code, both, found.offices) for code, both in sums.items()]
    return found


def _step(total: Decimal) -> int:
    return min(LAST_STEP, int(total) // STEP * STEP)


def _add(sums: dict[str, list[Decimal | None]], code: str, both: Iterable[str | None]) -> None:
    known = sums.setdefault(code, [None, None])
    for place, value in enumerate(both):
        if value is not None:
            known[place] = (known[place] or Decimal(0)) + Decimal(value)


def _mean(code: str, both: list[Decimal | None], offices: int) -> Mean:
    means = [None if value is None else (value / offices).quantize(Decimal("0.01")) for value in both]
    return Mean(code, means[0], means[1])
