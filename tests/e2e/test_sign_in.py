"""The ways in, in a real browser: password and code, passkey, provider of identities; by keyboard too."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies import integration, roles
from agencies.invitations import invite
from agencies.models import Role, User
from portal.sign_in_settings import openid_connect
from tests import identity_provider
from tests.factories import NationFactory
from tests.identity_provider import Provider
from tests.people import let_in
from tests.signing_in import PASSWORD, account, code

pytestmark = pytest.mark.e2e


@pytest.fixture
def operator(transactional_db: None) -> User:
    """Somebody who may use the admin, with an authenticator app."""
    return account("operator")


@pytest.fixture
def newcomer(transactional_db: None) -> User:
    """Somebody who may, and has only a password yet."""
    return account("newcomer", factor=False)


def send_password(page: Page, username: str, password: str = PASSWORD) -> None:
    """Fill in the sign-in form and send it."""
    page.goto("/admin/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()


def send_code(page: Page, value: str) -> None:
    """Fill in the code and send it."""
    page.get_by_label("Mã xác thực").fill(value)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()


def test_an_operator_signs_in_and_out(page: Page, operator: User) -> None:
    send_password(page, "operator")
    send_code(page, code())
    expect(page).to_have_url(re.compile(r"/admin/$"))
    page.locator("#logout-form").wait_for(state="attached")
    page.evaluate("document.querySelector('#logout-form').submit()")
    expect(page.get_by_role("status")).to_have_text("Bạn đã đăng xuất.")
    page.goto("/admin/")
    expect(page.get_by_label("Mật khẩu")).to_be_visible()


def test_a_wrong_password_is_refused_in_vietnamese(page: Page, operator: User) -> None:
    send_password(page, "operator", "not the phrase")
    expect(page).to_have_url(re.compile(r"/dang-nhap/"))
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    expect(page.get_by_role("alert").first).to_have_text("Tên đăng nhập hoặc mật khẩu không đúng.")


def test_by_keyboard_alone(desktop_page: Page, operator: User) -> None:
    page = desktop_page
    page.goto("/admin/")
    expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
    page.keyboard.type("operator")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Mã xác thực")).to_be_focused()
    page.keyboard.type(code())
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/admin/$"))


def test_a_newcomer_sets_up_an_app_before_anything_else(
    page: Page, newcomer: User, accessibility_violations: Callable[[Page], list[str]]
) -> None:
    send_password(page, "newcomer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Còn một bước: thiết lập xác thực lớp hai")
    assert accessibility_violations(page) == []
    page.goto("/du-lieu/")
    page.get_by_role("link", name="Thiết lập ứng dụng").click()
    page.get_by_text("Không quét được").click()
    secret = page.locator("code.secret").inner_text()
    assert accessibility_violations(page) == []
    page.get_by_label("Mã trong ứng dụng").fill(code(secret=secret))
    page.get_by_role("button", name="Hoàn tất").click()
    expect(page.locator(".codes li")).to_have_count(10)
    assert accessibility_violations(page) == []
    page.get_by_role("link", name="Tôi đã cất giữ").click()
    expect(page).to_have_url(re.compile(r"/admin/$"))


def test_without_javascript(browser: Any, live_server: Any, operator: User) -> None:
    context = browser.new_context(base_url=live_server.url, locale="vi-VN", java_script_enabled=False)
    page = context.new_page()
    send_password(page, "operator")
    expect(page.get_by_role("button", name="Dùng khóa truy cập")).to_have_count(0)
    send_code(page, code())
    expect(page).to_have_url(re.compile(r"/admin/$"))
    context.close()


@pytest.fixture
def key(desktop_page: Page) -> Any:
    """A passkey in the machine: it knows its owner, and says yes."""
    debugger = desktop_page.context.new_cdp_session(desktop_page)
    debugger.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return debugger.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_signs_in_alone_and_confirms(
    desktop_page: Page, key: Any, newcomer: User, accessibility_violations: Callable[[Page], list[str]]
) -> None:
    page = desktop_page
    system, _password = integration.create_client(NationFactory.create(), username="one-stop")
    send_password(page, "newcomer")
    page.get_by_role("link", name="Thêm khóa truy cập").click()
    page.get_by_label("Tên khóa").fill("Máy tính cơ quan")
    page.get_by_label("Đăng nhập chỉ bằng khóa này").check()
    assert accessibility_violations(page) == []
    page.get_by_role("button", name="Thêm khóa truy cập").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto(reverse("mfa_list_webauthn"))
    expect(page.get_by_text("Đăng nhập không cần mật khẩu")).to_be_visible()
    assert accessibility_violations(page) == []

    page.context.clear_cookies()
    page.goto("/admin/")
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    expect(page).to_have_url(re.compile(r"/admin/$"))

    # Ten minutes later it confirms who it is.
    time_travel(page)
    page.goto(reverse("admin:agencies_integrationclient_rotate_password", args=[system.pk]))
    expect(page.get_by_role("heading", level=1)).to_have_text("Xác nhận đây là bạn")
    assert accessibility_violations(page) == []
    page.get_by_role("link", name="Dùng khóa truy cập").click()
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(page.get_by_role("button", name="Tạo mật khẩu mới")).to_be_visible()


def test_a_passkey_is_the_second_factor_too(desktop_page: Page, key: Any, operator: User) -> None:
    page = desktop_page
    send_password(page, "operator")
    send_code(page, code())
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_role("button", name="Thêm khóa truy cập").click()
    expect(page.get_by_role("status")).to_contain_text("Đã thêm khóa truy cập.")
    page.context.clear_cookies()
    send_password(page, "operator")
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(page).to_have_url(re.compile(r"/admin/$"))
    assert Authenticator.objects.get(type="webauthn").last_used_at


def test_a_machine_without_one_of_ours_says_so(desktop_page: Page, key: Any, operator: User) -> None:
    page = desktop_page
    page.goto("/admin/")
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    expect(page.locator("#passkey-problem")).to_contain_text("Chưa dùng được khóa truy cập")


def time_travel(page: Page, seconds: int = 601) -> None:
    """Let the session's proofs grow old."""
    from django.contrib.sessions.backends.db import SessionStore

    cookie = next(cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    session = SessionStore(cookie["value"])
    for record in session["account_authentication_methods"]:
        record["at"] -= seconds
    session.save()


def test_one_s_own_sessions(
    page: Page, operator: User, accessibility_violations: Callable[[Page], list[str]]
) -> None:
    send_password(page, "operator")
    send_code(page, code())
    page.goto(reverse("mfa_index"))
    assert accessibility_violations(page) == []
    page.get_by_role("link", name="Phiên đăng nhập").click()
    expect(page.get_by_text("Phiên này")).to_be_visible()
    assert accessibility_violations(page) == []
    page.get_by_role("link", name="Mật khẩu", exact=True).click()
    assert accessibility_violations(page) == []
    page.goto(reverse("usersessions_list"))
    page.get_by_role("button", name=re.compile("Đăng xuất Chrome")).click()
    expect(page.get_by_label("Mật khẩu")).to_be_visible()


def test_an_invitation(
    page: Page, transactional_db: None, accessibility_violations: Callable[[Page], list[str]]
) -> None:
    people = let_in()
    _made, token = invite(
        people.administrator,
        "moi@example.vn",
        Role.objects.get(code=roles.OFFICER),
        people.commune,
        reason="tuyển dụng",
        as_of=timezone.now(),
    )
    page.goto(reverse("invitation", args=[token]))
    assert accessibility_violations(page) == []
    page.get_by_label("Mật khẩu", exact=True).fill("Matkhau@123456")
    page.get_by_label("Nhập lại mật khẩu").fill("Matkhau@123456")
    page.get_by_role("button", name="Nhận lời mời và mở tài khoản").click()
    expect(page.get_by_label("Mật khẩu", exact=True)).to_have_accessible_description(re.compile("dễ đoán"))
    assert accessibility_violations(page) == []
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_label("Nhập lại mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Nhận lời mời và mở tài khoản").click()
    expect(page.get_by_role("status")).to_have_text("Tài khoản moi@example.vn đã mở. Hãy đăng nhập.")
    send_password(page, "moi@example.vn")
    expect(page.get_by_role("heading", level=1)).to_have_text("Còn một bước: thiết lập xác thực lớp hai")


@pytest.fixture
def provider(settings: Any, live_server: Any) -> Iterator[Provider]:
    """A provider of identities in a process of its own, switched on."""
    with identity_provider.running() as provider:
        provider.answers_to(live_server.url + reverse("openid_connect_callback", args=["sso"]))
        settings.OIDC_NAME, settings.OIDC_SERVER_URL = "VNeID thử nghiệm", provider.url
        settings.SOCIALACCOUNT_PROVIDERS = openid_connect(
            name=settings.OIDC_NAME,
            server_url=provider.url,
            client_id=identity_provider.CLIENT_ID,
            client_secret=identity_provider.CLIENT_SECRET,
        )
        yield provider


def sign_in_there(page: Page) -> None:
    """The provider's own sign-in page."""
    page.locator("input[name=login]").fill("nguyen")
    page.locator("input[name=password]").fill(identity_provider.PASSWORD)
    page.locator("form button[type=submit]").first.click()


def test_single_sign_on(
    page: Page, provider: Provider, operator: User, accessibility_violations: Callable[[Page], list[str]]
) -> None:
    provider.knows("nguyen", email="stranger@vpcp.example")
    page.goto("/admin/")
    assert accessibility_violations(page) == []
    page.get_by_role("link", name="Đăng nhập bằng VNeID thử nghiệm").click()
    sign_in_there(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Bạn chưa đăng nhập được")
    assert accessibility_violations(page) == []

    User.objects.filter(pk=operator.pk).update(email="nguyen@vpcp.example")
    provider.knows("nguyen", email="nguyen@vpcp.example")
    page.goto("/admin/")
    page.get_by_role("link", name="Đăng nhập bằng VNeID thử nghiệm").click()
    # Known there already, one comes straight back, and shows the second factor here.
    assert accessibility_violations(page) == []
    send_code(page, code())
    expect(page).to_have_url(re.compile(r"/admin/$"))
    assert time.time() - User.objects.get(pk=operator.pk).last_login.timestamp() < 60  # type: ignore[union-attr]
