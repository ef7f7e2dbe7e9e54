"""`/api/v1/agencies/`: who there is, filtered, in pages, for anyone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.factories import (
    AgencyCodeFactory,
    AgencyFactory,
    HeadFactory,
    NationFactory,
    ProvinceFactory,
    ScorecardFactory,
    country,
)

pytestmark = pytest.mark.django_db


def answer(client: Client, address: str, status: int = 200, **query: Any) -> Any:
    response = client.get(address, query)
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    return response.json()


@pytest.fixture
def offices() -> None:
    nation = NationFactory()
    province = ProvinceFactory(parent=nation, code="H44", short_name="Phú Thọ")
    ProvinceFactory(parent=nation, code="H26", short_name="Hà Nội")
    AgencyFactory(parent=province, code="H44.01", name="Sở Tư pháp")


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, ["H26", "H44", "H44.01", "VN"]),
        ({"kind": "province"}, ["H26", "H44"]),
        ({"parent": "H44"}, ["H44.01"]),
        ({"q": "so tu phap"}, ["H44.01"]),
        ({"kind": "province", "q": "phu tho"}, ["H44"]),
    ],
)
def test_offices_are_listed_as_asked(
    client: Client, offices: None, query: dict[str, str], codes: list[str]
) -> None:
    found = answer(client, "/api/v1/agencies/", **query)
    assert [row["code"] for row in found["results"]] == codes
    assert found["count"] == len(codes)


@pytest.mark.parametrize(("field", "value"), [("kind", "planet"), ("parent", "H00")])
def test_a_filter_that_makes_no_sense_names_its_field(
    client: Client, offices: None, field: str, value: str
) -> None:
    assert list(answer(client, "/api/v1/agencies/", 400, **{field: value})) == [field]


def test_long_lists_come_in_pages(client: Client, offices: None) -> None:
    first = answer(client, "/api/v1/agencies/", page_size=3)
    assert len(first["results"]) == 3
    second = answer(client, first["next"])
    assert [row["code"] for row in second["results"]] == ["VN"]


def test_one_office_tells_its_codes_history_head_and_periods(client: Client) -> None:
    land = country()
    province = land.provinces[0]
    AgencyCodeFactory(agency=province, code="000.00.00.H44")
    HeadFactory(agency=province, name="Nguyễn Văn Minh", since=date(2025, 7, 1))
    ceased = ProvinceFactory(parent=land.nation, code="H18", valid_to=date(2025, 6, 30))
    ceased.successors.add(province)
    ScorecardFactory(agency=province, indicator_set=land.indicators, period="2026-Q1")
    found = answer(client, "/api/v1/agencies/000.00.00.H44/")
    assert found["code"] == province.code
    assert found["parent"] == "VN"
    assert found["predecessors"] == ["H18"]
    assert found["head"]["name"] == "Nguyễn Văn Minh"
    assert found["periods"] == ["2026", "2026-Q1"]
    assert answer(client, "/api/v1/agencies/H18/")["successors"] == [province.code]


def test_an_unknown_office_is_not_found_in_so_many_words(client: Client) -> None:
    assert "H00" in answer(client, "/api/v1/agencies/H00/", 404)["detail"]


@pytest.mark.parametrize("offices", [5, 50])
def test_the_list_asks_the_database_as_often_for_fifty_as_for_five(
    client: Client, offices: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    nation = NationFactory()
    for _ in range(offices):
        ProvinceFactory(parent=nation)
    with django_assert_num_queries(2):  # type: ignore[operator]
        client.get("/api/v1/agencies/?page_size=100")
