"""The indicator set and a criterion: the rule in words, the formula, everyone's counts."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.factories import AgencyFactory, ScorecardFactory, country, indicator_set

pytestmark = pytest.mark.django_db


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_criterion_tells_rule_formula_threshold_and_source(client: Client) -> None:
    country()
    html = read(client, "/chi-tieu/2.1/")
    assert "Số hồ sơ đạt yêu cầu của chỉ tiêu 2.1" in html
    assert "Tử số" in html
    assert "ended_on_time" not in html
    assert "100,00\u00a0%" in html
    assert "Quyết định 766/QĐ-TTg, Phụ lục" in html


def test_it_tells_in_english_too(client: Client) -> None:
    country()
    client.cookies["django_language"] = "en"
    html = read(client, "/chi-tieu/2.1/")
    assert "Dossiers that satisfy criterion 2.1" in html
    assert "dossiers handled early or on time" in html
    assert "56.56%" in html


def test_counts_of_every_province_stand_by_rate_and_ministries_apart(client: Client) -> None:
    land = country()
    ministry = AgencyFactory(parent=land.nation, kind="ministry", code="G15")
    ScorecardFactory(agency=ministry, indicator_set=land.indicators)
    provinces = [province.code for province in land.provinces]
    assert re.findall(r'scope="row"><a href="/co-quan/([^/]+)/', read(client, "/chi-tieu/2.1/")) == provinces
    apart = read(client, "/chi-tieu/2.1/?nhom=bo-nganh")
    assert re.findall(r'scope="row"><a href="/co-quan/([^/]+)/', apart) == ["G15"]


def test_the_nation_moves_month_by_month(client: Client) -> None:
    land = country()
    for month in ("2026-M01", "2026-M02"):
        ScorecardFactory(agency=land.nation, indicator_set=land.indicators, period=month)
    html = read(client, "/chi-tieu/2.1/?ky=2026-M02")
    assert re.findall(r'data-label="(\d\d/\d{4})"', html) == ["01/2026", "02/2026"]


def test_a_criterion_without_data_says_so_everywhere(client: Client) -> None:
    country()
    html = read(client, "/chi-tieu/5.2/")
    assert "chưa kết nối nguồn số liệu" in html
    assert "—" in html


def test_the_rules_can_be_read_before_any_score(client: Client) -> None:
    indicator_set()
    assert "Tỷ lệ hồ sơ của chỉ tiêu 2.1" in read(client, "/chi-tieu/")
    assert "Chưa có dữ liệu" in read(client, "/chi-tieu/2.1/")


def test_without_a_set_there_is_nothing_to_read(client: Client) -> None:
    assert "Chưa có bộ chỉ số nào" in read(client, "/chi-tieu/")
    assert client.get("/chi-tieu/2.1/").status_code == 404


def test_a_criterion_the_set_does_not_have_is_not_found(client: Client) -> None:
    country()
    response = client.get("/chi-tieu/9.9/")
    assert response.status_code == 404
    assert "Bộ chỉ số không có chỉ tiêu 9.9" in response.content.decode()


@pytest.mark.parametrize("provinces", [5, 50])
def test_a_criterion_asks_the_database_as_often_for_fifty_offices_as_for_five(
    client: Client, provinces: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    country(provinces)
    with django_assert_num_queries(12):  # type: ignore[operator]
        client.get("/chi-tieu/2.1/")
