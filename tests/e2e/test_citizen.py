"""Citizens' pages in a real browser: on a phone and on a desk, without scripts, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from feedback import petition_work as work
from feedback.models import Petition, Rating
from feedback.ratings import Said
from procedures.applicants import applicant_hash
from procedures.models import Dossier
from tests.browser import DESKTOP, PHONE, on_a_phone
from tests.feedback.conftest import Staff, give
from tests.portal.citizen_country import published_petition
from tests.scoring.country import Country, make_country, make_dossier

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FOCUSED = "(document.activeElement.labels?.[0] ?? document.activeElement).textContent"
WROTE = "Tôi chờ ba giờ ở quầy số 3 mà không ai gọi."


@pytest.fixture
def country() -> Country:
    made = make_country()
    commune = made.north_communes[0]
    commune.name = "Phường Việt Trì"
    commune.save()
    return made


@pytest.fixture
def dossier(country: Country) -> Dossier:
    made = make_dossier(country.north_communes[0], country.marriage, timezone.now() - timedelta(days=3))
    made.phone_hash = applicant_hash(made.code, "0912344321")
    made.save()
    return made


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def plain_page(request: pytest.FixtureRequest, browser: Browser, live_server: Any) -> Iterator[Page]:
    """A page in a browser that runs no scripts."""
    context = browser.new_context(
        base_url=live_server.url, locale="vi-VN", java_script_enabled=False, **request.param
    )
    context.set_default_timeout(45_000)
    yield context.new_page()
    context.close()


def test_a_dossier_is_rated_in_three_touches_without_scripts(plain_page: Page, dossier: Dossier) -> None:
    page = plain_page
    page.goto("/")
    page.get_by_role("navigation", name="Chính").get_by_role("link", name="Đánh giá").click()
    page.get_by_label("Mã hồ sơ").fill(dossier.code.lower())
    page.get_by_label("Bốn số cuối").fill("4321")
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_role("button", name="Không hài lòng").click()
    assert Rating.objects.get().satisfaction == 1
    page.get_by_role("group", name="Cán bộ").get_by_role("radio", name="2").check()
    page.get_by_label("Bạn muốn góp ý thêm?").fill("Chờ lâu.")
    page.get_by_role("button", name="Gửi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cảm ơn bạn")
    page.go_back()
    page.get_by_role("button", name="Gửi").click()
    rating = Rating.objects.get()
    assert (rating.staff, rating.comment, rating.changes.count()) == (2, "Chờ lâu.", 1)


def test_a_petition_is_written_sent_and_followed_without_scripts(
    plain_page: Page, country: Country, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    picture = tmp_path / "quay-3.png"
    Image.new("RGB", (30, 20), "blue").save(picture)
    page, main = plain_page, plain_page.locator("main")
    page.goto("/phan-anh/")
    page.get_by_role("link", name="Viết phản ánh", exact=True).click()
    page.get_by_label("Tên cơ quan").fill("viet tri")
    main.get_by_role("button", name="Tìm kiếm").click()
    page.get_by_role("link", name="Phường Việt Trì").click()
    page.get_by_role("button", name="Thái độ, hành vi của cán bộ").click()
    page.get_by_label("Tóm tắt trong một câu").fill("Chờ lâu")
    page.get_by_label("Việc xảy ra thế nào").fill(WROTE)
    page.get_by_role("button", name="Tiếp tục").click()
    # One looks back at the text and goes on: it is still there.
    expect(page.get_by_label("Ảnh hoặc giấy tờ")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Việc xảy ra thế nào")).to_have_value(WROTE)
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_label("Ảnh hoặc giấy tờ").set_input_files(picture)
    page.get_by_role("button", name="Gửi phản ánh").click()
    expect(page.locator(".receipt dd")).to_have_count(2)
    code, secret = page.locator(".receipt dd").all_inner_texts()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã gửi phản ánh")
    petition = Petition.objects.get()
    assert (petition.code, petition.attachments.count()) == (code, 1)

    staff = Staff(country)
    work.answer(petition, "Phường đã mở thêm quầy.", by=staff.officer, as_of=timezone.now())
    page.context.clear_cookies()
    page.goto("/phan-anh/tra-cuu/")
    page.get_by_label("Mã biên nhận").fill(code)
    page.get_by_label("Mã bí mật").fill(secret.lower())
    main.get_by_role("button", name="Xem").click()
    expect(page.get_by_text("Phường đã mở thêm quầy.")).to_be_visible()
    page.get_by_role("button", name="Không hài lòng").click()
    petition.refresh_from_db()
    assert petition.verdict == Petition.Verdict.DISSATISFIED
    page.get_by_text("Chưa thỏa đáng: phản ánh lại").click()
    page.get_by_label("Câu trả lời chưa đúng ở điểm nào?").fill("Vẫn chờ.")
    page.get_by_role("button", name="Yêu cầu xử lý lại").click()
    expect(page.get_by_role("status")).to_contain_text("được xử lý lại")
    petition.refresh_from_db()
    assert petition.complaints == 1


def test_no_page_is_wider_than_its_screen_nor_hard_to_use(
    page: Page,
    country: Country,
    dossier: Dossier,
    accessibility_violations: Callable[[Page], list[str]],
) -> None:
    published = published_petition(country, Staff(country))
    for level in (3, 3, 2, 2, 1, 1):
        one = make_dossier(country.north_communes[0], country.marriage, timezone.now() - timedelta(days=2))
        give(one, Said(level), as_of=timezone.now())
    seen: list[str] = []

    def look() -> None:
        assert page.viewport_size is not None
        seen.append(page.url)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url
        assert not on_a_phone(page) or accessibility_violations(page) == [], page.url

    for address in (
        "/danh-gia/", "/danh-gia/khong-phai-lien-ket/", "/phan-anh/", "/phan-anh/viet/",
        "/phan-anh/viet/?q=h44", "/phan-anh/viet/?q=khongco", "/phan-anh/tra-cuu/", "/phan-anh/tra-loi/",
        f"/phan-anh/tra-loi/{published.code}/", "/hai-long/", "/hai-long/?co-quan=H44.101",
        "/co-quan/H44.101/", f"/thu-tuc/{country.marriage.code}/",
    ):  # fmt: skip
        page.goto(address)
        look()
    page.goto("/danh-gia/")
    page.get_by_role("button", name="Tiếp tục").click()
    look()
    page.get_by_label("Mã hồ sơ").fill(dossier.code)
    page.get_by_label("Bốn số cuối").fill("4321")
    page.get_by_role("button", name="Tiếp tục").click()
    look()
    page.get_by_role("button", name="Rất hài lòng").click()
    look()
    page.get_by_role("link", name="Không, kết thúc").click()
    look()
    page.goto("/phan-anh/viet/?agency=H44.101")
    look()
    page.get_by_role("button", name="Quy định, thủ tục").click()
    page.get_by_role("button", name="Tiếp tục").click()
    look()
    page.get_by_label("Tóm tắt trong một câu").fill(published.published_subject)
    page.get_by_label("Việc xảy ra thế nào").fill(published.published_body)
    page.get_by_role("button", name="Tiếp tục").click()
    assert page.url.endswith("/tuong-tu/")
    look()
    page.get_by_role("button", name="Việc của tôi khác").click()
    look()
    page.get_by_role("button", name="Gửi phản ánh").click()
    look()
    page.get_by_role("link", name="Theo dõi phản ánh").click()
    look()
    assert len(set(seen)) >= 21


def test_a_dossier_is_rated_by_keyboard_alone(desktop_page: Page, dossier: Dossier) -> None:
    page = desktop_page

    def tab_to(shown: str) -> None:
        for _press in range(40):
            page.keyboard.press("Tab")
            if str(page.evaluate(FOCUSED)).strip() == shown:
                assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
                return
        pytest.fail(f"“{shown}” is not reached.")

    page.goto("/danh-gia/")
    tab_to("Mã hồ sơ")
    page.keyboard.type(dossier.code)
    tab_to("Bốn số cuối")
    page.keyboard.type("4321")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bạn hài lòng thế nào")
    tab_to("Hài lòng")
    page.keyboard.press("Enter")
    page.wait_for_url("**/them/")
    assert Rating.objects.get().satisfaction == 2
    page.get_by_role("radio", name="không trả lời").first.focus()
    page.keyboard.press("ArrowLeft")
    tab_to("Gửi")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cam-on/")
    assert Rating.objects.get().access == 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("contrast", ["normal", "high"])
def test_colours_can_be_read_in_every_look(
    phone_page: Page,
    dossier: Dossier,
    scheme: Any,
    contrast: str,
    live_server: Any,
    accessibility_violations: Callable[[Page], list[str]],
) -> None:
    page = phone_page
    page.emulate_media(color_scheme=scheme)
    page.context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in
         (("contrast", contrast), ("text_size", "large"))]
    )  # fmt: skip
    page.goto("/danh-gia/")
    page.get_by_label("Mã hồ sơ").fill(dossier.code)
    page.get_by_label("Bốn số cuối").fill("0000")
    page.get_by_role("button", name="Tiếp tục").click()
    assert accessibility_violations(page) == []
    page.get_by_label("Bốn số cuối").fill("4321")
    page.get_by_role("button", name="Tiếp tục").click()
    assert accessibility_violations(page) == []
    page.get_by_role("button", name="Rất hài lòng").click()
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
