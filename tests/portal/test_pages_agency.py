"""An office's page: where its points went, beside whom, since when, under whom."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from scoring.models import Scorecard
from tests.factories import (
    AgencyCodeFactory,
    AgencyFactory,
    HeadFactory,
    ProvinceFactory,
    ScorecardFactory,
    country,
)

pytestmark = pytest.mark.django_db


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_head_line_tells_score_band_rank_and_dossiers(client: Client) -> None:
    province = country().provinces[1]
    html = read(client, f"/co-quan/{province.code}/")
    assert "62,00" in html
    assert "Trung bình" in html
    assert re.search(r"<strong>2</strong> / 3", html)
    assert "405.424" in html


def test_criteria_stand_by_what_they_cost_the_costliest_first(client: Client) -> None:
    province = country().provinces[0]
    html = read(client, f"/co-quan/{province.code}/")
    order = re.findall(r'<a href="/chi-tieu/([\d.]+)/', html)
    assert order == ["4.3", "2.1", "1.4", "5.2", "3.3", "3.6"]
    lost = [Decimal(text.replace(",", ".")) for text in re.findall(r'class="number lost">([^<]+)<', html)]
    assert lost == sorted(lost, reverse=True)
    assert lost[0] == Decimal("8.25")


def test_every_criterion_says_its_counts_and_how_it_is_read(client: Client) -> None:
    province = country().provinces[0]
    html = read(client, f"/co-quan/{province.code}/")
    assert "62,50" in html
    assert "253.390 / 405.424" in html
    assert "hồ sơ nộp trực tuyến" in html or "hồ sơ tiếp nhận trực tuyến" in html


def test_no_data_is_a_dash_with_a_reason_and_never_zero(client: Client) -> None:
    province = country().provinces[0]
    card = Scorecard.objects.get(agency=province)
    card.criteria["3.6"] = ["0", "0", "0.00"]
    card.save()
    html = read(client, f"/co-quan/{province.code}/")
    assert "chưa kết nối nguồn số liệu" in html
    assert "không phát sinh trong kỳ" in html
    assert not re.search(r"\b0,00\u00a0%", html)


def test_groups_stand_beside_the_median_of_the_peers(client: Client) -> None:
    province = country().provinces[0]
    html = read(client, f"/co-quan/{province.code}/")
    progress = html[html.index('data-label="Tiến độ giải quyết"') :][:700]
    assert "12,50 / 20" in progress
    assert "12,40" in progress
    assert "+0,10" in progress


def test_the_trend_holds_the_months_that_have_scores(client: Client) -> None:
    land = country()
    for month in ("2026-M02", "2026-M03"):
        ScorecardFactory(agency=land.provinces[0], indicator_set=land.indicators, period=month)
    html = read(client, f"/co-quan/{land.provinces[0].code}/?ky=2026-M03")
    assert re.findall(r'<th scope="row" data-label="(\d\d/\d{4})"', html) == ["02/2026", "03/2026"]


def test_sub_units_are_ranked_within_their_class(client: Client) -> None:
    land = country()
    province = land.provinces[0]
    for code, rank in (("H44.02", 2), ("H44.01", 1)):
        office = AgencyFactory(parent=province, code=code)
        ScorecardFactory(agency=office, indicator_set=land.indicators, rank=rank, ranked=2)
    html = read(client, f"/co-quan/{province.code}/")
    assert html.index("/co-quan/H44.01/") < html.index("/co-quan/H44.02/")
    assert f"/so-nganh/?cua={province.code}" in html


def test_a_past_result_names_the_head_of_then(client: Client) -> None:
    land = country(period="2025")
    province = land.provinces[0]
    HeadFactory(agency=province, name="Trần Văn Trước", since=date(2024, 1, 1), until=date(2026, 1, 31))
    HeadFactory(agency=province, name="Lê Thị Sau", since=date(2026, 2, 1))
    html = read(client, f"/co-quan/{province.code}/?ky=2025")
    assert "Trần Văn Trước" in html
    assert "Lê Thị Sau" not in html


def test_an_older_code_leads_to_the_present_one(client: Client) -> None:
    province = country().provinces[0]
    AgencyCodeFactory(agency=province, code="000.00.00.H44")
    response = client.get("/co-quan/000.00.00.H44/")
    assert response.status_code == 301
    assert response["Location"] == f"/co-quan/{province.code}/"


def test_an_office_that_ceased_leads_to_its_successor(client: Client) -> None:
    land = country()
    ceased = ProvinceFactory(parent=land.nation, code="H18", valid_to=date(2025, 6, 30))
    ceased.successors.add(land.provinces[0])
    html = read(client, "/co-quan/H18/")
    assert "Kết thúc hoạt động ngày 30/06/2025" in html
    assert f"/co-quan/{land.provinces[0].code}/" in html
    assert "Chưa có dữ liệu" in html
    assert "/co-quan/H18/" in read(client, f"/co-quan/{land.provinces[0].code}/")


def test_an_unknown_code_is_not_found_in_so_many_words(client: Client) -> None:
    response = client.get("/co-quan/H00/")
    assert response.status_code == 404
    assert "Không có cơ quan nào mang mã “H00”" in response.content.decode()


def test_inherited_criteria_say_whose_they_are(client: Client) -> None:
    land = country()
    office = AgencyFactory(parent=land.provinces[0], code="H44.01")
    ScorecardFactory(agency=office, indicator_set=land.indicators)
    taken_over = "Lấy theo kết quả của tỉnh, thành phố hoặc bộ, ngành cấp trên"
    assert taken_over in read(client, "/co-quan/H44.01/")
    assert taken_over not in read(client, f"/co-quan/{land.provinces[0].code}/")


@pytest.mark.parametrize("provinces", [5, 50])
def test_a_page_asks_the_database_as_often_beside_fifty_peers_as_beside_five(
    client: Client, provinces: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    land = country(provinces)
    with django_assert_num_queries(27):  # type: ignore[operator]
        client.get(f"/co-quan/{land.provinces[0].code}/")
