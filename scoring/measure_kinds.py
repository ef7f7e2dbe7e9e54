"""What a count is made of: how its months combine, which records it counts, and by which condition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING

from django.db.models import Q

from procedures.months import VIETNAM

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Kind(Enum):
    """How a column's months combine into a longer period."""

    FLOW = "flow"
    STOCK_AT_START = "stock_at_start"
    STOCK_AT_END = "stock_at_end"


class Source(Enum):
    """Which records a column counts."""

    DOSSIER = "dossier"
    ANNOUNCEMENT = "announcement"
    VOLUME = "volume"
    PETITION = "petition"


@dataclass(frozen=True)
class Moment:
    """A month and the edge at which its stocks are taken (its end, or now if that is earlier).

    ``now`` is when it is counted, for what is only known later than the month (None: at the edge).
    """

    month: int
    edge: datetime
    now: datetime | None = None

    @property
    def day(self) -> date:
        """The edge's day in Vietnam, for what is dated by day."""
        return self.edge.astimezone(VIETNAM).date()

    @property
    def known(self) -> datetime:
        """Up to which moment everything is taken into account."""
        return self.now or self.edge


@dataclass(frozen=True)
class Column:
    """A measure kept by agency, procedure and month: one integer column of ``Tally``.

    ``records`` is the condition that picks the records counted in a month; ``summed`` names the
    field added up instead of counting one a record.
    """

    name: str
    label: _StrPromise
    kind: Kind
    source: Source
    records: Callable[[Moment], Q]
    summed: str = ""


@dataclass(frozen=True)
class DistinctMeasure:
    """Procedures, each once, for which in the period all of ``some`` are above zero and all of
    ``none`` are zero."""

    name: str
    label: _StrPromise
    some: tuple[str, ...]
    none: tuple[str, ...] = ()


@dataclass(frozen=True)
class CatalogueMeasure:
    """Procedures, each once, that the agency's subtree has now and that satisfy ``offers``.

    ``offers`` is a condition on ``AgencyProcedure``, or on ``Procedure`` for what the agency
    itself announces (``announced`` true).
    """

    name: str
    label: _StrPromise
    offers: Q
    announced: bool = False
