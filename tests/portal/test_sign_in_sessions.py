"""One's own sessions: which there are, and ending one, all others, or all by a new password."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import User
from portal.signing_in.sessions import device, remove_expired
from tests.signing_in import PASSWORD, account, code, send_code, send_password, signed_in

pytestmark = pytest.mark.django_db
ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko)"
PHONE = f"Mozilla/5.0 (Linux; Android 14; SM-A155F) {ENGINE} Chrome/130.0.0.0 Mobile Safari/537.36"
DESK = (
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {ENGINE} coc_coc_browser/128.0 Chrome/122.0.0.0 Safari/537.36"
)
NEW = "mưa rào phố cổ tháng tám"


@pytest.fixture
def user() -> User:
    """Somebody with sessions."""
    return account()


@pytest.fixture
def desk(user: User) -> Client:
    """A session at a desk."""
    client = signed_in(user, HTTP_USER_AGENT=DESK)
    client.get("/admin/")
    return client


@pytest.fixture
def phone(user: User) -> Client:
    """A session on a phone, from elsewhere."""
    client = signed_in(user, HTTP_USER_AGENT=PHONE, REMOTE_ADDR="192.0.2.7")
    client.get("/admin/")
    return client


def is_in(client: Client) -> bool:
    """Whether the client is still signed in."""
    return client.get("/admin/").status_code == 200


def test_the_list_names_device_address_and_last_use(desk: Client, phone: Client) -> None:
    page = desk.get(reverse("usersessions_list")).content.decode()
    for told in ("Cốc Cốc trên Windows", "Chrome trên Android", "192.0.2.7", "Phiên này"):
        assert told in page


def test_signing_in_makes_an_entry(client: Client, user: User) -> None:
    send_password(client, "reviewer")
    assert not UserSession.objects.exists()
    send_code(client, code())
    assert UserSession.objects.get().user == user


def test_last_use_is_noted_every_five_minutes_at_most(desk: Client) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    UserSession.objects.update(last_seen_at=long_ago)
    desk.get("/admin/")
    assert UserSession.objects.get().last_seen_at == long_ago
    cache.clear()
    desk.get("/admin/")
    assert UserSession.objects.get().last_seen_at > long_ago


def test_one_session_is_signed_out(desk: Client, phone: Client) -> None:
    there = UserSession.objects.get(ip="192.0.2.7")
    desk.post(reverse("end_session", args=[there.pk]))
    assert not is_in(phone)
    assert is_in(desk)


def test_signing_out_the_present_one_leads_to_signing_in(desk: Client) -> None:
    here = UserSession.objects.get()
    assert desk.post(reverse("end_session", args=[here.pk])).url == reverse("account_login")
    assert not is_in(desk)


def test_nobody_ends_somebody_else_s(desk: Client) -> None:
    other = signed_in(account("stranger"))
    theirs = UserSession.objects.get()
    assert other.post(reverse("end_session", args=[theirs.pk])).status_code == 404
    assert is_in(desk)


def test_a_link_ends_nothing(desk: Client) -> None:
    assert desk.get(reverse("end_session", args=[UserSession.objects.get().pk])).status_code == 405
    assert is_in(desk)


def test_everywhere_else(desk: Client, phone: Client) -> None:
    desk.post(reverse("usersessions_list"))
    assert is_in(desk)
    assert not is_in(phone)


def test_a_new_password_ends_all_others(desk: Client, phone: Client) -> None:
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert desk.post(reverse("account_change_password"), data).url == reverse("mfa_index")
    assert is_in(desk)
    assert not is_in(phone)
    assert len(desk.get(reverse("usersessions_list")).context["sessions"]) == 1


def test_the_present_password_is_asked_for(desk: Client, user: User) -> None:
    data = {"oldpassword": "not the phrase at all", "password1": NEW, "password2": NEW}
    errors = desk.post(reverse("account_change_password"), data).context["form"].errors
    assert errors == {"oldpassword": ["Mật khẩu hiện tại không đúng."]}
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_slip_of_the_pen_changes_nothing(desk: Client, user: User) -> None:
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW + "!"}
    errors = desk.post(reverse("account_change_password"), data).context["form"].errors
    assert errors == {"password2": ["Hai lần nhập mật khẩu phải giống nhau."]}


def test_a_session_ended_elsewhere_is_sent_to_sign_in_and_back(desk: Client) -> None:
    UserSession.objects.get().end()
    asked: Any = desk.get("/admin/agencies/agency/", follow=True)
    assert 'name="next" value="/admin/agencies/agency/"' in asked.content.decode()


def test_what_nobody_can_use_any_more_is_removed(desk: Client, phone: Client) -> None:
    gone = UserSession.objects.get(ip="192.0.2.7").session_key
    Session.objects.filter(session_key=gone).update(expire_date=timezone.now() - timedelta(minutes=1))
    remove_expired(timezone.now())
    assert not Session.objects.filter(session_key=gone).exists()
    assert UserSession.objects.get().ip == "127.0.0.1"
    assert is_in(desk)


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        (DESK, "Cốc Cốc trên Windows"),
        (PHONE, "Chrome trên Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1",
            "Safari trên iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox trên Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0", "Edge trên Windows"),
        ("", "Trình duyệt chưa rõ"),
    ],
)
def test_devices_by_the_names_their_owners_use(user_agent: str, told: str) -> None:
    assert device(user_agent) == told
