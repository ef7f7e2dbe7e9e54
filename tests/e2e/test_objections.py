"""Objections in a real browser: dossiers ticked, disputed, and decided on what is shown in numbers."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from scoring.models import Objection
from scoring.recount import recount_all
from tests.browser import PHONE, open_page
from tests.e2e.at_the_desk import Violations, enter, faultless
from tests.people import FourPeople
from tests.scoring.objecting import APRIL, in_may, prepared

__all__ = ["in_may"]

pytestmark = pytest.mark.e2e

OURS = "main.desk"


def test_from_a_ticked_dossier_to_a_better_score(
    desktop_page: Page,
    browser: Browser,
    live_server: Any,
    people: FourPeople,
    in_may: None,
    accessibility_violations: Violations,
) -> None:
    case, page = prepared(people), desktop_page
    enter(page, people.administrator, live_server.url)
    page.goto(f"/admin/dossiers-behind/{people.commune.code}/{APRIL.code}/2.1/")
    page.get_by_label(f"Chọn {case.late.code}").check()
    page.get_by_role("button", name="Giải trình các hồ sơ đã chọn").click()
    expect(page.get_by_label("Mã hồ sơ")).to_have_value(case.late.code)
    faultless(page, accessibility_violations, OURS)
    page.get_by_label("Nội dung sai và căn cứ").fill("Hồ sơ đã xong ngày 8/4.")
    page.get_by_role("button", name="Lưu dự thảo").click()
    expect(page.locator(".lacking")).to_be_visible()
    page.locator("input[type=datetime-local]").fill("2026-04-08T09:00")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("link", name="Gửi", exact=True)).to_be_visible()
    faultless(page, accessibility_violations, OURS)
    page.get_by_role("link", name="Gửi", exact=True).click()
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator("body")).to_contain_text("Đã gửi.")

    address = page.url
    with open_page(browser, live_server.url, PHONE) as phone:
        enter(phone, people.reviewer, live_server.url)
        phone.goto(f"{address}decide/")
        faultless(phone, accessibility_violations, OURS)
        phone.get_by_label("Lý do").fill("Đúng theo biên nhận.")
        phone.get_by_role("button", name="Xem điều sẽ xảy ra").click()
        expect(phone.locator("table.facts")).to_contain_text("2 / 2")
        faultless(phone, accessibility_violations, OURS)
        phone.get_by_role("button", name="Quyết định như vậy").click()
        expect(phone.locator(".mark-good").first).to_contain_text("Chấp nhận")
        faultless(phone, accessibility_violations, OURS)
    assert Objection.objects.get().state == Objection.State.ACCEPTED
    recount_all(timezone.now())
    assert case.points() == ["2", "2", "20.00"]
