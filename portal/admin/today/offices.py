"""Whose score the page is about: the agencies a person was let in at, and the one chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agencies.admin_display import list_url
from agencies.models import Agency
from agencies.visibility import EVERYWHERE, may_see, paths_visible_to
from procedures.months import month_of
from scoring.models import Scorecard
from scoring.periods import Period
from scoring.standings import Standing, with_changes

#: Agencies named beside each other; who has more opens the list of scorecards.
SHOWN = 12


@dataclass(frozen=True)
class Office:
    """An agency in the list of one's own, with how it stands; None: nothing was counted yet."""

    agency: Agency
    standing: Standing | None


@dataclass(frozen=True)
class Offices:
    """The agencies at the top of what a person sees, and the one whose score is told in full."""

    period: Period
    tops: tuple[int, ...]
    listed: tuple[Office, ...]
    chosen: Agency | None

    @property
    def more(self) -> int:
        """How many there are beside those listed."""
        return len(self.tops) - len(self.listed)

    @property
    def all_url(self) -> str:
        """Where all of them are listed."""
        return list_url(Scorecard, period=self.period.code)


def offices(user: Any, as_of: datetime, asked: str = "") -> Offices:
    """The agencies of ``user`` in the month under way; ``asked`` is the code of one to choose.

    Any agency the user sees may be chosen, also one further down; without, the first. Bounded queries,
    however many agencies the user has.
    """
    period = Period.of_month(month_of(as_of))
    paths = paths_visible_to(user)
    tops = Agency.objects.filter(depth=0) if EVERYWHERE in paths else Agency.objects.filter(path__in=paths)
    own = list(tops.order_by("path").only("code", "name", "kind", "path", "parent"))
    chosen = _asked_for(user, asked) or next(iter(own), None)
    listed = own[:SHOWN] if len(own) > 1 else []
    return Offices(
        period,
        tuple(agency.pk for agency in own),
        tuple(_with_standings(listed, period, as_of)),
        chosen,
    )


def _asked_for(user: Any, code: str) -> Agency | None:
    agency = Agency.objects.filter(code=code).first() if code else None
    return agency if agency and may_see(user, agency.path) else None


def _with_standings(agencies: list[Agency], period: Period, as_of: datetime) -> list[Office]:
    if not agencies:
        return []
    by_id = {agency.pk: agency for agency in agencies}
    cards = list(Scorecard.objects.filter(agency__in=by_id, period=period.code).defer("criteria", "groups"))
    for card in cards:
        card.agency = by_id[card.agency_id]
    found = {standing.agency.pk: standing for standing in with_changes(cards, period, as_of)}
    return [Office(agency, found.get(agency.pk)) for agency in agencies]
