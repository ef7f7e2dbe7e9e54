"""A score explained: by what each criterion cost, and why one has no data."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from scoring.explanation import (
    CriterionResult,
    costliest_first,
    criterion_results,
    formula_reading,
    guide,
    named,
)
from scoring.models import Band, Criterion, IndicatorSet, Scorecard
from tests.factories import AgencyFactory, ScorecardFactory, country, indicator_set


@pytest.mark.django_db
def test_the_guide_knows_the_set_in_four_queries(django_assert_num_queries: pytest.FixtureRequest) -> None:
    chosen = indicator_set()
    with django_assert_num_queries(4):  # type: ignore[operator]
        rules = guide(chosen.pk)
        assert rules.total_maximum == 100
        assert rules.maxima()["MDSH"] == 22
        assert rules.criterion("2.1").max_points == 20
        assert [(look.code, look.step, look.below) for look in rules.bands.values()] == [
            ("excellent", 5, None),
            ("good", 4, 90),
            ("fair", 3, 80),
            ("average", 2, 70),
            ("weak", 1, 50),
        ]


@pytest.mark.django_db
def test_a_set_of_three_bands_still_goes_from_worst_to_best() -> None:
    draft = IndicatorSet.objects.create(code="three", name="Ba bậc", valid_from=202601)
    for minimum in (50, 0, 80):
        Band.objects.create(indicator_set=draft, code=f"from-{minimum}", name=str(minimum), minimum=minimum)
    looks = guide(draft.pk).bands.values()
    assert [(look.code, look.step) for look in looks] == [("from-80", 5), ("from-50", 3), ("from-0", 1)]


@pytest.mark.django_db
def test_a_draft_that_has_no_bands_yet_can_be_read() -> None:
    draft = IndicatorSet.objects.create(code="none", name="Chưa có bậc", valid_from=202601)
    assert guide(draft.pk).bands == {}


@pytest.mark.django_db
def test_names_follow_the_reader_and_fall_back_to_vietnamese() -> None:
    criterion = Criterion(name="Tỷ lệ", name_en="Share")
    with translation.override("en"):
        assert named(criterion) == "Share"
        assert named(Criterion(name="Tỷ lệ")) == "Tỷ lệ"
    with translation.override("vi"):
        assert named(criterion) == "Tỷ lệ"


def test_a_formula_is_read_in_words_and_never_fails_a_page() -> None:
    with translation.override("en"):
        assert formula_reading("received") == "dossiers received"
        assert formula_reading("") == ""
        assert formula_reading("no_such_measure +") == "no_such_measure +"


def test_the_costliest_criterion_comes_first_and_information_last() -> None:
    def result(maximum: int | None, points: str | None) -> CriterionResult:
        criterion = Criterion(max_points=maximum)
        return CriterionResult(criterion, None, None, Decimal(points) if points else None)

    cheap, dear, information = result(20, "19.5"), result(2, "0"), result(None, None)
    assert costliest_first([information, cheap, dear]) == [dear, cheap, information]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "stored", "reason"),
    [
        ("2.1", ["1", "2", "10.00"], ""),
        ("2.1", ["0", "0", "0.00"], "nothing to count in this period"),
        ("2.1", [None, None, "0.00"], "no data in this period"),
        ("5.2", [None, None, "18.00"], "its source data are not connected yet"),
    ],
)
def test_no_rate_comes_without_its_reason(code: str, stored: list[str | None], reason: str) -> None:
    card = Scorecard.objects.get(agency=country().nation)
    card.criteria[code] = stored
    with translation.override("en"):
        results = criterion_results(card, guide(card.indicator_set_id))
        found = next(result for result in results if result.criterion.code == code)
        assert str(found.reason) == reason
        assert (found.rate is None) == bool(reason)


@pytest.mark.django_db
def test_only_units_below_take_over_what_is_inherited() -> None:
    land = country()
    office = AgencyFactory(parent=land.provinces[0])
    rules = guide(land.indicators.pk)
    for card, inherited in (
        (ScorecardFactory(agency=office, indicator_set=land.indicators), True),
        (Scorecard.objects.get(agency=land.provinces[0]), False),
    ):
        found = {result.criterion.code: result.inherited for result in criterion_results(card, rules)}
        assert found["1.4"] is inherited
        assert found["2.1"] is False


def test_an_average_time_is_no_rate() -> None:
    criterion = Criterion(numerator="handling_hundredths", denominator="completed")
    assert CriterionResult(criterion, Decimal(900), Decimal(3), None).rate is None
