"""Two sets side by side: what is told is what was changed, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override

from scoring.drafting import new_draft
from scoring.explanation import guide
from scoring.models import Criterion, Group, IndicatorSet
from scoring.set_comparison import Comparison, Status, compare
from tests.admin_people import People, in_english, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.factories import indicator_set


@pytest.fixture
def approved(db: None) -> IndicatorSet:
    return indicator_set()


@pytest.fixture
def draft(approved: IndicatorSet) -> IndicatorSet:
    return new_draft(approved, 202501)


def compared(older: IndicatorSet, newer: IndicatorSet) -> Comparison:
    return compare(guide(older.pk), guide(newer.pk))


def change(draft: IndicatorSet, code: str, **values: Any) -> None:
    Criterion.objects.filter(group__indicator_set=draft, code=code).update(**values)


def test_a_copy_says_the_same(approved: IndicatorSet, draft: IndicatorSet) -> None:
    found = compared(approved, draft)
    assert found.is_same
    assert {block.status for block in found.blocks} == {Status.SAME}
    assert len(found.criteria(Status.SAME)) == Criterion.objects.filter(group__indicator_set=draft).count()


@pytest.mark.parametrize(
    ("values", "what", "before", "after"),
    [
        ({"max_points": 15}, "maximum points", "20.00 points", "15.00 points"),
        ({"max_points": None}, "maximum points", "20.00 points", "for information"),
        ({"threshold": Decimal("0.85")}, "full points at", "100.00 %", "85.00 %"),
        ({"zero_rule": "full"}, "when there is nothing to count", "No points", "Full points"),
        ({"inherited": True}, "taken from the province or ministry", "no", "yes"),
        ({"kinds": ["commune"]}, "applies to", "all kinds of agencies", "Commune, ward or special zone"),
    ],
)
def test_each_change_is_told_once(
    approved: IndicatorSet, draft: IndicatorSet, values: dict[str, Any], what: str, before: str, after: str
) -> None:
    change(draft, "2.1", **values)
    with override("en"):
        found = compared(approved, draft)
        (one,) = found.criteria(Status.CHANGED)
        assert (one.code, [tuple(told) for told in one.differences]) == ("2.1", [(what, before, after)])
        assert not found.of_the_set or [told.what for told in found.of_the_set] == ["points in all"]
        assert [block.code for block in found.blocks if block.status is not Status.SAME] == ["TDGQ"]


def test_formulas_are_told_in_words_and_as_written(approved: IndicatorSet, draft: IndicatorSet) -> None:
    change(draft, "2.1", numerator="ended_on_time")
    with override("en"):
        (one,) = compared(approved, draft).criteria(Status.CHANGED)
        (told,) = one.differences
        assert told.what == "numerator" and told.after.endswith("(ended_on_time)")
        assert "dossiers handled early or on time" in told.after


def test_what_is_new_and_what_is_gone(approved: IndicatorSet, draft: IndicatorSet) -> None:
    Criterion.objects.filter(group__indicator_set=draft, code="2.1").delete()
    group = Group.objects.create(indicator_set=draft, code="MOI", name="Nhóm mới", position=9)
    Criterion.objects.create(group=group, code="9.1", name="Chỉ tiêu mới", position=1, max_points=5)
    IndicatorSet.objects.filter(pk=draft.pk).update(minimum_dossiers=30, ties="dense")
    draft.bands.filter(minimum__gt=80).update(minimum=95)
    found = compared(approved, IndicatorSet.objects.get(pk=draft.pk))
    assert [one.code for one in found.criteria(Status.ADDED)] == ["9.1"]
    assert [one.code for one in found.criteria(Status.REMOVED)] == ["2.1"]
    assert {block.code: block.status for block in found.blocks}["MOI"] is Status.ADDED
    assert len(found.of_the_set) == 3 and len(found.bands) == 1
    back = compared(IndicatorSet.objects.get(pk=draft.pk), approved)
    assert [one.code for one in back.criteria(Status.REMOVED)] == ["9.1"]


def test_the_page_begins_with_the_set_that_would_be_replaced(
    people: People, approved: IndicatorSet, draft: IndicatorSet
) -> None:
    change(draft, "2.1", max_points=15)
    page = reverse("set-compare", args=[draft.pk])
    for client in (people.reviewer, people.administrator, people.officer, people.neighbour):
        answer = in_english(client).get(page)
        assert answer.status_code == 200 and answer.context["older"] == approved
    text = answer.content.decode()
    assert "maximum points" in text and "Openness" not in text
    assert "Openness" in people.reviewer.get(f"{page}?show=all").content.decode()
    assert people.reviewer.get(f"{page}?with={approved.pk}").context["older"] == approved
    assert people.reviewer.get(f"{page}?with=999999").status_code == 404
    assert people.reviewer.get(reverse("set-compare", args=[999999])).status_code == 404
    alone = people.reviewer.get(reverse("set-compare", args=[approved.pk])).context["older"]
    assert alone == draft, "with nothing older, the other one there is"
