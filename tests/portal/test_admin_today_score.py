"""Today's score: what moved in a week, what costs points and by which dossiers, who pulls it down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies import roles
from agencies.granting import grant
from agencies.models import Agency, User
from agencies.tree import place
from scoring.models import IndicatorSet, Scorecard, ScoreSnapshot
from tests.admin_people import People, in_english, people_at_the_door, signed_in, small_country
from tests.factories import ScorecardFactory, indicator_set
from tests.people import LET_IN, account, role
from tests.scoring.country import Country

__all__ = ["people_at_the_door", "small_country"]

INDEX = "admin:index"
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
PERIOD = "2026-M11"


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 21 November 2026, far enough into the month to look a week back."""
    monkeypatch.setattr("portal.admin.today.page.timezone.now", lambda: NOW)


@pytest.fixture
def rules(db: None) -> IndicatorSet:
    return indicator_set()


def scored(agency: Agency, rules: IndicatorSet, share: str, **facts: Any) -> Scorecard:
    made: Scorecard = ScorecardFactory(
        agency=agency, indicator_set=rules, period=PERIOD, share=Decimal(share), **facts
    )
    return made


def week_ago(agency: Agency, total: str, points: dict[str, str] | None = None, rank: int | None = 3) -> None:
    ScoreSnapshot.objects.create(
        agency=agency,
        period=PERIOD,
        taken_on=(NOW - timedelta(days=7)).date(),
        total=total,
        rank=rank,
        points=points,
    )


def page(client: Client, query: str = "") -> Any:
    return in_english(client).get(reverse(INDEX) + query)


def test_what_moved_in_a_week_in_points_places_and_by_criterion(
    people: People, country: Country, rules: IndicatorSet
) -> None:
    scored(country.north, rules, "0.6", rank=2, ranked=34)
    week_ago(country.north, "58.50", {"2.1": "11.00", "3.6": "6.50", "4.3": None})
    answer = page(people.administrator)
    score = answer.context["score"]
    assert score.agency == country.north
    assert (score.standing.since_last_week.points, score.standing.since_last_week.places) == (
        Decimal("1.50"),
        1,
    )
    moved = {cost.result.criterion.code: cost.moved for cost in score.costs}
    assert moved["2.1"] == Decimal("1.00")
    assert moved["3.6"] == Decimal("-0.50")
    assert moved["4.3"] is None and moved["3.3"] is None
    text = answer.content.decode()
    assert "+1.50" in text and "rank 2 of 34" in text


def test_without_a_week_to_compare_with_it_says_so(
    people: People, country: Country, rules: IndicatorSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored(country.north, rules, "0.6")
    assert "What it was a week ago is not known." in page(people.administrator).content.decode()
    early = datetime(2026, 11, 3, 3, 0, tzinfo=UTC)
    monkeypatch.setattr("portal.admin.today.page.timezone.now", lambda: early)
    assert "The month is less than a week old." in page(people.administrator).content.decode()


def test_each_criterion_leads_to_its_dossiers_or_says_why_not(
    people: People, country: Country, rules: IndicatorSet
) -> None:
    card = scored(country.north_department, rules, "0.5", dossiers=100)
    card.criteria = {
        **card.criteria,
        "2.1": ["60", "100", "12.00"],
        "3.6": ["0", "0", "0.00"],
        "4.3": ["99", "100", "21.78"],
    }
    card.save()
    answer = page(people.administrator, f"?agency={country.north_department.code}")
    costs = {cost.result.criterion.code: cost for cost in answer.context["score"].costs}
    assert costs["2.1"].dossiers == 40
    assert costs["2.1"].url == reverse("behind", args=["H44.01", PERIOD, "2.1"])
    assert people.administrator.get(costs["2.1"].url).status_code == 200
    assert costs["1.4"].url == "" and costs["1.4"].result.inherited
    assert costs["3.6"].url == ""
    text = answer.content.decode()
    assert "The 40 dossiers that cost points" in text
    assert "The 1 dossier that costs points" in text
    assert "taken from the province or ministry above" in text
    assert "nothing to count in this period" in text


def test_who_pulls_it_down_is_said_in_dossiers_and_leads_to_them(
    people: People, country: Country, rules: IndicatorSet
) -> None:
    whole = scored(country.north, rules, "0.5")
    whole.criteria = {"2.1": ["800", "1000", "16.00"]}
    whole.save()
    for agency, met, counted in ((country.north_communes[0], 20, 100), (country.north_department, 780, 900)):
        card = scored(agency, rules, "0.4", rank=7, ranked=9)
        card.criteria = {"2.1": [str(met), str(counted), "4.00"]}
        card.save()
    answer = page(people.administrator)
    (unit,) = answer.context["score"].units
    assert unit.pulling.scorecard.agency == country.north_communes[0]
    text = answer.content.decode()
    assert "80 of the 200 late dossiers of Agency H44 (40.00%)" in text
    assert "while it has 10.00% of all dossiers counted" in text
    assert unit.dossiers_url == reverse("behind", args=["H44", PERIOD, "2.1"]) + "?unit=H44.101"
    assert people.administrator.get(unit.dossiers_url).status_code == 200
    below = page(people.administrator, unit.home_url.removeprefix(reverse(INDEX)))
    assert below.context["score"].agency == country.north_communes[0]


def test_only_what_one_sees_can_be_chosen(people: People, country: Country, rules: IndicatorSet) -> None:
    scored(country.south, rules, "0.6")
    for client in (people.administrator, people.officer):
        answer = page(client, f"?agency={country.south.code}")
        assert answer.context["score"].agency != country.south
        assert country.south.name not in answer.content.decode()
    assert page(people.officer, "?agency=H44").context["score"].agency == country.north_communes[0]
    assert page(people.reviewer, "?agency=H19").context["score"].agency == country.south
    assert page(people.administrator, "?agency=nowhere").context["score"].agency == country.north


def test_a_person_of_several_agencies_sees_them_beside_each_other(
    people: People, country: Country, rules: IndicatorSet
) -> None:
    both = account("both")
    for agency in country.north_communes:
        operator = User.objects.get(username="operator")
        grant(operator, both, role(roles.OFFICER), agency, reason="two offices", as_of=LET_IN)
    scored(country.north_communes[1], rules, "0.7", rank=1, ranked=2)
    week_ago(country.north_communes[1], "69.00", rank=1)
    client = signed_in(both)
    answer = page(client)
    assert [office.agency for office in answer.context["offices"].listed] == country.north_communes
    assert answer.context["score"].agency == country.north_communes[0]
    text = answer.content.decode()
    assert "?agency=H44.102" in text and "70.00" in text and "+1.00" in text
    assert page(client, "?agency=H44.102").context["score"].agency == country.north_communes[1]
    assert page(people.administrator).context["offices"].listed == ()


def test_as_many_queries_for_one_agency_as_for_forty(
    people: People, country: Country, rules: IndicatorSet
) -> None:
    many = account("many")
    operator = User.objects.get(username="operator")
    for agency in country.north_communes:
        grant(operator, many, role(roles.ADMINISTRATOR), agency, reason="work", as_of=LET_IN)
        scored(agency, rules, "0.6")
    client = signed_in(many)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = page(client)
        assert answer.context["score"].standing is not None
        return len(captured)

    queries()
    few = queries()
    for number in range(38):
        agency = place(Agency(code=f"H44.2{number:02}", kind="commune", name=f"Xã {number}"), country.north)
        grant(operator, many, role(roles.ADMINISTRATOR), agency, reason="work", as_of=LET_IN)
        scored(agency, rules, "0.5")
        place(Agency(code=f"H44.3{number:02}", kind="unit", name=f"Tổ {number}"), country.north_communes[0])
    assert queries() == few <= 42
    answer = page(client)
    assert len(answer.context["offices"].listed) == 12
    assert answer.context["offices"].more == 28
    assert "and 28 more" in answer.content.decode()


def test_a_commune_without_dossiers_is_told_what_comes_next(people: People, country: Country) -> None:
    text = page(people.officer).content.decode()
    assert "Nothing has been counted for this month yet." in text
    assert "Nor was anything counted in the months before." in text
    assert "No system is connected yet" not in text


def test_a_month_without_counts_leads_to_the_last_one_with(
    people: People, country: Country, rules: IndicatorSet
) -> None:
    for period, share in (("2026-M08", "0.4"), ("2026-M09", "0.61"), ("2026", "0.9")):
        ScorecardFactory(
            agency=country.north_communes[0], indicator_set=rules, period=period, share=Decimal(share)
        )
    answer = page(people.officer)
    assert answer.context["score"].last.period == "2026-M09"
    assert "September 2026: 61.00 points" in answer.content.decode()


def test_who_may_see_nothing_is_told_whom_to_ask(people: People, country: Country) -> None:
    answer = page(signed_in(account("nobody")))
    assert answer.context["score"] is None and answer.context["work"] == []
    assert "Ask the administrator of your agency." in answer.content.decode()
