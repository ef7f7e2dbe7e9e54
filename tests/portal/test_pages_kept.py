"""Pages are kept while scores stay as they are, and dropped the moment they move."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as CacheAwayError

from scoring.freshness import bump
from scoring.models import Scorecard
from tests.factories import country

pytestmark = pytest.mark.django_db


def test_a_page_that_did_not_change_is_not_sent_again(
    client: Client, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    country()
    first = client.get("/")
    assert first["Cache-Control"] == "no-cache"
    with django_assert_num_queries(0):  # type: ignore[operator]
        again = client.get("/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content


def test_a_proxy_that_compresses_pages_is_understood(client: Client) -> None:
    country()
    etag = client.get("/")["ETag"]
    assert client.get("/", headers={"If-None-Match": f"W/{etag}"}).status_code == 304


def test_a_kept_page_costs_no_query(client: Client, django_assert_num_queries: pytest.FixtureRequest) -> None:
    country()
    first = client.get("/")
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert client.get("/").content == first.content


def test_moved_scores_are_shown_at_once(client: Client) -> None:
    land = country()
    first = client.get("/")
    Scorecard.objects.filter(agency=land.nation).update(total=Decimal("57.77"))
    bump()
    again = client.get("/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert "57,77" in again.content.decode()


@pytest.mark.parametrize(
    ("cookie", "value"), [("django_language", "en"), ("text_size", "large"), ("contrast", "high")]
)
def test_readers_with_another_look_get_another_page(client: Client, cookie: str, value: str) -> None:
    country()
    first = client.get("/")
    client.cookies[cookie] = value
    again = client.get("/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert again.content != first.content


def test_a_query_the_page_does_not_read_makes_no_other_page(client: Client) -> None:
    country()
    first = client.get("/?utm_source=elsewhere")
    assert first["ETag"] == client.get("/")["ETag"]
    assert "utm_source" not in first.content.decode()
    assert client.get("/")["ETag"] != client.get("/?sap-xep=diem")["ETag"]


def test_what_was_not_found_is_not_kept(client: Client) -> None:
    country()
    assert "ETag" not in client.get("/?ky=1999")


def test_pages_are_served_while_the_cache_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    country()

    def away(*_args: object, **_kwargs: object) -> None:
        raise CacheAwayError("no connection")

    for name in ("get", "set", "delete"):
        monkeypatch.setattr(cache, name, away)
    assert client.get("/").status_code == 200
    bump()


def test_the_line_of_freshness_is_cheap_until_scores_move(
    client: Client, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    land = country()
    home = client.get("/").content.decode()
    address = home.split('hx-get="/cap-nhat/')[1].split('"')[0].replace("&amp;", "&")
    line = client.get(f"/cap-nhat/{address}")
    assert "15/10/2026" in line.content.decode()
    assert "HX-Trigger" not in line
    with django_assert_num_queries(0):  # type: ignore[operator]
        same = client.get(f"/cap-nhat/{address}", headers={"If-None-Match": line["ETag"]})
    assert same.status_code == 304
    Scorecard.objects.filter(agency=land.nation).update(total=Decimal("57.77"))
    bump()
    moved = client.get(f"/cap-nhat/{address}", headers={"If-None-Match": line["ETag"]})
    assert moved.status_code == 200
    assert moved["HX-Trigger"] == "scores-moved"
