"""Decision 766 knows four answers to "there was nothing to count"."""

from decimal import Decimal

import pytest

from scoring.grading import CriterionRule, GroupRule, RuleSet, ZeroRule, grade_figures

HALF = (Decimal(1), Decimal(2))
NOTHING = (Decimal(0), Decimal(0))


def rule(code: str, points: str | None, zero_rule: ZeroRule = ZeroRule.ZERO) -> CriterionRule:
    return CriterionRule(code, None if points is None else Decimal(points), zero_rule=zero_rule)


def satisfaction(zero_rule_of_5_3: ZeroRule) -> RuleSet:
    group = (
        rule("5.1", None),
        rule("5.2", "6", ZeroRule.FULL),
        rule("5.3", "6", zero_rule_of_5_3),
        rule("5.4", "6"),
    )
    return RuleSet((GroupRule("TDGQ", (rule("2.1", "20"),)), GroupRule("MDHL", group)))


@pytest.mark.parametrize("figures", [None, NOTHING])
@pytest.mark.parametrize(("zero_rule", "points"), [(ZeroRule.ZERO, "0.00"), (ZeroRule.FULL, "6.00")])
def test_zero_and_full_are_points(figures, zero_rule, points):
    result = grade_figures({"2.1": HALF, "5.4": HALF, "5.3": figures}, satisfaction(zero_rule))

    assert str(result.criteria["5.3"].points) == points
    assert result.groups["MDHL"] == Decimal("6") + Decimal(points) + Decimal("3")
    assert result.total == sum(result.groups.values())


def test_nothing_counted_still_shows_its_zeros_and_no_rate():
    graded = grade_figures({"5.3": NOTHING}, satisfaction(ZeroRule.FULL)).criteria

    assert (graded["5.3"].numerator, graded["5.3"].denominator, graded["5.3"].rate) == (0, 0, None)
    assert (graded["5.4"].numerator, graded["5.4"].denominator, graded["5.4"].rate) == (None, None, None)


def test_not_applicable_drops_the_points_and_rescales_the_total():
    result = grade_figures({"2.1": HALF, "5.4": HALF}, satisfaction(ZeroRule.NOT_APPLICABLE))

    assert result.criteria["5.3"].points is None and result.criteria["5.3"].max == 0
    assert result.groups == {"TDGQ": 10, "MDHL": 9}
    assert result.total == Decimal("22.56")  # (10 + 9) × 38 ÷ 32 = 22.5625


def test_redistribute_passes_the_points_on_within_the_group():
    result = grade_figures({"2.1": HALF, "5.4": HALF}, satisfaction(ZeroRule.REDISTRIBUTE))

    # As an older sheet does: without petitions 5.3's six points go to 5.2 and 5.4.
    assert [result.criteria[code].max for code in ("5.1", "5.2", "5.3", "5.4")] == [None, 9, 0, 9]
    assert result.criteria["5.4"].points == Decimal("4.50")
    assert result.groups["MDHL"] == Decimal("13.50")
    assert result.total == Decimal("23.50")


def test_redistribution_keeps_to_the_proportions_and_loses_no_cent():
    group = (rule("a", "1"), rule("b", "1"), rule("c", "1"), rule("d", "1", ZeroRule.REDISTRIBUTE))
    result = grade_figures(dict.fromkeys("abc", HALF), RuleSet((GroupRule("G", group),)))

    assert sorted(str(result.criteria[code].max) for code in "abc") == ["1.33", "1.33", "1.34"]
    assert sum(result.criteria[code].max for code in "abcd") == 4


def test_with_nobody_left_to_pass_points_on_to_the_group_is_dropped():
    alone = GroupRule(
        "MDHL", (rule("5.2", "6", ZeroRule.REDISTRIBUTE), rule("5.3", "6", ZeroRule.REDISTRIBUTE))
    )
    result = grade_figures({"2.1": HALF}, RuleSet((GroupRule("TDGQ", (rule("2.1", "20"),)), alone)))

    assert result.groups == {"TDGQ": 10, "MDHL": 0}
    assert result.total == 16  # 10 × 32 ÷ 20


def test_dropped_and_passed_on_in_one_group_do_not_mix():
    group = (rule("a", "4"), rule("b", "4", ZeroRule.NOT_APPLICABLE), rule("c", "2", ZeroRule.REDISTRIBUTE))
    result = grade_figures({"a": HALF}, RuleSet((GroupRule("G", group),)))

    assert [result.criteria[code].max for code in "abc"] == [6, 0, 0]
    assert result.groups["G"] == 3
    assert result.total == 5  # 3 × 10 ÷ 6


def test_when_nothing_at_all_applies_the_total_is_zero():
    result = grade_figures({}, RuleSet((GroupRule("G", (rule("a", "4", ZeroRule.NOT_APPLICABLE),)),)))

    assert result.total == 0
