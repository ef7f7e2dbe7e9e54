from collections import defaultdict
from decimal import Decimal

import pytest

from agencies.models import Agency
from scoring.formula import parse
from scoring.grading import (
    INHERITING_KINDS,
    BandRule,
    CriterionRule,
    GroupRule,
    RuleSet,
    ZeroRule,
    grade,
    grade_figures,
    grade_points,
    inherited_names,
    used_names,
)
from scoring.models import Criterion


def rule(code: str, points: str | None = "10", **facts) -> CriterionRule:
    return CriterionRule(code, None if points is None else Decimal(points), **facts)


def counted(code: str, numerator: str, denominator: str, points: str | None = "10", **facts):
    return rule(code, points, numerator=parse(numerator), denominator=parse(denominator), **facts)


def rules_of(*groups: tuple[CriterionRule, ...], bands: tuple[BandRule, ...] = ()) -> RuleSet:
    return RuleSet(tuple(GroupRule(f"G{n}", group) for n, group in enumerate(groups, 1)), bands)


@pytest.mark.parametrize(
    ("numerator", "denominator", "maximum", "threshold", "points"),
    [
        (2, 39, "6", "1", "0.31"),
        (40, 100, "2", "0.8", "1.00"),
        (79, 100, "2", "0.8", "1.98"),  # 1.975
        (80, 100, "2", "0.8", "2.00"),
        (95, 100, "2", "0.8", "2.00"),
        (150, 100, "6", "1", "6.00"),
        (1, 800, "4", "1", "0.01"),  # 0.005, half up
        (1, 801, "4", "1", "0.00"),
        (0, 100, "6", "1", "0.00"),
        (-3, 100, "6", "1", "0.00"),
    ],
)
def test_points_are_max_times_rate_over_threshold(numerator, denominator, maximum, threshold, points):
    criterion = rule("x", maximum, threshold=Decimal(threshold))

    assert str(grade_points(Decimal(numerator), Decimal(denominator), criterion)) == points


def test_groups_add_up_rounded_criteria_and_the_total_its_groups():
    third = ("received", "declared")
    rules = rules_of((counted("1", *third, "2"), counted("2", *third, "2")), (counted("3", *third, "2"),))

    result = grade({"received": 1, "declared": 3}, rules, "province")

    # Unrounded, two thirds twice would be 1.33 and thrice 2.00.
    assert [str(graded.points) for graded in result.criteria.values()] == ["0.67"] * 3
    assert result.groups == {"G1": Decimal("1.34"), "G2": Decimal("0.67")}
    assert str(result.total) == "2.01"


def test_each_criterion_shows_what_it_was_counted_from():
    rules = rules_of(
        (counted("1", "received", "max(received, first(declared, declared_last_year / 12))", "6"),)
    )

    graded = grade({"received": 3, "declared": 0, "declared_last_year": 50}, rules, "commune").criteria["1"]

    assert (graded.numerator, graded.denominator) == (3, Decimal("4.1667"))
    assert graded.rate == Decimal("0.7200")
    assert graded.points == (6 * graded.numerator / graded.denominator).quantize(Decimal("0.01"))
    assert graded.max == 6


def test_a_criterion_for_information_shows_counts_and_earns_nothing():
    rules = rules_of((counted("2.1", "received", "declared"), counted("2.2", "completed", "declared", None)))

    result = grade({"received": 5, "declared": 10, "completed": 7}, rules, "province")

    information = result.criteria["2.2"]
    assert (information.numerator, information.denominator) == (7, 10)
    assert information.points is None and information.max is None
    assert result.total == result.groups["G1"] == 5


def test_what_is_inherited_comes_from_above_for_those_below_only():
    rules = rules_of(
        (counted("1.1", "completed", "declared", inherited=True),), (counted("2.1", "received", "declared"),)
    )
    own = {"completed": 0, "received": 3, "declared": 10}
    above = {"completed": 8, "received": 9, "declared": 10}

    for kind in Agency.Kind.values:
        points = {code: graded.points for code, graded in grade(own, rules, kind, above).criteria.items()}
        assert points == {"1.1": 8 if kind in INHERITING_KINDS else 0, "2.1": 3}
    assert grade(own, rules, "commune").criteria["1.1"].points == 0
    assert inherited_names(rules) == {"completed", "declared"}
    assert used_names(rules) == {"completed", "declared", "received"}


def test_those_who_inherit_are_those_who_do_not_announce():
    assert set(Agency.Kind) - Agency.ANNOUNCING_KINDS - {Agency.Kind.NATION} == INHERITING_KINDS


def test_a_criterion_that_does_not_apply_to_the_kind_follows_its_zero_rule():
    rules = rules_of(
        (
            counted("a", "received", "declared", kinds=frozenset({"province"}), zero_rule=ZeroRule.FULL),
            counted("b", "received", "declared", kinds=frozenset({"province"})),
        )
    )
    counts = {"received": 1, "declared": 2}

    assert grade(counts, rules, "province").total == 10
    commune = grade(counts, rules, "commune")
    assert commune.criteria["a"] == (None, None, 10, 10)
    assert commune.criteria["b"] == (None, None, 0, 10)


def test_a_missing_measure_is_an_error_and_not_a_zero():
    rules = rules_of((counted("1", "received", "declared"),))

    with pytest.raises(KeyError, match="declared"):
        grade({"received": 1}, rules, "province")


@pytest.mark.parametrize(
    ("total", "band"),
    [("100", "good"), ("80", "good"), ("79.99", "fair"), ("70.00", "fair"), ("69.99", "")],
)
def test_a_band_reaches_up_to_the_next(total, band):
    rules = RuleSet((), (BandRule("fair", Decimal(70)), BandRule("good", Decimal(80))))

    assert rules.band(Decimal(total)) == band


def test_a_grade_bears_the_band_of_its_total():
    rules = rules_of((rule("1", "100"),), bands=(BandRule("low", Decimal(0)), BandRule("high", Decimal(60))))

    assert grade_figures({"1": (Decimal(6), Decimal(10))}, rules).band == "high"
    assert grade_figures({"1": (Decimal(5), Decimal(10))}, rules).band == "low"


def test_the_rules_zero_rules_are_the_models():
    assert {rule.value for rule in ZeroRule} == set(Criterion.ZeroRule.values)


def test_counts_may_be_any_mapping():
    rules = rules_of((counted("1", "received", "declared"),))

    assert grade(defaultdict(int), rules, "province").criteria["1"] == (0, 0, 0, 10)
