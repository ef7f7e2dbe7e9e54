"""Standings: what a visitor finds at home, sorts, and is told when there is nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from procedures.months import month_of
from scoring.freshness import bump
from scoring.models import Scorecard
from scoring.periods import Period, PeriodKind
from tests.factories import AgencyFactory, ScorecardFactory, SnapshotFactory, country

pytestmark = pytest.mark.django_db


def names_in_order(html: str) -> list[str]:
    """The codes of the table's rows, from the top."""
    return re.findall(r'<tr data-code="([^"]+)"', html)


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_home_shows_the_nation_and_its_provinces_by_rank(client: Client) -> None:
    land = country()
    html = read(client, "/")
    assert "56,56" in html
    assert names_in_order(html) == [province.code for province in land.provinces]
    assert "62,50" in html


def test_without_scores_home_says_why(client: Client) -> None:
    html = read(client, "/")
    assert "Chưa có dữ liệu" in html
    assert "khi các hệ thống kết nối đã gửi hồ sơ" in html


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("?sap-xep=diem&chieu=tang", 2, 0),
        ("?sap-xep=diem&chieu=giam", 0, 2),
        ("?sap-xep=TDGQ", 0, 2),
        ("?sap-xep=TDGQ&chieu=tang", 2, 0),
        ("?sap-xep=no-such-column", 0, 2),
    ],
)
def test_the_table_sorts_as_its_address_asks(client: Client, query: str, first: int, last: int) -> None:
    land = country()
    found = names_in_order(read(client, f"/{query}"))
    assert (found[0], found[-1]) == (land.provinces[first].code, land.provinces[last].code)


def test_offices_not_ranked_stay_last_and_say_how_few_dossiers_they_have(client: Client) -> None:
    land = country()
    few = AgencyFactory(parent=land.nation, kind="province", code="H01", name="Tỉnh Nhỏ")
    ScorecardFactory(
        agency=few, indicator_set=land.indicators, share=Decimal("0.95"), rank=None, ranked=3, dossiers=4
    )
    html = read(client, "/")
    assert names_in_order(html)[-1] == "H01"
    assert "không xếp hạng: 4 hồ sơ, ít hơn 10" in html


def test_changes_are_against_the_period_before_and_a_week_ago(client: Client) -> None:
    land = country(provinces=1)
    province = land.provinces[0]
    ScorecardFactory(agency=province, indicator_set=land.indicators, period="2025", share=Decimal("0.6"))
    SnapshotFactory(
        agency=province, taken_on=(timezone.now() - timedelta(days=8)).date(), total=Decimal("62.90")
    )
    html = read(client, "/?ky=2026")
    assert "+2,50" in html
    assert "−0,40" in html


def test_a_snapshot_older_than_a_fortnight_is_not_last_week(client: Client) -> None:
    land = country(provinces=1)
    SnapshotFactory(
        agency=land.provinces[0],
        taken_on=(timezone.now() - timedelta(days=20)).date(),
        total=Decimal("10"),
    )
    assert "+52,50" not in read(client, "/")


@pytest.mark.parametrize("code", ["2026-M13", "last-year", "2024"])
def test_a_period_that_is_none_or_has_no_scores_is_not_found(client: Client, code: str) -> None:
    country()
    response = client.get(f"/?ky={code}")
    assert response.status_code == 404
    assert code in response.content.decode()


def test_only_periods_with_scores_can_be_picked(client: Client) -> None:
    land = country()
    ScorecardFactory(agency=land.nation, indicator_set=land.indicators, period="2026-Q1")
    html = read(client, "/")
    assert re.findall(r'<option value="([^"]+)"', html) == ["2026", "2026-Q1"]


def test_a_period_under_way_is_told_from_one_that_is_over(client: Client) -> None:
    now = Period.of_month(month_of(timezone.now()), PeriodKind.YEAR)
    land = country(period=now.code)
    ScorecardFactory(agency=land.nation, indicator_set=land.indicators, period=now.previous().code)
    assert "Kỳ đang diễn ra" in read(client, "/")
    assert "Kỳ đã kết thúc" in read(client, f"/?ky={now.previous().code}")


def test_departments_and_communes_are_compared_within_one_province(client: Client) -> None:
    land = country()
    home, other = land.provinces[:2]
    for parent, kind, code in (
        (home, "department", "A.01"),
        (home, "commune", "A.10001"),
        (other, "department", "B.01"),
    ):
        office = AgencyFactory(parent=parent, kind=kind, code=code)
        ScorecardFactory(agency=office, indicator_set=land.indicators)
    assert names_in_order(read(client, f"/so-nganh/?cua={home.code}")) == ["A.01"]
    assert names_in_order(read(client, f"/xa-phuong/?cua={home.code}")) == ["A.10001"]
    assert f'href="?cua={other.code}"' in read(client, "/so-nganh/")
    assert f'href="?cua={other.code}"' not in read(client, "/xa-phuong/")


def test_ministries_have_a_table_of_their_own(client: Client) -> None:
    land = country()
    ministry = AgencyFactory(parent=land.nation, kind="ministry", code="G15", name="Bộ Tư pháp")
    ScorecardFactory(agency=ministry, indicator_set=land.indicators)
    assert names_in_order(read(client, "/bo-nganh/")) == ["G15"]
    assert "G15" not in names_in_order(read(client, "/"))


@pytest.mark.parametrize("provinces", [5, 50])
def test_home_asks_the_database_as_often_for_fifty_offices_as_for_five(
    client: Client, provinces: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    country(provinces)
    with django_assert_num_queries(17):  # type: ignore[operator]
        client.get("/")


def test_a_unit_of_text_is_never_run_as_markup(client: Client) -> None:
    land = country(provinces=1)
    province = land.provinces[0]
    province.short_name = "<script>alert(1)</script>"
    province.save()
    bump()
    assert "<script>alert(1)" not in read(client, "/")


def test_a_band_without_a_name_in_the_set_does_not_break_the_page(client: Client) -> None:
    land = country(provinces=1)
    Scorecard.objects.filter(agency=land.provinces[0]).update(band="")
    assert client.get("/").status_code == 200
