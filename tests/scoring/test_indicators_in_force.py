from decimal import Decimal

import pytest

from scoring.indicator_sets import NoSetInForceError, approved_set, install, rule_set, set_in_force
from scoring.models import Criterion, IndicatorSet
from tests.scoring.country import Country
from tests.scoring.test_indicators_approval import make_draft

pytestmark = pytest.mark.django_db


def make_approved(code: str = "national", **facts) -> IndicatorSet:
    made = make_draft(code, **facts)
    made.valid_from = facts.get("valid_from", made.valid_from)
    install(made)
    return made


def test_the_latest_approved_set_begun_by_then_is_in_force():
    old = IndicatorSet.objects.create(code="old", name="Old", valid_from=202401, status="approved")
    new = IndicatorSet.objects.create(code="new", name="New", valid_from=202601, status="approved")
    better = IndicatorSet.objects.create(
        code="new", version=2, name="New", valid_from=202601, status="approved"
    )
    IndicatorSet.objects.create(code="new", version=3, name="Draft", valid_from=202601)
    IndicatorSet.objects.create(code="next", name="Next", valid_from=202701, status="approved")

    assert set_in_force(202512) == old
    assert set_in_force(202601) == set_in_force(202612) == better
    assert approved_set("old", 202612) == old
    with pytest.raises(NoSetInForceError, match="202312"):
        set_in_force(202312)
    with pytest.raises(NoSetInForceError, match="next"):
        approved_set("next", 202612)
    assert new.pk != better.pk


def test_a_provinces_set_scores_those_below_it_and_not_itself(country: Country):
    national = make_approved()
    own = make_approved("north", agency=country.north)

    assert set_in_force(202603, country.north_communes[0].path) == own
    assert set_in_force(202603, country.north.path) == national
    assert set_in_force(202603, country.south_commune.path) == national
    assert set_in_force(202603) == national


def test_the_rules_of_an_approved_set_are_read_once(django_assert_num_queries):
    approved = make_approved()

    first = rule_set(approved)
    with django_assert_num_queries(0):
        assert rule_set(IndicatorSet(pk=approved.pk, status="approved")) is first
    assert (first.criteria[0].max_points, first.criteria[0].zero_rule) == (Decimal("10.00"), "zero")


def test_the_rules_of_a_draft_follow_its_changes():
    draft = make_draft()
    assert rule_set(draft).max_points == 10

    Criterion.objects.filter(group__indicator_set=draft).update(max_points=12)
    assert rule_set(draft).max_points == 12
