"""The set that ships: Decision 766/QĐ-TTg with its published maxima, rules and results."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from scoring.grading import RuleSet, grade, grade_points
from scoring.indicator_sets import rule_set, set_in_force
from scoring.measures import MEASURES
from scoring.models import Criterion, IndicatorSet

VECTORS = Path(__file__).with_name("published_vectors.csv")


@pytest.fixture
def decision_766(db: None) -> IndicatorSet:
    call_command("load_indicators", verbosity=0)
    return set_in_force(202609)


@pytest.fixture
def rules(decision_766: IndicatorSet) -> RuleSet:
    return rule_set(decision_766)


def test_its_maxima_are_the_published_ones(rules):
    assert {group.code: group.max_points for group in rules.groups} == {
        "CKMB": 18,
        "TDGQ": 20,
        "CLGQ": 12,
        "TTTT": 10,
        "MDSH": 22,
        "MDHL": 18,
    }
    assert rules.max_points == 100
    assert [(band.code, band.minimum) for band in rules.bands] == [
        ("excellent", 90),
        ("good", 80),
        ("fair", 70),
        ("average", 50),
        ("weak", 0),
    ]


def test_its_thresholds_and_zero_rules_are_the_published_ones(rules):
    special = {rule.code: rule.threshold for rule in rules.criteria if rule.threshold != 1}
    assert special == {
        "3.1": Decimal("0.8"),
        "3.3": Decimal("0.5"),
        "3.4": Decimal("0.8"),
        "3.5": Decimal("0.8"),
        "4.3": Decimal("0.8"),
        "5.4": Decimal("0.9"),
    }
    assert [rule.code for rule in rules.criteria if rule.zero_rule == "full"] == ["5.2", "5.3"]
    assert [rule.code for rule in rules.criteria if rule.inherited] == ["1.1", "1.2", "1.3"]
    assert [rule.code for rule in rules.criteria if rule.max_points is None] == ["2.2", "5.1"]


@pytest.mark.parametrize(
    "vector",
    list(csv.DictReader(VECTORS.open(encoding="utf-8"))),
    ids=lambda v: f"{v['unit']} {v['criterion']}",
)
def test_it_comes_to_the_published_points(rules, vector):
    criterion = next(rule for rule in rules.criteria if rule.code == vector["criterion"])
    points = grade_points(Decimal(vector["numerator"]), Decimal(vector["denominator"]), criterion)

    # The portal cuts here and rounds there; the published figures allow a cent.
    assert abs(points - Decimal(vector["published_points"])) <= Decimal("0.01")


def test_a_unit_without_dossiers_scores_as_published(rules):
    nothing = dict.fromkeys(MEASURES, 0)
    announced = {**nothing, "procedures_announced": 4, "procedures_announced_on_time": 4}
    result = grade(nothing, rules, "commune", announced)

    earned = {code: graded.points for code, graded in result.criteria.items() if graded.points}
    assert earned == {"1.1": 6, "5.2": 6, "5.3": 6}
    assert (result.total, result.band) == (18, "weak")


def test_every_criterion_is_told_in_both_languages_with_its_source(decision_766):
    criteria = Criterion.objects.filter(group__indicator_set=decision_766)

    assert len(criteria) == 23
    for criterion in criteria:
        texts = [criterion.name, criterion.name_en, criterion.rule, criterion.rule_en, criterion.legal_source]
        assert all(texts), criterion.code
    assert [criterion.code for criterion in criteria if not criterion.numerator] == ["4.6"]
