"""Points at risk: which dossiers turn late within a week, and what the score would then be."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Agency
from agencies.tree import place
from procedures.models import Dossier
from procedures.months import VIETNAM
from scoring.at_risk import at_risk, due_soon
from scoring.models import Scorecard
from scoring.periods import Period
from scoring.recount import recount_all
from tests.scoring.country import NOW, Country, make_country, make_dossier, on

MAY = Period.parse("2026-M05")
WEEK = timedelta(days=7)


@pytest.fixture
def country(db: None) -> Country:
    """May 2026: dossiers that ended in time, and open ones due tomorrow, next month, and long ago."""
    land = make_country()
    call_command("load_indicators", verbosity=0)
    first, second = land.north_communes
    for number in range(6):
        make_dossier(first, land.marriage, on(5, 4), ended_at=on(5, 6 + number))
    for number in range(4):
        make_dossier(second, land.marriage, on(5, 4), ended_at=on(5, 8 + number))
    for number in range(3):
        make_dossier(first, land.marriage, on(5, 15), deadline_at=NOW + timedelta(days=1 + number))
    make_dossier(second, land.marriage, on(5, 15), deadline_at=NOW + timedelta(days=2))
    make_dossier(second, land.marriage, on(5, 1), deadline_at=NOW - timedelta(days=2))
    make_dossier(second, land.marriage, on(5, 15), deadline_at=NOW + timedelta(days=20))
    make_dossier(land.south_commune, land.marriage, on(5, 15), deadline_at=NOW + timedelta(days=2))
    recount_all(NOW)
    return land


def card(agency: Agency) -> Scorecard:
    return Scorecard.objects.get(agency=agency, period=MAY.code)


def test_what_it_foretells_is_what_a_recount_then_finds(country: Country) -> None:
    foretold = {agency: at_risk(agency, MAY, NOW) for agency in (country.north, *country.north_communes)}
    before = {agency: card(agency).total for agency in foretold}
    # A week later nobody has touched them; those due later than that have ended in time.
    later = NOW + WEEK
    recount_all(later)
    assert foretold[country.north].dossiers == 4
    for agency, told in foretold.items():
        assert told.points is not None and told.points > 0
        assert before[agency] - card(agency).total == told.points, agency


def test_each_criterion_that_counts_lateness_is_named_with_its_loss(country: Country) -> None:
    told = at_risk(country.north, MAY, NOW)
    lost = {one.criterion.code: one.points for one in told.criteria}
    assert set(lost) == {"2.1", "5.4"}
    assert sum(lost.values()) == told.points
    assert lost["2.1"] > lost["5.4"] > 0


def test_units_are_told_by_what_they_cost(country: Country) -> None:
    told = at_risk(country.north, MAY, NOW)
    assert [(unit.agency, unit.dossiers) for unit in told.units] == [
        (country.north_communes[0], 3),
        (country.north_communes[1], 1),
    ]
    first, second = told.units
    assert first.points_above > second.points_above > 0
    assert first.own_points == at_risk(country.north_communes[0], MAY, NOW).points
    assert told.own == 0 and at_risk(country.north_communes[0], MAY, NOW).own == 3


def test_only_open_dossiers_in_time_are_at_risk(country: Country) -> None:
    codes = set(due_soon(NOW).values_list("agency__code", flat=True))
    assert codes == {"H44.101", "H44.102", "H19.101"}
    Dossier.objects.update(late_by_rule=True)
    assert not due_soon(NOW).exists()
    assert at_risk(country.north, MAY, NOW).points == Decimal("0.00")


def test_what_turns_late_after_the_periods_end_costs_it_nothing(country: Country) -> None:
    last_day = datetime(2026, 5, 31, 9, 0, tzinfo=VIETNAM)
    Dossier.objects.filter(ended_at=None).update(deadline_at=last_day + timedelta(days=3))
    recount_all(last_day)
    month = at_risk(country.north, MAY, last_day)
    assert month.dossiers == 6 and month.in_period == 0 and month.points == Decimal("0.00")
    year = at_risk(country.north, Period.parse("2026"), last_day)
    assert year.in_period == 6 and year.points is not None and year.points > 0


def test_without_a_scorecard_only_the_dossiers_are_told(country: Country) -> None:
    Scorecard.objects.filter(agency=country.north).delete()
    told = at_risk(country.north, MAY, NOW)
    assert told.dossiers == 4 and told.points is None and told.criteria == ()


def test_as_many_queries_for_two_units_as_for_thirty(country: Country) -> None:
    at_risk(country.north, MAY, NOW)
    with CaptureQueriesContext(connection) as few:
        at_risk(country.north, MAY, NOW)
    for number in range(28):
        agency = place(Agency(code=f"H44.3{number:02}", kind="commune", name=f"Xã {number}"), country.north)
        make_dossier(agency, country.marriage, on(5, 15), deadline_at=NOW + timedelta(days=3))
    with CaptureQueriesContext(connection) as many:
        told = at_risk(country.north, MAY, NOW)
    assert len(told.units) == 30
    assert len(many) == len(few) <= 7
