"""What a check is: how something is looked for, and how what it found is told.

A check reads one month of the whole country, in a few queries that do not depend on how many agencies
there are, and says at which agencies it found something. It belongs to the agency whose own dossiers
show it, never to those above, so that nothing is found twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from procedures.models import Dossier
from procedures.months import add_months, month_of, months_between
from scoring.models import Anomaly, Tally
from scoring.models.tally import Scope

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Limit:
    """A figure of a rule that a reviewer may change, a whole number from ``least`` to ``most``."""

    name: str
    label: _StrPromise
    least: int
    most: int


class Finding(NamedTuple):
    """Something found at an agency; ``size`` says how much of it, ``figures`` what, as plain values."""

    agency_id: int
    size: int
    figures: Mapping[str, Any]
    about: str = ""


@dataclass(frozen=True)
class Search:
    """A month (yyyymm) as seen at ``as_of``, with the limits of the rule."""

    month: int
    as_of: datetime
    limits: Mapping[str, int] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Whether the month is over: only then its counts compare with those of other months."""
        return self.month < month_of(self.as_of)

    def before(self) -> list[int]:
        """The months it is compared with: as many before it as the limit ``months`` says."""
        count = self.limits["months"]
        return months_between(add_months(self.month, -count), add_months(self.month, -1))


class Compared(NamedTuple):
    """A line of an anomaly's figures: what was found, and what was to be expected."""

    label: str
    found: str
    expected: str


class Check:
    """How something is looked for. ``name`` is how rules name it."""

    name: str
    limits: ClassVar[tuple[Limit, ...]] = ()

    def find(self, search: Search) -> Iterable[Finding]:
        """Where in the country it is found in a month, each agency and ``about`` at most once."""
        raise NotImplementedError

    def told(self, anomaly: Anomaly) -> str:
        """The reason of an anomaly in plain words, a sentence or two."""
        raise NotImplementedError

    def compared(self, anomaly: Anomaly) -> list[Compared]:
        """Its figures against what was to be expected."""
        raise NotImplementedError

    def dossiers(self, anomaly: Anomaly, as_of: datetime) -> QuerySet[Dossier] | None:
        """The very dossiers behind an anomaly; None where it is not about dossiers."""
        return None

    def refused(self, limits: Any) -> dict[str, str]:
        """What is wrong with limits, by name; empty if nothing is."""
        if not isinstance(limits, dict) or limits.keys() != {limit.name for limit in self.limits}:
            names = ", ".join(limit.name for limit in self.limits) or "–"
            return {"limits": _("Exactly these limits: %(names)s.") % {"names": names}}
        return {
            limit.name: _("A whole number from %(least)d to %(most)d.")
            % {"least": limit.least, "most": limit.most}
            for limit in self.limits
            if type(limits[limit.name]) is not int or not limit.least <= limits[limit.name] <= limit.most
        }


def own_tallies(months: Iterable[int]) -> QuerySet[Tally]:
    """The tallies of these months that hold what agencies handled themselves."""
    return Tally.objects.filter(month__in=list(months), scope__in=(Scope.OWN, Scope.BOTH)).order_by()


def own_dossiers(anomaly: Anomaly) -> QuerySet[Dossier]:
    """The dossiers of an anomaly's agency that began in its month."""
    return Dossier.objects.filter(agency=anomaly.agency_id, started_month=anomaly.month)
