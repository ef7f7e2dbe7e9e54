"""How one agency stands this month, what moved, what costs it points, and who below it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode

from agencies.models import Agency
from procedures.months import start_of
from scoring.agency_results import scorecard_of
from scoring.at_risk import AtRisk, at_risk
from scoring.behind import counts_dossiers
from scoring.explanation import BandLook, CriterionResult, Guide, costliest_first, criterion_results, guide
from scoring.models import Scorecard
from scoring.periods import Period
from scoring.pulling_down import PullingDown, pulling_down
from scoring.snapshots import points_last_week
from scoring.standings import Standing, newest_first, standing_of

#: Criteria and sub-units named.
CRITERIA_SHOWN, UNITS_SHOWN = 8, 5
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Cost:
    """A criterion that costs points: how far it moved in a week, and where its dossiers are listed."""

    result: CriterionResult
    #: Points won or lost since a week ago; None where that is not known.
    moved: Decimal | None
    #: The dossiers that cost the points; None where it does not count dossiers of this agency.
    dossiers: int | None
    url: str


@dataclass(frozen=True)
class Unit:
    """A sub-unit that pulls the score down, and where the dossiers that do so are listed."""

    pulling: PullingDown
    home_url: str
    dossiers_url: str


@dataclass(frozen=True)
class Score:
    """An agency's month; without a standing, nothing was counted yet."""

    agency: Agency
    period: Period
    standing: Standing | None = None
    band: BandLook | None = None
    maximum: Decimal | None = None
    costs: tuple[Cost, ...] = ()
    units: tuple[Unit, ...] = ()
    #: What turns late within a week, and what that would cost.
    risk: AtRisk | None = None
    #: The month began less than a week ago, so that there is no week to compare with.
    too_young: bool = False
    #: The newest period before that has a score, where this one has none.
    last: Scorecard | None = None

    @property
    def last_label(self) -> str:
        """The name of that period."""
        return Period.parse(self.last.period).label if self.last else ""


def score_of(agency: Agency, period: Period, as_of: datetime) -> Score:
    """How ``agency`` stands in ``period``: a number of queries that depends on nothing."""
    card = scorecard_of(agency, period)
    if card is None:
        return Score(agency, period, last=_last_before(agency, period))
    rules = guide(card.indicator_set_id)
    return Score(
        agency,
        period,
        standing_of(card, period, as_of),
        rules.bands.get(card.band),
        rules.total_maximum,
        tuple(_costs(card, rules, points_last_week(agency, period, as_of))),
        tuple(_unit(card, pulling) for pulling in pulling_down(card, rules, UNITS_SHOWN)),
        risk=at_risk(agency, period, as_of, with_units=False),
        too_young=as_of - start_of(period.first) < WEEK,
    )


def _last_before(agency: Agency, period: Period) -> Scorecard | None:
    cards = Scorecard.objects.filter(agency=agency).defer("criteria", "groups")
    by_period = {Period.parse(card.period): card for card in cards if card.period != period.code}
    of_months = [found for found in by_period if found.kind is period.kind and found.last < period.first]
    return by_period[newest_first(of_months)[0]] if of_months else None


def _costs(card: Scorecard, rules: Guide, week_ago: dict[str, Decimal]) -> list[Cost]:
    results = [result for result in costliest_first(criterion_results(card, rules)) if result.cost]
    return [_cost(card, result, week_ago) for result in results[:CRITERIA_SHOWN]]


def _cost(card: Scorecard, result: CriterionResult, week_ago: dict[str, Decimal]) -> Cost:
    code, dossiers, url = result.criterion.code, None, ""
    if not result.inherited and not result.reason and counts_dossiers(result.criterion):
        dossiers = int((result.denominator or 0) - (result.numerator or 0))
        url = reverse("behind", args=[card.agency.code, card.period, code]) if dossiers else ""
    before = week_ago.get(code)
    moved = result.points - before if before is not None and result.points is not None else None
    return Cost(result, moved, dossiers, url)


def _unit(card: Scorecard, pulling: PullingDown) -> Unit:
    code = pulling.scorecard.agency.code
    behind = reverse("behind", args=[card.agency.code, card.period, pulling.worst.criterion.code])
    return Unit(
        pulling,
        f"{reverse('admin:index')}?{urlencode({'agency': code})}",
        f"{behind}?{urlencode({'unit': code})}",
    )
