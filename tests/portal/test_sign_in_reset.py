"""A forgotten password: a link by e-mail, good once; the second factor stays."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from agencies.lockout import is_locked
from agencies.models import User
from tests.signing_in import PASSWORD, account, send_password, signed_in

pytestmark = pytest.mark.django_db
EMAIL = "nguyen@vpcp.example"
NEW = "mưa rào phố cổ tháng tám"


@pytest.fixture
def user() -> User:
    """Somebody with an e-mail address."""
    return account(email=EMAIL)


def ask(client: Client, email: str = EMAIL) -> Any:
    """Ask for a link."""
    return client.post(reverse("account_reset_password"), {"email": email})


def link() -> str:
    """The link in the last letter, without the host."""
    found = re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return found[1]


def choose(client: Client, address: str, password: str = NEW) -> Any:
    """Open the link and choose a password."""
    page = client.get(address, follow=True)
    if "form" not in page.context:
        return page
    return client.post(page.request["PATH_INFO"], {"password1": password, "password2": password}, follow=True)


def test_a_link_sets_a_new_password_and_ends_all_sessions(client: Client, user: User) -> None:
    elsewhere = signed_in(user)
    ask(client)
    assert mail.outbox[-1].to == [EMAIL]
    assert mail.outbox[-1].subject == "Đặt lại mật khẩu Cổng bộ chỉ số phục vụ"
    assert "Đã đổi mật khẩu" in choose(client, link()).content.decode()
    assert elsewhere.get("/admin/").url.startswith("/admin/login/")
    assert send_password(client, "reviewer", PASSWORD).status_code == 200
    assert send_password(client, "reviewer", NEW).url == reverse("mfa_authenticate")


def test_the_link_works_once(client: Client, user: User) -> None:
    ask(client)
    address = link()
    choose(client, address)
    assert "Liên kết này không còn hiệu lực" in Client().get(address).content.decode()


def test_an_unknown_address_is_told_the_same_and_gets_no_letter(client: Client, user: User) -> None:
    known, unknown = ask(client), ask(client, "nobody@vpcp.example")
    assert known.url == unknown.url == reverse("account_reset_password_done")
    assert len(mail.outbox) == 1


def test_a_weak_one_is_refused(client: Client, user: User) -> None:
    ask(client)
    page = choose(client, link(), "Matkhau@123456")
    assert "dễ đoán" in page.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_it_does_not_unlock_who_was_locked_by_guessing(client: Client, user: User) -> None:
    for _ in range(10):
        send_password(Client(), "reviewer", "not the phrase at all")
    ask(client)
    choose(client, link())
    assert is_locked(user)


def test_letters_to_one_address_are_limited(client: Client, user: User) -> None:
    answers = [ask(client).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert len(mail.outbox) == 5
