"""Size of text, contrast and language: chosen by a plain form, remembered, never trusted."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "value", "mark"),
    [
        ("text_size", "large", "text-large"),
        ("contrast", "high", "contrast-high"),
        ("django_language", "en", '<html lang="en"'),
    ],
)
def test_a_choice_is_remembered(name: str, value: str, mark: str) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/tuy-chon/", {name: value, "next": "/du-lieu/?ky=2026"})
    assert response.status_code == 302
    assert response["Location"] == "/du-lieu/?ky=2026"
    assert mark in client.get("/du-lieu/").content.decode()


@pytest.mark.parametrize("data", [{}, {"text_size": "huge"}, {"sessionid": "x"}])
def test_what_no_page_offers_is_refused(client: Client, data: dict[str, str]) -> None:
    response = client.post("/tuy-chon/", data)
    assert response.status_code == 400
    assert not response.cookies


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_it_leads_nowhere_else(client: Client, elsewhere: str) -> None:
    response = client.post("/tuy-chon/", {"contrast": "high", "next": elsewhere})
    assert response["Location"] == "/"


def test_a_forged_cookie_is_no_class_of_the_page(client: Client) -> None:
    client.cookies["contrast"] = '"><script>'
    html = client.get("/").content.decode()
    assert "contrast-normal" in html
    assert '"><script>' not in html


def test_it_is_not_a_link_that_robots_follow(client: Client) -> None:
    assert client.get("/tuy-chon/").status_code == 405
