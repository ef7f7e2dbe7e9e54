"""`/api/v1/standings/`: a class of offices by rank."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as CacheAwayError

from portal.api.reading import ReadThrottle
from tests.factories import ProvinceFactory, ScorecardFactory, country

pytestmark = pytest.mark.django_db


def answer(client: Client, status: int = 200, **query: Any) -> Any:
    response = client.get("/api/v1/standings/", query)
    assert response.status_code == status, response.content
    return response.json()


def test_provinces_of_the_newest_year_come_without_asking(client: Client) -> None:
    land = country()
    found = answer(client)
    assert (found["period"], found["peer_class"]) == ("2026", "provinces")
    assert [row["agency"] for row in found["results"]] == [province.code for province in land.provinces]
    assert found["results"][0]["groups"]["CKMB"] == {"points": 11.25, "max": 18}


def test_any_class_and_period_can_be_asked_for(client: Client) -> None:
    land = country()
    ScorecardFactory(
        agency=land.nation, indicator_set=land.indicators, period="2026-Q1", share=Decimal("0.5")
    )
    found = answer(client, **{"class": "nation", "period": "2026-Q1"})
    assert [(row["agency"], row["total"]) for row in found["results"]] == [("VN", 50)]


def test_those_not_ranked_come_last_with_their_count(client: Client) -> None:
    land = country()
    few = ProvinceFactory(parent=land.nation, code="H01")
    ScorecardFactory(agency=few, indicator_set=land.indicators, share=Decimal("0.9"), rank=None, dossiers=3)
    last = answer(client)["results"][-1]
    assert (last["agency"], last["rank"], last["dossiers"]) == ("H01", None, 3)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"period": "2026-M13"}, "period"),
        ({"class": "planets"}, "class"),
        ({"class": "communes:H00"}, "class"),
    ],
)
def test_a_question_that_makes_no_sense_names_its_field(
    client: Client, query: dict[str, str], field: str
) -> None:
    country()
    assert list(answer(client, 400, **query)) == [field]


def test_without_scores_it_says_so(client: Client) -> None:
    assert "detail" in answer(client, 404)
    country()
    assert "2019" in answer(client, 404, period="2019")["detail"]


@pytest.mark.parametrize("provinces", [5, 50])
def test_it_asks_the_database_as_often_for_fifty_offices_as_for_five(
    client: Client, provinces: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    country(provinces)
    with django_assert_num_queries(9):  # type: ignore[operator]
        client.get("/api/v1/standings/?period=2026")


def test_one_address_cannot_ask_without_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    country()
    monkeypatch.setattr(ReadThrottle, "rate", "2/min")
    assert [client.get("/api/v1/standings/").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/api/v1/standings/", REMOTE_ADDR="10.0.0.9").status_code == 200


def test_it_answers_while_the_cache_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    country()

    def away(*_args: object, **_kwargs: object) -> None:
        raise CacheAwayError("no connection")

    for name in ("get", "set"):
        monkeypatch.setattr(cache, name, away)
    answer(client)
