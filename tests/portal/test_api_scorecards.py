"""`/api/v1/agencies/{code}/scorecards/{period}/`: a score, down to every count."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from scoring.models import Scorecard
from tests.factories import AgencyFactory, ScorecardFactory, country

pytestmark = pytest.mark.django_db


def answer(client: Client, address: str, status: int = 200) -> Any:
    response = client.get(address)
    assert response.status_code == status, response.content
    return response.json()


def test_a_scorecard_holds_points_and_counts_as_numbers(client: Client) -> None:
    land = country()
    code = land.provinces[0].code
    found = answer(client, f"/api/v1/agencies/{code}/scorecards/2026/")
    assert found["agency"] == code
    assert (found["total"], found["max"], found["band"]) == (62.5, 100, "average")
    assert (found["rank"], found["ranked"]) == (1, 3)
    assert found["groups"]["TDGQ"] == {"points": 12.5, "max": 20}
    assert found["criteria"]["2.1"] == {
        "numerator": 253390,
        "denominator": 405424,
        "rate": 0.625,
        "points": 12.5,
        "max": 20,
    }
    assert found["provisional"] is True
    assert found["peer_class"] == "provinces"
    assert found["as_of"] == "2026-10-15T10:00:00+07:00"


def test_what_is_not_known_is_null_and_never_zero(client: Client) -> None:
    land = country()
    card = Scorecard.objects.get(agency=land.provinces[0])
    card.criteria["3.6"] = ["0", "0", "0.00"]
    card.rank = None
    card.save()
    found = answer(client, f"/api/v1/agencies/{card.agency.code}/scorecards/2026/")
    assert found["rank"] is None
    assert found["criteria"]["5.2"]["numerator"] is None
    nothing_to_count = found["criteria"]["3.6"]
    assert (nothing_to_count["denominator"], nothing_to_count["rate"]) == (0, None)


def test_the_class_of_a_department_can_be_asked_for_again(client: Client) -> None:
    land = country()
    office = AgencyFactory(parent=land.provinces[0], code="H44.01")
    ScorecardFactory(agency=office, indicator_set=land.indicators)
    peers = answer(client, "/api/v1/agencies/H44.01/scorecards/2026/")["peer_class"]
    assert peers == f"departments:{land.provinces[0].code}"
    assert answer(client, f"/api/v1/standings/?class={peers}")["results"][0]["agency"] == "H44.01"


@pytest.mark.parametrize(
    ("period", "said"), [("2026-M13", "2026-M13"), ("2026-03", "2026-M03"), ("2019", "2019")]
)
def test_a_bad_period_or_one_without_scores_is_said_plainly(client: Client, period: str, said: str) -> None:
    code = country().provinces[0].code
    assert said in answer(client, f"/api/v1/agencies/{code}/scorecards/{period}/", 404)["detail"]


def test_it_needs_few_queries(client: Client, django_assert_max_num_queries: pytest.FixtureRequest) -> None:
    code = country().provinces[0].code
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get(f"/api/v1/agencies/{code}/scorecards/2026/")
