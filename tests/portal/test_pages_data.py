"""Open data: files that programs and spreadsheets read alike."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.test import Client

from scoring.measures import MEASURES
from scoring.models import Tally
from scoring.models.tally import Scope
from tests.factories import AgencyFactory, ProvinceFactory, ScorecardFactory, country, indicator_set

pytestmark = pytest.mark.django_db


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith("\ufeff".encode())
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_standings_as_a_file_say_what_the_page_says(client: Client) -> None:
    land = country()
    rows = rows_of(client, "/du-lieu/xep-hang.csv?nhom=provinces&ky=2026")
    assert [row["code"] for row in rows] == [province.code for province in land.provinces]
    assert rows[0]["total"] == "62.50"
    assert rows[0]["TDGQ"] == "12.50"
    assert rows[0]["band"] == "average"
    assert rows[0]["change_since_previous_period"] == ""


def test_criteria_as_a_file_hold_counts_rates_and_points(client: Client) -> None:
    country()
    rows = rows_of(client, "/du-lieu/chi-tieu.csv?nhom=provinces&ky=2026")
    assert len(rows) == 3 * 6
    progress = next(row for row in rows if row["criterion"] == "2.1")
    assert (progress["numerator"], progress["denominator"]) == ("253390", "405424")
    assert progress["rate"] == "0.6250"
    waiting = next(row for row in rows if row["criterion"] == "5.2")
    assert (waiting["numerator"], waiting["rate"]) == ("", "")


def test_the_offices_of_one_province_have_their_file(client: Client) -> None:
    land = country()
    office = AgencyFactory(parent=land.provinces[0], code="H44.01")
    ScorecardFactory(agency=office, indicator_set=land.indicators)
    address = f"/du-lieu/xep-hang.csv?nhom=departments:{land.provinces[0].code}&ky=2026"
    assert [row["code"] for row in rows_of(client, address)] == ["H44.01"]


def test_counts_by_month_hold_every_measure(client: Client) -> None:
    land = country(period="2026-M03")
    Tally.objects.create(agency=land.provinces[0], month=202603, scope=Scope.SUBTREE, received=12)
    rows = rows_of(client, "/du-lieu/so-dem.csv?nhom=provinces&ky=2026-M03")
    assert set(MEASURES) <= set(rows[0])
    assert rows[0]["received"] == "12"


@pytest.mark.parametrize(
    "address",
    [
        "/du-lieu/so-dem.csv?nhom=provinces&ky=2026",
        "/du-lieu/xep-hang.csv?nhom=planets&ky=2026",
        "/du-lieu/xep-hang.csv?nhom=departments:H00&ky=2026",
        "/du-lieu/xep-hang.csv?nhom=provinces&ky=1999",
    ],
)
def test_a_file_that_does_not_exist_is_not_found(client: Client, address: str) -> None:
    country()
    assert client.get(address).status_code == 404


def test_one_office_has_its_criteria_and_its_months(client: Client) -> None:
    land = country()
    code = land.provinces[0].code
    ScorecardFactory(agency=land.provinces[0], indicator_set=land.indicators, period="2026-M02")
    assert len(rows_of(client, f"/co-quan/{code}/chi-tieu.csv?ky=2026")) == 6
    months = rows_of(client, f"/co-quan/{code}/theo-thang.csv?ky=2026-M02")
    assert [(row["month"], row["total"]) for row in months] == [("202602", "62.50")]


def test_the_list_of_offices_tells_their_place_and_their_end(client: Client) -> None:
    land = country(provinces=1)
    ProvinceFactory(parent=land.nation, code="H18", valid_to=date(2025, 6, 30))
    by_code = {row["code"]: row for row in rows_of(client, "/du-lieu/co-quan.csv")}
    assert by_code["H18"]["valid_to"] == "2025-06-30"
    assert by_code["H18"]["parent"] == "VN"


def test_the_indicator_set_is_a_file(client: Client) -> None:
    indicator_set()
    rows = rows_of(client, "/du-lieu/bo-chi-so.csv")
    assert [row["criterion"] for row in rows] == ["1.4", "2.1", "3.3", "3.6", "4.3", "5.2"]


def test_a_name_that_a_spreadsheet_would_run_is_only_text(client: Client) -> None:
    land = country(provinces=1)
    land.provinces[0].name = '=HYPERLINK("http://example.org")'
    land.provinces[0].save()
    rows = rows_of(client, "/du-lieu/xep-hang.csv")
    assert rows[0]["name"].startswith("'=")


def test_the_page_explains_every_measure(client: Client) -> None:
    country()
    html = client.get("/du-lieu/").content.decode()
    assert all(f"<code>{name}</code>" in html for name in MEASURES)
    assert "/du-lieu/xep-hang.csv?nhom=ministries&amp;ky=2026" in html


def test_before_any_score_the_page_offers_what_is_known(client: Client) -> None:
    html = client.get("/du-lieu/").content.decode()
    assert "Chưa có dữ liệu" in html
    assert "/du-lieu/co-quan.csv" in html
