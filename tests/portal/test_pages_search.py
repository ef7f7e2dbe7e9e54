"""Any office is found, typed with or without diacritics."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import AgencyCodeFactory, AgencyFactory, NationFactory, ProvinceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def offices() -> None:
    nation = NationFactory()
    province = ProvinceFactory(parent=nation, code="H44", short_name="Phú Thọ")
    AgencyFactory(parent=province, code="H44.01", name="Sở Tư pháp")
    AgencyFactory(parent=province, code="H44.02", name="Sở Đầu tư")
    AgencyCodeFactory(agency=province, code="000.00.00.H44")


def found(client: Client, asked: str, **headers: str) -> str:
    response = client.get("/tim-kiem/", {"q": asked}, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("asked", ["so tu phap", "SỞ TƯ PHÁP", "phap tu", "H44.01"])
def test_an_office_is_found_by_name_or_code(client: Client, asked: str) -> None:
    html = found(client, asked)
    assert "/co-quan/H44.01/" in html
    assert "/co-quan/H44.02/" not in html


def test_the_stroke_of_d_need_not_be_typed(client: Client) -> None:
    assert "/co-quan/H44.02/" in found(client, "dau tu")


def test_an_older_code_finds_its_office(client: Client) -> None:
    assert "/co-quan/H44/" in found(client, "000.00.00.H44")


def test_the_highest_in_the_tree_comes_first(client: Client) -> None:
    html = found(client, "H44")
    assert html.index("/co-quan/H44/") < html.index("/co-quan/H44.01/")


def test_while_typing_only_the_list_is_sent(client: Client) -> None:
    html = found(client, "tu phap", **{"HX-Request": "true"})
    assert "/co-quan/H44.01/" in html
    assert "<html" not in html


@pytest.mark.parametrize("asked", ["không có", "%", "_", "'; drop table", "<b>"])
def test_what_matches_nothing_finds_nothing(client: Client, asked: str) -> None:
    html = found(client, asked)
    assert "/co-quan/" not in html
    assert "Không có cơ quan nào khớp" in html
    assert "“<b>”" not in html


def test_without_a_word_it_says_what_to_type(client: Client) -> None:
    assert "có dấu hoặc không dấu" in found(client, "")
