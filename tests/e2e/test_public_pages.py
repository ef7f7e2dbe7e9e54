"""The public pages in a real browser: on a phone and on a desk, by keyboard, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from scoring.freshness import bump
from scoring.models import Scorecard
from tests.browser import DESKTOP, PHONE, on_a_phone
from tests.factories import (
    AgencyFactory,
    Country,
    ProcedureFactory,
    ScorecardFactory,
    SnapshotFactory,
    country,
)

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def land() -> Country:
    """A nation with a department, two months of scores and a week-old snapshot."""
    found = country(provinces=34)
    province = found.provinces[0]
    office = AgencyFactory(parent=province, code="H44.01", name="Sở Tư pháp")
    ScorecardFactory(agency=office, indicator_set=found.indicators)
    for agency in (found.nation, *found.provinces[:3]):
        for month in ("2026-M01", "2026-M02", "2026-M03"):
            ScorecardFactory(agency=agency, indicator_set=found.indicators, period=month)
        SnapshotFactory(
            agency=agency, taken_on=(timezone.now() - timedelta(days=8)).date(), total=Decimal("60")
        )
    ProcedureFactory(announcing_agency=found.nation, code="1.001193")
    bump()
    return found


def addresses(land: Country) -> list[str]:
    code = land.provinces[0].code
    return [
        "/",
        "/bo-nganh/",
        "/xa-phuong/",
        f"/so-nganh/?cua={code}",
        f"/co-quan/{code}/?ky=2026-M03",
        "/chi-tieu/",
        "/chi-tieu/2.1/?ky=2026-M03",
        "/thu-tuc/",
        "/thu-tuc/1.001193/",
        "/du-lieu/",
        "/tim-kiem/?q=so",
        "/khong-co-trang-nay/",
    ]


def width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_no_page_is_wider_than_its_screen_nor_hard_to_use(
    page: Page, land: Country, accessibility_violations: Callable[[Page], list[str]]
) -> None:
    assert page.viewport_size is not None
    for address in addresses(land):
        page.goto(address)
        assert width(page) <= page.viewport_size["width"], address
        assert not on_a_phone(page) or accessibility_violations(page) == [], address


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("contrast", ["normal", "high"])
def test_colours_can_be_read_in_every_look(
    desktop_page: Page,
    land: Country,
    scheme: Any,
    contrast: str,
    accessibility_violations: Callable[[Page], list[str]],
    live_server: Any,
) -> None:
    desktop_page.emulate_media(color_scheme=scheme)
    desktop_page.context.add_cookies([{"name": "contrast", "value": contrast, "url": live_server.url}])
    for address in ("/", f"/co-quan/{land.provinces[0].code}/?ky=2026-M03", "/chi-tieu/2.1/"):
        desktop_page.goto(address)
        assert accessibility_violations(desktop_page) == [], address


def test_a_visitor_drills_from_the_nation_to_the_rule_behind_a_point(page: Page, land: Country) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xếp hạng chất lượng phục vụ")
    page.get_by_role("table").get_by_role("link", name=land.provinces[1].short_name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(land.provinces[1].name)
    page.get_by_role("link", name="4.3 Tỷ lệ hồ sơ của chỉ tiêu 4.3").click()
    expect(page.locator(".rule")).to_contain_text("Số hồ sơ đạt yêu cầu của chỉ tiêu 4.3")


def test_charts_are_drawn_from_their_tables(page: Page, land: Country) -> None:
    page.goto(f"/co-quan/{land.provinces[0].code}/?ky=2026-M03")
    for kind in ("radar", "line"):
        canvas = page.locator(f'[data-chart="{kind}"] canvas')
        expect(canvas).to_be_visible()
        box = canvas.bounding_box()
        assert box is not None
        assert box["height"] > 150
    expect(page.locator("#trend-table")).to_be_hidden()
    page.get_by_text("Bảng số liệu").click()
    expect(page.locator("#trend-table")).to_be_visible()


def test_everything_is_reached_by_keyboard(desktop_page: Page, land: Country) -> None:
    page = desktop_page
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("(document.activeElement?.textContent ?? '').trim()")
        if focused == land.provinces[0].short_name:
            break
    else:
        pytest.fail("The first province is not reached within 40 stops.")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(land.provinces[0].name)


def test_the_search_box_suggests_offices_while_typing(page: Page, land: Country) -> None:
    page.goto("/")
    box = page.get_by_role("searchbox", name="Tìm cơ quan")
    box.press_sequentially("tu phap", delay=20)
    suggestion = page.locator("#found").get_by_role("link", name="Sở Tư pháp")
    expect(suggestion).to_be_visible()
    box.press("ArrowDown")
    expect(suggestion).to_be_focused()
    page.keyboard.press("Escape")
    expect(suggestion).to_be_hidden()
    expect(box).to_be_focused()
    box.press("Enter")
    expect(page.locator("main").get_by_role("link", name="Sở Tư pháp")).to_be_visible()


def test_moved_scores_appear_by_themselves(page: Page, land: Country) -> None:
    page.goto("/")
    expect(page.locator(".head-score .figure")).to_contain_text("56,5")
    Scorecard.objects.filter(agency=land.nation, period="2026").update(
        total=Decimal("61.23"), changed_at=timezone.now()
    )
    bump()
    expect(page.locator(".head-score .figure")).to_contain_text("61,23", timeout=45_000)
    expect(page.locator("#fresh")).to_contain_text("giây trước")


def test_the_look_is_chosen_and_remembered(page: Page, land: Country) -> None:
    page.goto("/")
    before = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    page.get_by_role("button", name="Chữ lớn hơn").click()
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") > before
    page.get_by_role("button", name="Tương phản cao").click()
    page.get_by_role("link", name="Dữ liệu", exact=True).click()
    expect(page.locator("html.text-large.contrast-high")).to_be_attached()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open data")


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_works_without_scripts(
    browser: Browser, land: Country, live_server: Any, screen: dict[str, Any]
) -> None:
    context = browser.new_context(
        base_url=live_server.url, locale="vi-VN", java_script_enabled=False, **screen
    )
    page = context.new_page()
    page.goto(f"/co-quan/{land.provinces[0].code}/?ky=2026-M03")
    expect(page.locator("#blocks-table")).to_be_visible()
    expect(page.locator("#trend-table")).to_be_visible()
    expect(page.locator("canvas").first).to_be_hidden()
    page.goto("/")
    page.get_by_label("Kỳ đánh giá").select_option("2026-M02")
    page.get_by_role("button", name="Xem").click()
    expect(page.locator(".head-score")).to_contain_text("Tháng 2/2026")
    page.goto("/")
    page.get_by_role("columnheader", name="Điểm").get_by_role("link").click()
    assert "sap-xep=diem" in page.url
    page.get_by_role("searchbox", name="Tìm cơ quan").fill("tu phap")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Sở Tư pháp")).to_be_visible()
    page.get_by_role("button", name="Chữ lớn hơn").click()
    assert "q=tu+phap" in page.url or "q=tu%20phap" in page.url
    context.close()


def test_an_empty_portal_is_calm_and_says_why(
    page: Page, accessibility_violations: Callable[[Page], list[str]]
) -> None:
    for address in ("/", "/bo-nganh/", "/xa-phuong/", "/chi-tieu/", "/thu-tuc/", "/du-lieu/"):
        page.goto(address)
        expect(page.locator(".empty")).to_be_visible()
        assert not on_a_phone(page) or accessibility_violations(page) == [], address
