"""The first step of signing in: what is told to whom, and what is not."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.signing_in import PASSWORD, account, send_password

pytestmark = pytest.mark.django_db


def test_the_password_leads_to_the_second_factor(client: Client) -> None:
    account()
    answer = send_password(client, "reviewer", next="/admin/")
    assert answer.url == reverse("mfa_authenticate")
    assert client.get("/admin/").status_code == 302


def test_a_name_is_known_in_any_case(client: Client) -> None:
    account()
    assert send_password(client, "Reviewer ").url == reverse("mfa_authenticate")


def test_a_wrong_password_and_an_unknown_account_are_told_the_same(client: Client) -> None:
    account()
    wrong = send_password(client, "reviewer", "not the phrase at all")
    unknown = send_password(client, "nobody", "not the phrase at all")
    told = wrong.context["form"].non_field_errors()
    assert wrong.status_code == unknown.status_code == 200
    assert told == unknown.context["form"].non_field_errors() == ["Tên đăng nhập hoặc mật khẩu không đúng."]


def test_an_account_out_of_use_is_told_so_only_with_its_password(client: Client) -> None:
    account(is_active=False)
    assert send_password(client, "reviewer", "not the phrase at all").status_code == 200
    assert send_password(client, "reviewer").url == reverse("account_inactive")
    assert client.get("/admin/").status_code == 302


def test_the_admin_sends_to_the_one_sign_in_page_and_back(client: Client) -> None:
    asked = client.get("/admin/agencies/agency/?q=x", follow=True)
    assert asked.redirect_chain[-1][0].startswith(reverse("account_login") + "?next=")
    assert 'name="next" value="/admin/agencies/agency/?q=x"' in asked.content.decode()


def test_nobody_is_sent_to_another_site(client: Client) -> None:
    account("reader", factor=False, is_staff=False, is_superuser=False)
    assert send_password(client, "reader", next="https://elsewhere.example/").url == "/admin/"
    assert client.get("/admin/login/?next=//elsewhere.example/").status_code == 403


def test_an_account_with_nothing_to_do_is_told_so(client: Client) -> None:
    account("reader", factor=False, is_staff=False, is_superuser=False)
    send_password(client, "reader")
    page = client.get("/admin/", follow=True)
    assert page.status_code == 403
    assert "Bạn đang đăng nhập với tài khoản reader" in page.content.decode()


def test_the_page_is_kept_by_no_cache(client: Client) -> None:
    assert "no-store" in client.get(reverse("account_login"))["Cache-Control"]


def test_nobody_opens_an_account_for_themselves() -> None:
    for name in ("account_signup", "account_email", "socialaccount_signup", "mfa_signup_webauthn"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_signing_out_takes_a_button(client: Client) -> None:
    account("reader", factor=False, is_staff=False, is_superuser=False)
    send_password(client, "reader")
    assert client.get("/admin/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    gone = client.post("/admin/logout/")
    assert gone.url == reverse("account_login")
    assert "_auth_user_id" not in client.session
    assert [str(message) for message in get_messages(gone.wsgi_request)] == ["Bạn đã đăng xuất."]


def test_passwords_are_not_in_the_session(client: Client) -> None:
    account()
    send_password(client, "reviewer")
    assert PASSWORD not in str(dict(client.session))
