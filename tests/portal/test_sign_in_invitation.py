"""The link of an invitation: a newcomer opens an account with it, others accept with theirs."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies import roles
from agencies.invitations import invite, withdraw
from agencies.models import Grant, Invitation, User
from agencies.revoking import revoke
from tests.people import FourPeople, let_in, role
from tests.signing_in import PASSWORD, send_password, signed_in

EMAIL = "moi@example.vn"


@pytest.fixture
def people(db: None) -> FourPeople:
    """Who may invite, and whom."""
    return let_in()


@pytest.fixture
def offer(people: FourPeople) -> tuple[Invitation, str]:
    """An invitation of a newcomer to the commune, and the address of its page."""
    return offered(people, EMAIL)


def offered(people: FourPeople, email: str) -> tuple[Invitation, str]:
    """An invitation by the province's administrator, and the address of its page."""
    made, token = invite(
        people.administrator,
        email,
        role(roles.OFFICER),
        people.commune,
        name="Lê Thị Mới",
        reason="tuyển dụng",
        as_of=timezone.now(),
    )
    return made, reverse("invitation", args=[token])


def choose(client: Client, address: str, password: str = PASSWORD, again: str = "") -> Any:
    """Send the form of a new account."""
    return client.post(address, {"password1": password, "password2": again or password}, follow=True)


def test_a_newcomer_opens_an_account_and_sets_up_a_second_factor(client: Client, offer: Any) -> None:
    page = client.get(offer[1])
    assert "Phường Việt Trì" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    done = choose(client, offer[1]).content.decode()
    assert "Tài khoản moi@example.vn đã mở. Hãy đăng nhập." in done
    assert Grant.objects.get(user__email=EMAIL).agency.name == "Phường Việt Trì"
    assert send_password(client, EMAIL).url == "/admin/"
    assert client.get("/admin/").url == reverse("mfa_index")


@pytest.mark.parametrize(
    ("password", "again", "told"),
    [
        ("Matkhau@123456", "", "dễ đoán"),
        (PASSWORD, "something else entirely", "Hai lần nhập mật khẩu phải giống nhau."),
        ("moi@example.vn", "", "quá giống"),
    ],
)
def test_a_password_that_will_not_do_leaves_the_offer_open(
    client: Client, offer: Any, password: str, again: str, told: str
) -> None:
    assert told in choose(client, offer[1], password, again).content.decode()
    assert not User.objects.filter(email=EMAIL).exists()
    assert "đã mở" in choose(client, offer[1]).content.decode()


def test_the_link_works_once(client: Client, offer: Any) -> None:
    choose(client, offer[1])
    again = client.get(offer[1])
    assert again.status_code == 404
    assert "Lời mời đã được nhận." in again.content.decode()


def test_others_are_told_why_it_is_no_longer_good(client: Client, offer: Any, people: FourPeople) -> None:
    assert "Không có lời mời nào" in client.get(reverse("invitation", args=["nothing"])).content.decode()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert "một tuần" in client.get(offer[1]).content.decode()
    withdraw(offer[0], by=people.administrator, reason="nhầm người", as_of=timezone.now())
    assert "rút lại" in choose(client, offer[1]).content.decode()


def test_an_inviter_who_may_no_longer_give_it_has_invited_in_vain(
    client: Client,
    offer: Any,
    people: FourPeople,
) -> None:
    grant = people.grants["administrator"]
    revoke(grant, by=people.operator, reason="chuyển công tác", as_of=timezone.now())
    page = choose(client, offer[1])
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert not User.objects.filter(email=EMAIL).exists()


def test_who_has_an_account_signs_in_and_accepts(people: FourPeople) -> None:
    _made, address = offered(people, people.stranger.email)
    asked = Client().get(address).content.decode()
    assert f"{reverse('account_login')}?next={address}" in asked
    assert "password1" not in asked
    stranger = signed_in(people.stranger)
    assert "Nhận lời mời" in stranger.get(address).content.decode()
    assert stranger.post(address).url == "/admin/"
    assert Grant.objects.filter(user=people.stranger, agency=people.commune).exists()


def test_another_account_cannot_accept_it(people: FourPeople) -> None:
    _made, address = offered(people, people.stranger.email)
    officer = signed_in(people.officer)
    assert "Bạn đang đăng nhập với tài khoản officer." in officer.post(address).content.decode()
    assert not Grant.objects.filter(user=people.stranger, agency=people.commune).exists()
