"""Delegation in a real browser: given, used, taken away; by keyboard, without JavaScript, on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Browser, Locator, Page, expect

from agencies.models import Grant, User
from procedures.models import Dossier
from tests.browser import DESKTOP, open_page
from tests.e2e.at_the_desk import Violations, enter, faultless
from tests.people import FourPeople
from tests.scoring.country import make_dossier, on
from tests.signing_in import PASSWORD

pytestmark = pytest.mark.e2e

#: What of a page is ours.
OURS = "main.delegation"


@pytest.fixture
def door(page: Page, live_server: Any, people: FourPeople) -> Page:
    """A browser, on a phone and on a desk, in which the province's administrator has signed in."""
    enter(page, people.administrator, live_server.url)
    return page


def newcomer() -> tuple[User, Dossier]:
    """Somebody without any access, and a dossier of the commune."""
    user = User.objects.create_user(
        "canbo", "canbo@example.vn", PASSWORD, first_name="Lê Thị", last_name="Mới", is_staff=True
    )
    commune = Grant.objects.get(user__username="officer").agency
    return user, make_dossier(commune, None, on(3, 2))


@pytest.fixture
def officer_s_page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """The browser of the officer, on another desk."""
    with open_page(browser, live_server.url, DESKTOP) as opened:
        yield opened


def test_access_is_given_used_and_taken_away(
    door: Page, officer_s_page: Page, people: FourPeople, accessibility_violations: Violations
) -> None:
    user, dossier = newcomer()
    door.goto("/admin/delegation/")
    faultless(door, accessibility_violations, OURS)
    door.get_by_role("link", name="Phường Việt Trì").click()
    faultless(door, accessibility_violations, OURS)
    door.get_by_role("link", name="Giao quyền", exact=True).click()
    door.get_by_label("Người được giao").fill("canbo@example.vn")
    door.get_by_label("Cán bộ cơ quan").check()
    expect(door.get_by_label("Quản trị hệ thống")).to_be_disabled()
    door.get_by_label("Lý do").fill("Quyết định 12/QĐ-UBND")
    faultless(door, accessibility_violations, OURS)
    door.get_by_role("button", name="Xem điều sẽ xảy ra").click()
    expect(door.locator(".consequences")).to_contain_text("Lê Thị Mới được giao vai trò Cán bộ cơ quan")
    faultless(door, accessibility_violations, OURS)
    door.get_by_role("button", name="Giao quyền").click()
    expect(door.locator("body")).to_contain_text("Đã giao cho Lê Thị Mới vai trò Cán bộ cơ quan")
    expect(door.locator(".holder", has_text="Lê Thị Mới")).to_contain_text("đang hiệu lực")

    desk = officer_s_page
    desk.goto("/admin/procedures/dossier/")
    desk.get_by_label("Tên đăng nhập").fill("canbo")
    desk.get_by_label("Mật khẩu").fill(PASSWORD)
    desk.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(desk.locator("#result_list")).to_contain_text(dossier.code)

    door.get_by_role("link", name=re.compile("Thu hồi.*Lê Thị Mới")).click()
    expect(door.locator(".consequences")).to_contain_text("Từ bây giờ quyền này không còn cho Lê Thị Mới")
    faultless(door, accessibility_violations, OURS)
    door.get_by_label("Lý do").fill("chuyển công tác")
    door.get_by_role("button", name="Thu hồi").click()
    expect(door.locator("body")).to_contain_text("Lê Thị Mới không còn vai trò Cán bộ cơ quan")

    desk.reload()
    expect(desk.locator("body")).not_to_contain_text(dossier.code)
    desk.goto(f"/admin/procedures/dossier/{dossier.pk}/change/")
    expect(desk.locator("body")).not_to_contain_text(dossier.code)
    assert not user.grants.filter(ended_at__isnull=True).exists()


def test_every_other_page_is_faultless_too(
    door: Page, people: FourPeople, accessibility_violations: Violations
) -> None:
    officer = people.officer.pk
    for address in (
        f"people/{officer}/",
        f"people/{officer}/hand-over/",
        f"offices/H44.07900/why/{officer}/",
        "offices/H44.07900/invite/",
        "?q=viet+tri",
        "?q=nowhere",
        "holders/",
        "holders/?state=ended",
        "review/",
        "succession/",
        "invite-many/",
    ):
        door.goto(f"/admin/delegation/{address}")
        faultless(door, accessibility_violations, OURS)


def tab_to(page: Page, goal: Locator) -> None:
    """Press Tab until ``goal`` has the focus."""
    for _press in range(120):
        if goal.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {goal}")


def test_by_keyboard_alone(desktop_page: Page, live_server: Any, people: FourPeople) -> None:
    page = desktop_page
    user, _dossier = newcomer()
    enter(page, people.operator, live_server.url)
    page.goto("/admin/delegation/")
    toggle = page.get_by_role("button", name="Cấp dưới của Tỉnh Phú Thọ")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    tab_to(page, toggle)
    page.keyboard.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    office = page.get_by_role("link", name="Phường Việt Trì")
    expect(office).to_be_visible()
    page.keyboard.press("Space")
    expect(office).to_be_hidden()
    page.keyboard.press("Space")
    tab_to(page, office)
    page.keyboard.press("Enter")
    expect(page.locator(".office-head")).to_contain_text("Phường Việt Trì")
    tab_to(page, page.get_by_role("link", name="Giao quyền", exact=True))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Người được giao"))
    page.keyboard.type("canbo")
    # Among radio buttons the arrows choose.
    tab_to(page, page.locator("#role-operator"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#role-operator")).to_be_checked()
    while not page.locator("#role-officer").is_checked():
        page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_label("Lý do"))
    page.keyboard.type("phân công")
    tab_to(page, page.get_by_role("button", name="Xem điều sẽ xảy ra"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Giao quyền"))
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("Đã giao cho Lê Thị Mới")
    assert user.grants.get().role.code == "officer"


def test_people_are_suggested_while_one_types(
    desktop_page: Page, live_server: Any, people: FourPeople
) -> None:
    page = desktop_page
    enter(page, people.administrator, live_server.url)
    page.goto("/admin/delegation/offices/H44/grant/")
    page.get_by_label("Người được giao").press_sequentially("offi")
    expect(page.locator("#people option")).to_have_attribute("value", "officer")


def test_without_javascript(browser: Browser, live_server: Any, people: FourPeople) -> None:
    context = browser.new_context(base_url=live_server.url, locale="vi-VN", java_script_enabled=False)
    page = context.new_page()
    enter(page, people.operator, live_server.url)
    page.goto("/admin/delegation/")
    expect(page.locator(".node-toggle").first).to_be_hidden()
    page.locator(".tree").get_by_role("link", name="Tỉnh Phú Thọ").click()
    page.locator(".tree").get_by_role("link", name="Phường Việt Trì").click()
    page.get_by_role("link", name=re.compile("^Tạm đình chỉ")).click()
    page.get_by_label("Lý do").fill("xác minh")
    page.get_by_role("button", name="Tạm đình chỉ").click()
    expect(page.locator(".holder").first).to_contain_text("tạm đình chỉ")
    context.close()


def test_on_a_phone_the_tree_comes_first_then_the_office(
    phone_page: Page, live_server: Any, people: FourPeople
) -> None:
    enter(phone_page, people.administrator, live_server.url)
    phone_page.goto("/admin/delegation/")
    expect(phone_page.locator(".tree")).to_be_visible()
    phone_page.get_by_role("link", name="Phường Việt Trì").click()
    expect(phone_page.locator(".tree")).to_be_hidden()
    phone_page.get_by_role("link", name="Tất cả cơ quan").click()
    expect(phone_page.locator(".tree")).to_be_visible()


def test_many_are_invited_from_a_table(page: Page, live_server: Any, people: FourPeople) -> None:
    enter(page, people.administrator, live_server.url)
    page.goto("/admin/delegation/invite-many/")
    rows = "Thư điện tử;Vai trò;Mã định danh;Lý do\nan@example.vn;officer;H44;phân công\nb;officer;H44;x\n"
    file: Any = {"name": "moi.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.get_by_label("Tệp").set_input_files(file)
    page.get_by_role("button", name="Kiểm tra bảng").click()
    expect(page.get_by_role("region", name="Lỗi")).to_contain_text("Thư điện tử")
    page.get_by_role("button", name="Mời 1 người").click()
    expect(page.locator("body")).to_contain_text("Đã gửi 1 thư mời.")
    assert [letter.to for letter in mail.outbox] == [["an@example.vn"]]


def test_ticked_accesses_are_confirmed(page: Page, live_server: Any, people: FourPeople) -> None:
    enter(page, people.operator, live_server.url)
    page.goto("/admin/delegation/review/")
    page.get_by_label("administrator").check()
    page.get_by_label("stranger").check()
    page.get_by_role("button", name="Vẫn cần thiết").click()
    expect(page.locator(".consequences")).to_contain_text("Bạn xác nhận 2 quyền vẫn cần thiết.")
    page.get_by_role("button", name="Xác nhận").click()
    expect(page.locator("body")).to_contain_text("Đã xác nhận 2 quyền.")
    assert Grant.objects.filter(confirmed_at__isnull=False).count() == 2
