"""A province's administrator at the first page and at the log, in a real browser, on a phone and a desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies import roles
from agencies.granting import grant, make_operator
from agencies.roles import ensure_roles
from procedures.models import Dossier
from procedures.months import month_of, start_of
from scoring.models import ScoreSnapshot
from scoring.periods import Period
from scoring.recount import recount_all
from tests.factories import indicator_set
from tests.people import LET_IN, account, role
from tests.scoring.country import Country, make_country, make_dossier

pytestmark = pytest.mark.e2e


@pytest.fixture
def country(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Country:
    """Two provinces with dossiers of this month, counted and graded; an administrator and an officer."""
    monkeypatch.setattr(settings, "SECOND_FACTOR", "off")
    ensure_roles()  # emptied away by an earlier test
    made = make_country()
    indicator_set()
    now = timezone.now()
    begun = max(start_of(month_of(now)), now - timedelta(hours=2))
    for agency, late, timely in ((made.north_communes[0], 3, 1), (made.north_communes[1], 0, 6)):
        for number in range(late + timely):
            past = number < late
            due = now - timedelta(minutes=1) if past else now + timedelta(days=3)
            make_dossier(agency, made.marriage, begun, deadline_at=due)
    recount_all(now)
    ScoreSnapshot.objects.create(
        agency=made.north,
        period=Period.of_month(month_of(now)).code,
        taken_on=(now - timedelta(days=8)).date(),
        total=1,
        points={"2.1": "1.00"},
    )
    operator = account("operator")
    make_operator(operator, reason="first", as_of=LET_IN)
    for name, code, agency in (
        ("administrator", roles.ADMINISTRATOR, made.north),
        ("officer", roles.OFFICER, made.south_commune),
    ):
        grant(operator, account(name), role(code), agency, reason="their work", as_of=LET_IN)
    return made


def sign_in(page: Page, username: str) -> None:
    page.goto("/admin/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill("mật khẩu")
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page).to_have_url(re.compile(r"/admin/$"))


def fits(page: Page) -> bool:
    """Whether nothing sticks out of the screen to the right."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    return wide


def serious(page: Page, violations: Callable[[Page], list[str]]) -> list[str]:
    """What axe finds wrong within our own part of a page."""
    return [found for found in violations(page) if re.search(r"today|unit|work|chain|differences", found)]


def test_from_the_score_to_the_very_dossiers(
    page: Page, country: Country, accessibility_violations: Callable[[Page], list[str]]
) -> None:
    sign_in(page, "administrator")
    expect(page.locator(".today-headline")).to_contain_text("Agency H44")
    expect(page.locator(".work", has_text="Đến hạn trong 7 ngày")).to_contain_text("7")
    assert fits(page)
    assert serious(page, accessibility_violations) == []
    row = page.locator(".today-costs li", has_text="2.1")
    row.get_by_role("link", name="3 hồ sơ làm mất điểm").click()
    expect(page).to_have_url(re.compile(r"/dossiers-behind/H44/[^/]+/2\.1/"))
    late = Dossier.objects.filter(deadline_at__lt=timezone.now())
    for dossier in late:
        expect(page.locator("main, body").first).to_contain_text(dossier.code)
    assert fits(page)


def test_who_pulls_the_province_down(page: Page, country: Country) -> None:
    sign_in(page, "administrator")
    unit = page.locator(".today-units li", has_text="Agency H44.101")
    expect(unit).to_contain_text("3 trong 3 hồ sơ trễ hạn của Agency H44 (100,00 %) là ở đây")
    unit.get_by_role("link", name="Agency H44.101").click()
    expect(page.locator(".today-headline")).to_contain_text("Agency H44.101")
    page.go_back()
    page.locator(".today-units li", has_text="Agency H44.101").get_by_role("link", name="3 trong 3").click()
    expect(page).to_have_url(re.compile(r"unit=H44\.101"))


def test_by_keyboard_alone(desktop_page: Page, country: Country) -> None:
    page = desktop_page
    sign_in(page, "administrator")
    reached = ""
    for _ in range(80):
        page.keyboard.press("Tab")
        reached = page.evaluate("document.activeElement?.closest('a')?.textContent.trim() ?? ''")
        if reached == "3 hồ sơ làm mất điểm":
            break
    assert reached == "3 hồ sơ làm mất điểm"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/dossiers-behind/H44/"))


def test_an_officer_of_another_province_sees_their_own_empty_month(page: Page, country: Country) -> None:
    sign_in(page, "officer")
    expect(page.locator(".today-headline")).to_contain_text("Agency H19.101")
    expect(page.locator("body")).not_to_contain_text("H44")
    assert fits(page)


def test_the_log_is_read_and_narrowed(
    page: Page, country: Country, accessibility_violations: Callable[[Page], list[str]]
) -> None:
    sign_in(page, "administrator")
    page.goto("/admin/agencies/eventlog/")
    expect(page.locator("#result_list")).to_contain_text("giao quyền")
    expect(page.locator("#result_list")).not_to_contain_text("H19")
    assert fits(page)
    page.locator("a", has_text="Bộ lọc").first.click()
    page.locator("#changelist-filter").get_by_label("từ ngày").fill("2024-01-06")
    page.get_by_role("button", name="Áp dụng bộ lọc").click()
    expect(page).to_have_url(re.compile(r"from=2024-01-06"))
    expect(page.locator(".empty-list")).to_be_visible()
    page.goto("/admin/agencies/eventlog/")
    page.locator("#result_list th a, #result_list td a").first.click()
    expect(page.locator(".differences")).to_contain_text("Quản trị cơ quan")
    assert fits(page)
    assert serious(page, accessibility_violations) == []
