"""The agencies' desk in a real browser: a petition answered, published, and seen by its sender."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from feedback.models import Door, Petition
from feedback.petitions import Receipt, Told, send
from feedback.ratings import Said, rate
from tests.browser import DESKTOP, open_page
from tests.e2e.at_the_desk import Violations, enter, faultless
from tests.people import FourPeople
from tests.scoring.country import make_dossier

pytestmark = pytest.mark.e2e

#: What of a page is ours.
OURS = "main.desk"


@pytest.fixture
def receipt(people: FourPeople) -> Receipt:
    """A petition about the ward, and the secret of its sender."""
    told = Told(
        people.commune,
        Petition.Kind.RULES,
        "Chờ lâu ở quầy số 2",
        "Ông Nguyễn Văn Thí Dụ ở quầy số 2 bảo tôi về, chờ ba giờ không ai gọi số.",
    )
    return send(told, form_key="e2e", door=Door.PAGE, as_of=timezone.now())


def test_an_officer_answers_and_publishes_and_the_sender_sees_it(
    page: Page,
    browser: Browser,
    live_server: Any,
    people: FourPeople,
    receipt: Receipt,
    accessibility_violations: Violations,
) -> None:
    enter(page, people.officer, live_server.url)
    page.goto("/admin/feedback/petition/?state=todo")
    page.get_by_role("link", name="Chờ lâu ở quầy số 2").click()
    faultless(page, accessibility_violations, OURS)
    page.get_by_role("link", name="Tiếp nhận xử lý").click()
    page.get_by_role("button", name="Tiếp nhận xử lý").click()
    page.get_by_role("link", name="Trả lời", exact=True).click()
    faultless(page, accessibility_violations, OURS)
    page.get_by_label("Trả lời").fill("Quầy số 2 đã có người trực thay.")
    page.get_by_role("button", name="Xem điều sẽ xảy ra").click()
    expect(page.locator(".consequences")).to_contain_text("phải công khai")
    faultless(page, accessibility_violations, OURS)
    page.get_by_role("button", name="Gửi trả lời").click()
    page.get_by_role("link", name="Công khai", exact=True).click()
    expect(page.locator(".signs")).to_contain_text("Ông Nguyễn Văn Thí Dụ")
    faultless(page, accessibility_violations, OURS)
    page.get_by_label("Nội dung phản ánh").fill("Quầy số 2 không có người, chờ ba giờ.")
    page.get_by_role("button", name="Xem như mọi người sẽ thấy").click()
    expect(page.locator(".preview")).to_contain_text("không có người")
    expect(page.locator(".signs")).to_have_count(0)
    page.get_by_label("Tôi đã đọc từng dòng").check()
    faultless(page, accessibility_violations, OURS)
    page.locator("form.publication button[name=confirmed]").click()
    expect(page.locator("body")).to_contain_text("Đã công khai phản ánh và trả lời")
    faultless(page, accessibility_violations, OURS)

    with open_page(browser, live_server.url, DESKTOP) as sender:
        sender.goto("/phan-anh/tra-cuu/")
        sender.locator("input[name=code]").fill(receipt.petition.code)
        sender.locator("input[name=secret]").fill(receipt.secret)
        sender.locator("main form button").click()
        expect(sender.locator("main")).to_contain_text("Quầy số 2 đã có người trực thay.")
        sender.goto(f"/phan-anh/tra-loi/{receipt.petition.code}/")
        expect(sender.locator("main")).to_contain_text("Quầy số 2 không có người, chờ ba giờ.")
        expect(sender.locator("main")).not_to_contain_text("Thí Dụ")


def tab_to(page: Page, goal: Locator) -> None:
    """Press Tab until ``goal`` has the focus."""
    for _press in range(120):
        if goal.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {goal}")


def test_a_petition_is_transferred_by_keyboard_with_an_agency_suggested(
    desktop_page: Page, live_server: Any, people: FourPeople, receipt: Receipt
) -> None:
    page = desktop_page
    enter(page, people.officer, live_server.url)
    page.goto(f"/admin/petitions/{receipt.petition.pk}/transfer/")
    box = page.get_by_label("Chuyển đến cơ quan")
    tab_to(page, box)
    page.keyboard.type("dong nai", delay=20)
    expect(page.locator("#agencies option")).to_have_attribute("value", "H19")
    tab_to(page, page.get_by_label("Lý do"))
    page.keyboard.type("thuộc thẩm quyền tỉnh bạn")
    tab_to(page, page.get_by_role("button", name="Xem điều sẽ xảy ra"))
    page.keyboard.press("Enter")
    expect(page.locator(".consequences")).to_contain_text("Tỉnh Đồng Nai (Cả nước), mã H19")
    tab_to(page, page.locator("main.desk button[name=confirmed]"))
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("Đã chuyển phản ánh")
    assert Petition.objects.get().agency.code == "H19"


def test_every_other_page_is_faultless_too(
    page: Page, live_server: Any, people: FourPeople, receipt: Receipt, accessibility_violations: Violations
) -> None:
    now, rated = timezone.now(), None
    for _time in range(6):
        dossier = make_dossier(people.commune, None, now)
        said = Said(1, {}, "Gọi tôi 0912345678")
        rated = rate(dossier, said, door=Door.PAGE, as_of=now, address="203.0.113.7").rating
    assert rated is not None
    enter(page, people.administrator, live_server.url)
    own = f"{receipt.petition.pk}/"
    for address in (
        *(own + act for act in ("assign/", "note/", "supplement/", "refuse/")),
        "held/",
        "figures/",
        "figures/?by=kind",
        "figures/?from=200001&to=200002",
        f"comments/{rated.pk}/",
    ):
        page.goto(f"/admin/petitions/{address}")
        faultless(page, accessibility_violations, OURS)
    page.goto("/admin/petitions/held/")
    page.get_by_role("button", name="Loại bỏ ý kiến đã chọn").click()
    expect(page.locator(".consequences").first).to_contain_text("6 ý kiến sẽ không bao giờ được tính")
    faultless(page, accessibility_violations, OURS)
    page.get_by_label("Lý do").fill("cùng một máy")
    page.get_by_role("button", name="Loại bỏ", exact=True).click()
    expect(page.locator("body")).to_contain_text("Đã loại bỏ 6 ý kiến")
    page.goto(f"/admin/petitions/slips/{rated.dossier_id}/")
    page.get_by_role("button", name="Tạo liên kết và mã QR").click()
    expect(page.locator(".slip svg")).to_be_visible()
    assert accessibility_violations(page) == []


def test_without_javascript(browser: Browser, live_server: Any, people: FourPeople, receipt: Receipt) -> None:
    context = browser.new_context(base_url=live_server.url, locale="vi-VN", java_script_enabled=False)
    page = context.new_page()
    enter(page, people.officer, live_server.url)
    page.goto(f"/admin/petitions/{receipt.petition.pk}/")
    page.get_by_role("link", name="Từ chối", exact=True).click()
    page.get_by_label("Nội dung không rõ").check()
    page.get_by_label("Giải thích").fill("Không rõ thủ tục nào.")
    page.get_by_role("button", name="Xem điều sẽ xảy ra").click()
    page.locator("main.desk button[name=confirmed]").click()
    expect(page.locator("main.desk")).to_contain_text("Không rõ thủ tục nào.")
    assert Petition.objects.get().state == Petition.State.REFUSED
    context.close()
