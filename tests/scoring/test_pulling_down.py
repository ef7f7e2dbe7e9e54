"""Which sub-units pull an agency's score down: their distance from it, weighted by their dossiers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from agencies.models import Agency
from scoring.explanation import Guide, guide
from scoring.models import Criterion, IndicatorSet, Scorecard
from scoring.pulling_down import pulling_down
from tests.factories import AgencyFactory, NationFactory, ProvinceFactory, ScorecardFactory, indicator_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules() -> IndicatorSet:
    return indicator_set()


@pytest.fixture
def province() -> Agency:
    return ProvinceFactory(parent=NationFactory())


def scored(agency: Agency, rules: IndicatorSet, **figures: tuple[int, int, str]) -> Scorecard:
    """A scorecard with only these criteria: ``c21=(800, 1000, "16.00")`` is criterion 2.1."""
    criteria = {
        f"{name[1]}.{name[2:]}": [str(met), str(counted), points]
        for name, (met, counted, points) in figures.items()
    }
    card: Scorecard = ScorecardFactory(agency=agency, indicator_set=rules)
    card.criteria = criteria
    card.save()
    return card


def half_is_enough() -> None:
    """Full points of criterion 3.3 at 50 %, as in Decision 766."""
    # Past the guard of approved sets, which this one is.
    QuerySet(Criterion).filter(code="3.3").update(threshold=Decimal("0.5"))


def unit(province: Agency) -> Agency:
    made: Agency = AgencyFactory(parent=province)
    return made


def told(rules: IndicatorSet) -> Guide:
    return guide(rules.pk)


def test_the_cost_is_what_the_agency_would_have_more(rules: IndicatorSet, province: Agency) -> None:
    card = scored(province, rules, c21=(800, 1000, "16.00"))
    bad, good = unit(province), unit(province)
    scored(bad, rules, c21=(20, 100, "4.00"))
    scored(good, rules, c21=(780, 900, "17.33"))
    (found,) = pulling_down(card, told(rules))
    assert found.scorecard.agency == bad
    worst = found.worst
    assert (worst.here, worst.everywhere, worst.counted_here, worst.counted_everywhere) == (
        80,
        200,
        100,
        1000,
    )
    assert (worst.share, worst.share_counted) == (Decimal("0.4"), Decimal("0.1"))
    assert worst.late
    # With the province's 80 % it would have 80 in time instead of 20: 860 of 1,000, 17.20 points.
    assert found.points == Decimal("1.2")


def test_weight_counts_beside_distance(rules: IndicatorSet, province: Agency) -> None:
    card = scored(province, rules, c21=(500, 1000, "10.00"))
    tiny, large = unit(province), unit(province)
    scored(tiny, rules, c21=(0, 4, "0.00"))
    scored(large, rules, c21=(200, 500, "8.00"))
    assert [found.scorecard.agency for found in pulling_down(card, told(rules))] == [large, tiny]


def test_a_criterion_with_full_points_costs_nothing_whoever_is_below(
    rules: IndicatorSet, province: Agency
) -> None:
    half_is_enough()
    card = scored(province, rules, c33=(500, 1000, "12.00"))
    scored(unit(province), rules, c33=(0, 100, "0.00"))
    assert pulling_down(card, told(rules)) == []


def test_no_more_can_be_won_than_the_maximum_leaves(rules: IndicatorSet, province: Agency) -> None:
    half_is_enough()
    card = scored(province, rules, c33=(499, 1000, "11.98"))
    scored(unit(province), rules, c33=(0, 100, "0.00"))
    (found,) = pulling_down(card, told(rules))
    assert found.points == Decimal(12) / 500
    assert not found.worst.late


def test_the_costliest_criterion_comes_first_and_all_add_up(rules: IndicatorSet, province: Agency) -> None:
    card = scored(province, rules, c21=(800, 1000, "16.00"), c43=(500, 1000, "11.00"))
    scored(unit(province), rules, c21=(70, 100, "14.00"), c43=(0, 100, "0.00"))
    (found,) = pulling_down(card, told(rules))
    assert [shortfall.criterion.code for shortfall in found.shortfalls] == ["4.3", "2.1"]
    assert found.points == Decimal("1.1") + Decimal("0.2")


def test_only_direct_sub_units_with_a_scorecard_in_the_period(rules: IndicatorSet, province: Agency) -> None:
    card = scored(province, rules, c21=(800, 1000, "16.00"))
    department = unit(province)
    unit(province)
    deeper: Agency = AgencyFactory(parent=department)
    scored(deeper, rules, c21=(0, 100, "0.00"))
    assert pulling_down(card, told(rules)) == []
    earlier = scored(department, rules, c21=(0, 100, "0.00"))
    Scorecard.objects.filter(pk=earlier.pk).update(period="2025")
    assert pulling_down(card, told(rules)) == []


def test_one_query_however_many_sub_units_and_no_more_than_asked_for(
    rules: IndicatorSet, province: Agency
) -> None:
    card = scored(province, rules, c21=(800, 1000, "16.00"))
    for number in range(12):
        scored(unit(province), rules, c21=(number, 50, "0.00"))
    rules_told = told(rules)
    with CaptureQueriesContext(connection) as captured:
        found = pulling_down(card, rules_told, shown=4)
    assert len(captured) == 1
    assert [one.worst.here for one in found] == [50, 49, 48, 47]
