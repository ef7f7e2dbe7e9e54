"""Addresses of the citizens' pages are printed; their texts are in Vietnamese; nothing runs inside them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from portal.request_log import SECRET_LINKS
from tests.portal.test_pages_translations import texts
from tests.scoring.country import make_country, make_dossier

ADDRESSES = {
    "rate": ("/danh-gia/", []),
    "rate-question": ("/danh-gia/abc/", ["abc"]),
    "rate-details": ("/danh-gia/abc/them/", ["abc"]),
    "rate-thanks": ("/danh-gia/abc/cam-on/", ["abc"]),
    "petitions": ("/phan-anh/", []),
    "petition-write": ("/phan-anh/viet/", []),
    "petition-follow": ("/phan-anh/tra-cuu/", []),
    "petition-followed": ("/phan-anh/tra-cuu/PA1/", ["PA1"]),
    "answers": ("/phan-anh/tra-loi/", []),
    "answer": ("/phan-anh/tra-loi/PA1/", ["PA1"]),
    "satisfaction": ("/hai-long/", []),
    "satisfaction-file": ("/hai-long/theo-thang.csv", []),
}
TEMPLATES = sorted(Path(settings.BASE_DIR, "portal/templates/citizen").rglob("*.html"))


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_address_stays_where_it_was(name: str) -> None:
    address, arguments = ADDRESSES[name]
    assert reverse(name, args=arguments) == address


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_text_of_a_template_is_in_vietnamese(template: Path) -> None:
    with translation.override("vi"):
        missing = {text for text in texts(template) if translation.gettext(text) == text}
        missing = {text for text in missing if translation.ngettext(text, text, 2) == text}
    assert not missing


@pytest.mark.django_db
def test_pages_keep_the_strict_policy_and_no_style_or_script_of_their_own(client: Client) -> None:
    country = make_country()
    make_dossier(country.north_communes[0], country.marriage, timezone.now() - timedelta(days=2))
    for address in ("/danh-gia/", "/danh-gia/x/", "/phan-anh/", "/phan-anh/viet/?q=h44", "/hai-long/"):
        response = client.get(address)
        html = response.content.decode()
        assert "script-src 'self';" in response["Content-Security-Policy"] + ";", address
        for sign in (" style=", "<style", "<script>", " onclick="):
            assert sign not in html, (address, sign)


@pytest.mark.django_db
def test_pages_with_what_is_ones_own_are_kept_by_nobody(client: Client) -> None:
    make_country()
    for address in ("/danh-gia/", "/danh-gia/x/", "/phan-anh/viet/", "/phan-anh/tra-cuu/"):
        assert "no-store" in client.get(address)["Cache-Control"], address


def test_the_log_holds_no_link_by_which_a_dossier_can_be_rated() -> None:
    assert SECRET_LINKS.sub(r"\1…", "/danh-gia/AAAAAAEOAfkqvNL0w7PDFF1NnQA/them/") == "/danh-gia/…"


def test_no_text_stands_twice_in_the_catalogues_with_two_meanings() -> None:
    """A text of these pages must not change what another part of the site shows."""
    own = re.findall(
        r'^msgid "(.+)"$',
        Path(settings.BASE_DIR, "portal/locale_citizen/vi/LC_MESSAGES/django.po").read_text(),
        re.MULTILINE,
    )
    public = Path(settings.BASE_DIR, "portal/locale/vi/LC_MESSAGES/django.po").read_text()
    assert [text for text in own if f'\nmsgid "{text}"\n' in public] == []
