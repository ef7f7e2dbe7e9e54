"""Asking once more before harm: who is asked, by what, and for how long it holds."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies import integration
from agencies.lockout import is_locked
from agencies.models import EventLog, IntegrationClient, User
from tests.factories import NationFactory
from tests.signing_in import PASSWORD, account, code, prove, send_password, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def system() -> IntegrationClient:
    """A connected system whose password may be changed."""
    return integration.create_client(NationFactory.create(), username="one-stop")[0]


def rotate(system: IntegrationClient) -> str:
    """The page that changes its password."""
    return reverse("admin:agencies_integrationclient_rotate_password", args=[system.pk])


def asked(answer: Any) -> str:
    """Where the person is sent to confirm, without the way back; empty if they are not."""
    return answer.url.partition("?")[0] if answer.status_code == 302 else ""


def test_a_sign_in_counts_for_ten_minutes(system: IntegrationClient) -> None:
    client = signed_in(account())
    assert client.get(rotate(system)).status_code == 200
    prove(client, "password", "mfa", seconds_ago=599)
    assert client.get(rotate(system)).status_code == 200
    prove(client, "password", "mfa", seconds_ago=601)
    assert asked(client.get(rotate(system))) == reverse("mfa_reauthenticate")


def test_after_the_code_one_is_back_where_one_was(system: IntegrationClient) -> None:
    client = signed_in(account())
    prove(client, "mfa", seconds_ago=601)
    page = client.get(rotate(system))
    wrong = client.post(page.url, {"code": "000000"})
    assert wrong.status_code == 200
    back = client.post(page.url, {"code": code()})
    assert back.url == rotate(system)
    assert client.get(back.url).status_code == 200


def test_nothing_is_done_by_a_post_that_comes_too_late(system: IntegrationClient) -> None:
    client = signed_in(account())
    prove(client, "mfa", seconds_ago=601)
    before = system.password_hash
    late = client.post(rotate(system), {"confirmed": "yes"})
    assert asked(late) == reverse("mfa_reauthenticate")
    done = client.post(late.url, {"code": code()}, follow=True)
    system.refresh_from_db()
    assert system.password_hash == before
    assert "Chưa thực hiện gì" in done.content.decode()
    client.post(rotate(system), {"confirmed": "yes"})
    system.refresh_from_db()
    assert system.password_hash != before


def test_a_password_is_not_enough_for_who_has_a_second_factor(system: IntegrationClient) -> None:
    client = signed_in(account())
    prove(client, "password")
    session = client.session
    session["account_authentication_methods"] += [{"method": "mfa", "at": 0}]
    session.save()
    assert asked(client.get(rotate(system))) == reverse("mfa_reauthenticate")
    assert asked(client.get(reverse("account_reauthenticate"))) == reverse("mfa_reauthenticate")


def test_without_one_the_password_is_asked(system: IntegrationClient, settings: Any) -> None:
    settings.SECOND_FACTOR = "off"
    client = signed_in(account(factor=False))
    prove(client, "password", seconds_ago=601)
    page = client.get(rotate(system))
    assert asked(page) == reverse("account_reauthenticate")
    wrong = client.post(page.url, {"password": "not the phrase at all"})
    assert wrong.context["form"].errors == {"password": ["Mật khẩu không đúng."]}
    assert client.post(page.url, {"password": PASSWORD}).url == rotate(system)
    assert client.get(rotate(system)).status_code == 200


def test_guessing_here_locks_the_account_too(system: IntegrationClient, settings: Any) -> None:
    settings.SECOND_FACTOR = "off"
    user = account(factor=False)
    client = signed_in(user)
    prove(client, "password", seconds_ago=601)
    for _ in range(10):
        client.post(reverse("account_reauthenticate"), {"password": "not the phrase at all"})
    assert is_locked(user)
    assert send_password(Client(), "reviewer").status_code == 200


def test_what_another_person_proved_in_the_session_does_not_count(system: IntegrationClient) -> None:
    client = signed_in(account())
    session = client.session
    session["account_authentication_methods_user"] = "999"
    session.save()
    assert asked(client.get(rotate(system))) == reverse("mfa_reauthenticate")


def test_an_account_with_no_way_to_confirm_is_refused(system: IntegrationClient, settings: Any) -> None:
    settings.SECOND_FACTOR = "off"
    client = Client()
    client.force_login(User.objects.create_superuser("keyless", password=None))
    assert client.get(rotate(system)).status_code == 403


@pytest.mark.parametrize("name", ["mfa_generate_recovery_codes", "mfa_activate_totp", "mfa_add_webauthn"])
def test_what_was_sent_too_late_is_not_kept(name: str, settings: Any) -> None:
    settings.SECOND_FACTOR = "off"
    client = signed_in(account(factor=name == "mfa_generate_recovery_codes"))
    prove(client, "password", seconds_ago=601)
    # A server's environment is part of each request it passes on.
    late = client.post(reverse(name), {"code": "123456"}, DATABASE_URL="postgres://a:secret@b/c")
    assert asked(late) in (reverse("mfa_reauthenticate"), reverse("account_reauthenticate"))
    assert "secret" not in str(dict(client.session))
    assert "123456" not in str(dict(client.session))


def test_who_is_not_signed_in_does_that_first(client: Client) -> None:
    answer = client.get(reverse("mfa_generate_recovery_codes"))
    assert answer.url == f"{reverse('account_login')}?next={reverse('mfa_generate_recovery_codes')}"


@pytest.mark.parametrize("page", ["change", "add", "password", "reset"])
def test_pages_of_accounts_ask_too(page: str) -> None:
    user = account()
    client = signed_in(user)
    addresses = {
        "change": reverse("admin:agencies_user_change", args=[user.pk]),
        "add": reverse("admin:agencies_user_add"),
        "password": reverse("admin:auth_user_password_change", args=[user.pk]),
        "reset": reverse("admin:agencies_user_reset_factor", args=[user.pk]),
    }
    assert client.get(addresses[page]).status_code == 200
    prove(client, "mfa", seconds_ago=601)
    assert asked(client.get(addresses[page])) == reverse("mfa_reauthenticate")


def test_an_operator_helps_who_lost_the_phone(client: Client) -> None:
    operator, lost = signed_in(account("operator")), account("officer")
    page = reverse("admin:agencies_user_reset_factor", args=[lost.pk])
    assert "Mọi phiên đăng nhập của tài khoản kết thúc ngay." in operator.get(page).content.decode()
    without = operator.post(page, {"confirmed": "yes", "reason": " "})
    assert without.status_code == 200
    operator.post(page, {"confirmed": "yes", "reason": "Gọi điện xác minh với lãnh đạo đơn vị"})
    event = EventLog.objects.get(verb="account.second_factor_reset")
    assert (event.actor_name, event.object_label) == ("operator (operator)", "officer")
    assert event.reason == "Gọi điện xác minh với lãnh đạo đơn vị"
    assert send_password(client, "officer").url == "/admin/"
    assert client.get("/admin/").url == reverse("mfa_index")


def test_an_operator_unlocks_from_the_account_s_page(client: Client) -> None:
    operator, officer = signed_in(account("operator")), account("officer")
    page = reverse("admin:agencies_user_unlock_sign_in", args=[officer.pk])
    assert "không bị khóa" in operator.get(page, follow=True).content.decode()
    for _ in range(10):
        send_password(client, "officer", "not the phrase at all")
    assert (
        "bị khóa" in operator.get(reverse("admin:agencies_user_change", args=[officer.pk])).content.decode()
    )
    operator.post(page, {"confirmed": "yes"})
    assert not is_locked(officer)
    assert EventLog.objects.filter(verb="account.unlocked").count() == 1
