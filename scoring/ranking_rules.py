"""How offices are ranked, as an indicator set says: among whom, from how many dossiers on, and ties.

Pure: no database, no clock. ``scoring.ranking`` says the same in SQL, ``verify_publication.py`` in plain
Python; tests hold the three together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeVar

from scoring.peers import NATION, USUAL, PeerRules

Key = TypeVar("Key", bound=Hashable)

#: Codes that may decide ties: they stand in SQL.
SAFE_CODE = r"^[A-Za-z0-9_.\-]{1,10}\Z"
#: What a criterion without points comes to where it decides a tie: below 0 points.
WITHOUT_POINTS = Decimal(-1)


class Ties(StrEnum):
    """Where offices with the same total stand, and who comes after them."""

    SHARED = "shared"
    DENSE = "dense"
    CRITERION = "criterion"


@dataclass(frozen=True)
class RankingRules:
    """The ranking rules of an indicator set.

    An office with fewer than ``minimum_dossiers`` in the period is shown with its score, not ranked; the
    nation always is. Equal totals share a rank and the next is left free (1, 1, 3), or is not
    (``DENSE``: 1, 1, 2), or the points of ``tie_criterion`` decide first. Raises ValueError for a code
    that is none.
    """

    minimum_dossiers: int = 10
    ties: Ties = Ties.SHARED
    tie_criterion: str = ""
    peers: PeerRules = USUAL

    def __post_init__(self) -> None:
        if self.ties is Ties.CRITERION and not re.match(SAFE_CODE, self.tie_criterion):
            raise ValueError(f"{self.tie_criterion!r} cannot be the code of a criterion.")

    @property
    def deciding(self) -> str:
        """The code of the criterion that decides ties; empty: none does."""
        return self.tie_criterion if self.ties is Ties.CRITERION else ""


class Contestant(NamedTuple):
    """An office to be ranked; ``tie`` are the points of the deciding criterion, if there is one."""

    peer_class: str
    total: Decimal
    dossiers: int
    tie: Decimal | None = None


class Place(NamedTuple):
    """An office's rank (None: not ranked), of how many ranked peers."""

    rank: int | None
    ranked: int


def places(contestants: Mapping[Key, Contestant], rules: RankingRules) -> dict[Key, Place]:
    """The place of every contestant within its peer class."""
    classes: dict[str, list[tuple[Decimal, Decimal, Key]]] = defaultdict(list)
    for key, one in contestants.items():
        if one.dossiers >= rules.minimum_dossiers or one.peer_class == NATION:
            tie = WITHOUT_POINTS if one.tie is None or not rules.deciding else one.tie
            classes[one.peer_class].append((one.total, tie, key))
    ranks: dict[Key, int] = {}
    for found in classes.values():
        found.sort(key=lambda one: one[:2], reverse=True)
        rank, before = 0, None
        for place, (total, tie, key) in enumerate(found, 1):
            if (total, tie) != before:
                rank = rank + 1 if rules.ties is Ties.DENSE else place
            before = total, tie
            ranks[key] = rank
    return {
        key: Place(ranks.get(key), len(classes.get(one.peer_class, ()))) for key, one in contestants.items()
    }
