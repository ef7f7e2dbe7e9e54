"""A score on other sites: only the frame may be framed, and it says what holds, in the language asked for."""

from __future__ import annotations

import re
from html import escape, unescape
from xml.etree import ElementTree

import pytest
from django.test import Client

from scoring.models import Scorecard
from tests.factories import AgencyFactory, ProvinceFactory, country

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"


def ancestors_of(answer: object) -> str:
    policy = answer["Content-Security-Policy"]  # type: ignore[index]
    return next(part for part in policy.split("; ") if part.startswith("frame-ancestors"))


def test_the_frame_alone_may_stand_on_other_sites(client: Client) -> None:
    code = country().provinces[1].code
    for _again in range(2):  # the second one from the cache
        framed = client.get(f"/nhung/{code}/")
        assert framed.status_code == 200
        assert "X-Frame-Options" not in framed and ancestors_of(framed) == "frame-ancestors *"
        assert "script-src 'self'" in framed["Content-Security-Policy"]
    for address in (f"/co-quan/{code}/", f"/nhung/{code}/lay-ma/", "/admin/", f"/nhung/{code}/huy-hieu.svg"):
        answer = client.get(address)
        assert answer["X-Frame-Options"] == "DENY" and ancestors_of(answer) == "frame-ancestors 'none'", (
            address
        )


def test_it_says_score_band_rank_and_what_it_holds_for(client: Client) -> None:
    province = country().provinces[1]
    html = client.get(f"/nhung/{province.code}/").content.decode()
    assert "62,00" in html and "Trung bình" in html and "<strong>2</strong> / 3" in html
    assert "tạm tính đến" in html and "<script" not in html
    assert f'href="/co-quan/{province.code}/?ky=' in html
    client.cookies["django_language"] = "en"
    assert "tạm tính đến" in client.get(f"/nhung/{province.code}/").content.decode()
    english = client.get(f"/nhung/{province.code}/?nn=en").content.decode()
    assert "provisional, as of" in english and '<html lang="en">' in english
    assert "tạm tính đến" in client.get(f"/nhung/{province.code}/?nn=xx").content.decode()


def test_a_period_can_be_asked_for(client: Client) -> None:
    province = country().provinces[0]
    period = Scorecard.objects.get(agency=province).period
    assert client.get(f"/nhung/{province.code}/?ky={period}").status_code == 200
    assert client.get(f"/nhung/{province.code}/?ky=1999").status_code == 404
    assert client.get("/nhung/KHONG/").status_code == 404


def test_the_badge_is_a_drawing_that_says_the_same(client: Client) -> None:
    province = country().provinces[1]
    answer = client.get(f"/nhung/{province.code}/huy-hieu.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    drawing = ElementTree.fromstring(answer.content)  # noqa: S314
    said = [text.text or "" for text in drawing.iter(f"{SVG}text")]
    assert said[1] == "62,00 / 100 · Trung bình · hạng 2 trên 3"
    assert province.name in drawing.attrib["aria-label"]
    # Every letter has its room.
    assert int(drawing.attrib["width"]) > 6 * sum(map(len, said))


def test_an_office_without_a_score_says_so(client: Client) -> None:
    country()
    office = ProvinceFactory(name='Tỉnh <b>"thử"</b> & mới')
    assert "chưa có điểm" in client.get(f"/nhung/{office.code}/").content.decode()
    drawing = ElementTree.fromstring(client.get(f"/nhung/{office.code}/huy-hieu.svg").content)  # noqa: S314
    assert office.name in drawing.attrib["aria-label"]
    assert "chưa có điểm" in [text.text for text in drawing.iter(f"{SVG}text")]


def test_the_html_to_copy_is_whole_and_safe(client: Client) -> None:
    country()
    office = AgencyFactory(name='Sở <script>alert("1")</script>')
    html = client.get(f"/nhung/{office.code}/lay-ma/").content.decode()
    told = "".join(unescape(text) for text in re.findall(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL))
    assert "<script>" not in told and "<script>alert" not in html
    # What is pasted is read once more as HTML: only then is the name itself again.
    assert f'title="{escape(office.name)}"' in told
    assert f'<iframe src="http://testserver/nhung/{office.code}/?nn=vi"' in told
    assert f'<img src="http://testserver/nhung/{office.code}/huy-hieu.svg?nn=en"' in told


def test_the_way_there_stands_on_the_offices_page(client: Client) -> None:
    province = country().provinces[0]
    assert f"/nhung/{province.code}/lay-ma/" in client.get(f"/co-quan/{province.code}/").content.decode()
    period = Scorecard.objects.get(agency=province).period
    told = client.get(f"/nhung/{province.code}/lay-ma/?ky={period}").content.decode()
    assert f"?nn=vi&amp;ky={period}" in unescape(told), "in what is pasted"
    assert f'src="http://testserver/nhung/{province.code}/huy-hieu.svg?nn=vi&amp;ky={period}"' in told
