"""Addresses are a contract: what was linked once must be answered for good."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import ProcedureFactory, country

ADDRESSES = {
    "provinces": ("/", []),
    "ministries": ("/bo-nganh/", []),
    "departments": ("/so-nganh/", []),
    "communes": ("/xa-phuong/", []),
    "units": ("/don-vi/", []),
    "search": ("/tim-kiem/", []),
    "agency": ("/co-quan/H44.01/", ["H44.01"]),
    "agency-criteria-file": ("/co-quan/H44.01/chi-tieu.csv", ["H44.01"]),
    "agency-trend-file": ("/co-quan/H44.01/theo-thang.csv", ["H44.01"]),
    "derived-standings": ("/bo-chi-so-rieng/H44/", ["H44"]),
    "derived-standings-file": ("/bo-chi-so-rieng/H44/xep-hang.csv", ["H44"]),
    "criteria": ("/chi-tieu/", []),
    "criterion": ("/chi-tieu/4.5a/", ["4.5a"]),
    "procedures": ("/thu-tuc/", []),
    "procedure": ("/thu-tuc/1.001193/", ["1.001193"]),
    "data": ("/du-lieu/", []),
    "standings-file": ("/du-lieu/xep-hang.csv", []),
    "criteria-file": ("/du-lieu/chi-tieu.csv", []),
    "counts-file": ("/du-lieu/so-dem.csv", []),
    "agencies-file": ("/du-lieu/co-quan.csv", []),
    "indicators-file": ("/du-lieu/bo-chi-so.csv", []),
    "publications": ("/cong-bo/", []),
    "publication": ("/cong-bo/2026-Q3/", ["2026-Q3"]),
    "publication-version": ("/cong-bo/2026-Q3/v1/", ["2026-Q3", 1]),
    "publication-file": ("/cong-bo/2026-Q3/v1/2026-Q3-v1.json", ["2026-Q3", 1, "2026-Q3-v1.json"]),
    "publication-chain": ("/cong-bo/chuoi.json", []),
    "publication-dictionary": ("/cong-bo/tu-dien.csv", []),
    "publication-script": ("/cong-bo/verify_publication.py", []),
    "bulletins": ("/ban-tin/", []),
    "bulletin": ("/ban-tin/2026-Q3/H44/", ["2026-Q3", "H44"]),
    "bulletin-version": ("/ban-tin/2026-Q3/H44/v1/", ["2026-Q3", "H44", 1]),
    "bulletin-file": (
        "/ban-tin/2026-Q3/H44/v1/ban-tin-2026-Q3-H44-v1.pdf",
        ["2026-Q3", "H44", 1, "ban-tin-2026-Q3-H44-v1.pdf"],
    ),
    "bulletin-provisional-file": (
        "/ban-tin/2026-Q3/H44/tam-tinh/ban-tin-2026-Q3-H44-tam-tinh.pdf",
        ["2026-Q3", "H44", "ban-tin-2026-Q3-H44-tam-tinh.pdf"],
    ),
    "embed": ("/nhung/H44.01/", ["H44.01"]),
    "embed-badge": ("/nhung/H44.01/huy-hieu.svg", ["H44.01"]),
    "embed-code": ("/nhung/H44.01/lay-ma/", ["H44.01"]),
    "fresh": ("/cap-nhat/", []),
    "preferences": ("/tuy-chon/", []),
    "api-schema": ("/api/schema/", []),
    "api-docs": ("/api/docs/", []),
    "api-agencies": ("/api/v1/agencies/", []),
    "api-agency": ("/api/v1/agencies/H44/", ["H44"]),
    "api-scorecard": ("/api/v1/agencies/H44/scorecards/2026-Q1/", ["H44", "2026-Q1"]),
    "api-standings": ("/api/v1/standings/", []),
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_address_stays_where_it_was(name: str) -> None:
    address, arguments = ADDRESSES[name]
    assert reverse(name, args=arguments) == address


@pytest.mark.django_db
def test_pages_keep_the_strict_policy_and_no_style_or_script_of_their_own(client: Client) -> None:
    land = country()
    procedure = ProcedureFactory(announcing_agency=land.nation)
    for address in (
        "/",
        "/bo-nganh/",
        "/so-nganh/",
        f"/co-quan/{land.provinces[0].code}/",
        "/chi-tieu/",
        "/chi-tieu/2.1/",
        "/thu-tuc/",
        f"/thu-tuc/{procedure.code}/",
        "/du-lieu/",
        "/cong-bo/",
        "/ban-tin/",
        "/ban-tin/2026-M09/VN/",
        "/tim-kiem/?q=x",
        "/khong-co/",
    ):
        response = client.get(address)
        html = response.content.decode()
        assert "style-src 'self'" in response["Content-Security-Policy"], address
        assert " style=" not in html, address
        assert "<style" not in html, address
        assert "<script>" not in html, address
        assert " onclick=" not in html, address


@pytest.mark.django_db
def test_pages_only_read(client: Client) -> None:
    for address in ("/", "/du-lieu/", "/chi-tieu/"):
        assert client.post(address).status_code == 405
