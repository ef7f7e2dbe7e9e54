"""Formulas tried as they are written: read back, refused with their place, worked out on real counts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from scoring.models import Group, IndicatorSet, Scorecard
from scoring.recount import recount_all
from tests.admin_people import People, in_english, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.scoring.country import NOW, Country, make_dossier, on

RIGHT = {
    "numerator": "ended_on_time + open_on_time",
    "denominator": "ended_on_time + ended_late + open_on_time + open_late",
}


@pytest.fixture
def counted(country: Country) -> None:
    """March, counted and graded."""
    call_command("load_indicators", verbosity=0)
    for number, office in enumerate(country.handling):
        for day in range(9):
            late = on(3, 28) if day < number * 2 else on(3, 3 + day)
            make_dossier(office, country.marriage, on(3, 2 + day), ended_at=late)
    recount_all(NOW)


def asked(people: People, **values: Any) -> dict[str, Any]:
    answer = in_english(people.reviewer).get(reverse("formula-check"), values)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    told: dict[str, Any] = answer.json()
    return told


def test_it_is_read_back_in_plain_words(people: People) -> None:
    told = asked(people, **RIGHT)
    assert told["numerator"]["ok"] and "dossiers handled early or on time" in told["numerator"]["reading"]
    assert told["trial"] is None and told["problem"] == ""


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("received +", 11, "Column 11"),
        ("receivd", 1, "received"),
        ("received $ 2", 10, "no place in a formula"),
        ("__import__('os')", 12, ""),
        ("(" * 60 + "1" + ")" * 60, None, ""),
    ],
)
def test_a_mistake_is_told_with_its_place(people: People, text: str, column: int | None, said: str) -> None:
    told = asked(people, numerator=text, denominator="received", agency="H44")["numerator"]
    assert not told["ok"] and said in told["error"] and told["reading"] == ""
    assert column is None or told["column"] == column


def test_it_is_worked_out_as_grading_does(people: People, counted: None) -> None:
    for code in ("H44", "H44.101", "H19.101", "VN"):
        told = asked(people, **RIGHT, agency=code.lower(), period="2026-M03", max_points="20", threshold="1")[
            "trial"
        ]
        numerator, denominator, points = Scorecard.objects.get(agency__code=code, period="2026-M03").criteria[
            "2.1"
        ]
        assert (told["numerator"], told["denominator"]) == (numerator, denominator)
        assert told["points"] == f"{points} / 20.00"
        assert {count["name"] for count in told["counts"]} == {
            "ended_on_time", "open_on_time", "ended_late", "open_late",
        }  # fmt: skip


def test_an_inherited_criterion_takes_the_provinces_counts(people: People, counted: None) -> None:
    own = asked(people, numerator="received", denominator="received", agency="H44.101", period="2026-M03")
    lent = asked(
        people,
        numerator="received",
        denominator="received",
        agency="H44.101",
        period="2026-M03",
        inherited="on",
    )
    assert (own["trial"]["numerator"], lent["trial"]["numerator"]) == ("9", "27")
    assert lent["trial"]["lender"] == "Agency H44" and own["trial"]["lender"] == ""


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"agency": "H00"}, "H00"),
        ({"agency": "H44", "period": "yesterday"}, "yesterday"),
        ({"agency": "H44", "period": "2026-M13"}, "2026-M13"),
    ],
)
def test_where_it_cannot_be_tried_it_says_why(people: People, values: dict[str, str], problem: str) -> None:
    told = asked(people, **RIGHT, **values)
    assert problem in told["problem"] and told["trial"] is None


def test_figures_of_the_form_that_make_no_sense_do_no_harm(people: People, counted: None) -> None:
    for values in (
        {"max_points": "NaN", "threshold": "x"},
        {"max_points": "1e9", "threshold": "0", "zero_rule": "?"},
    ):
        told = asked(people, **RIGHT, agency="H44", period="2026-M03", **values)["trial"]
        assert told["points"] == "for information"


def test_without_javascript_the_page_does_the_same(people: People, counted: None) -> None:
    page = in_english(people.reviewer).get(
        reverse("formula"), {**RIGHT, "agency": "H44", "period": "2026-M03", "max_points": "20"}
    )
    text = page.content.decode()
    assert "dossiers handled early or on time" in text and "/ 20.00" in text
    wrong = in_english(people.reviewer).get(reverse("formula"), {"numerator": "receivd"}).content.decode()
    assert "Column 1" in wrong
    assert (
        "Nothing was counted"
        in in_english(people.reviewer)
        .get(reverse("formula"), {**RIGHT, "agency": "H44", "period": "2025-M01"})
        .content.decode()
    )


def test_only_who_keeps_sets_and_only_on_what_they_see(people: People, counted: None) -> None:
    for client in (people.officer, people.neighbour):
        assert client.get(reverse("formula")).status_code == 404
        assert client.get(reverse("formula-check"), RIGHT).status_code == 404
    mine = {**RIGHT, "period": "2026-M03"}
    seen = people.administrator.get(reverse("formula-check"), {**mine, "agency": "H44.101"}).json()
    hidden = people.administrator.get(reverse("formula-check"), {**mine, "agency": "H19"}).json()
    assert seen["trial"] and hidden["trial"] is None and "H19" in hidden["problem"]


def test_a_blocks_page_offers_the_editor(people: People, counted: None) -> None:
    group = Group.objects.filter(indicator_set=IndicatorSet.objects.get()).first()
    assert group is not None
    text = people.operator.get(reverse("admin:scoring_group_change", args=[group.pk])).content.decode()
    assert reverse("formula-check") in text and "portal/admin/formula.js" in text
