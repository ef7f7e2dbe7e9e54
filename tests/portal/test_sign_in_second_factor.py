"""The second factor: required of who may write, asked at every sign-in, each code good once."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from agencies.models import User
from tests.signing_in import PASSWORD, account, code, give_app, prove, send_code, send_password, signed_in

pytestmark = pytest.mark.django_db
WRONG_CODE = "Mã không đúng hoặc đã được dùng."


def recovery_codes(user: User) -> list[str]:
    """The recovery codes of a user, made if there are none."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    return RecoveryCodes.activate(user).get_unused_codes()


def test_a_code_of_the_app_signs_in(client: Client) -> None:
    account()
    send_password(client, "reviewer", next="/admin/")
    assert send_code(client, code()).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_wrong_code_does_not(client: Client) -> None:
    account()
    send_password(client, "reviewer")
    assert send_code(client, "000000").context["form"].errors["code"] == [WRONG_CODE]
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_clock_half_a_minute_off_is_forgiven(client: Client, steps: int) -> None:
    account()
    send_password(client, "reviewer")
    assert send_code(client, code(steps)).status_code == 302


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_code_of_another_time_is_refused(client: Client, steps: int) -> None:
    account()
    send_password(client, "reviewer")
    assert send_code(client, code(steps)).status_code == 200


def test_a_code_works_once_for_as_long_as_it_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    account()
    used, first, second = code(1), Client(), Client()
    send_password(first, "reviewer")
    assert send_code(first, used).status_code == 302
    send_password(second, "reviewer")
    # Half a minute later the library's own memory of it is gone, while the code is still accepted.
    from allauth.mfa.totp.internal import auth
    from django.core.cache import cache

    cache.delete(f"allauth.mfa.totp.used?user={User.objects.get().pk}&code={used}")
    now = auth.time.time()
    monkeypatch.setattr(auth.time, "time", lambda: now + 31)
    assert send_code(second, used).context["form"].errors["code"] == [WRONG_CODE]


def test_a_recovery_code_works_once(client: Client) -> None:
    spare = recovery_codes(account())[0]
    send_password(client, "reviewer")
    assert send_code(client, spare).status_code == 302
    client.post("/admin/logout/")
    send_password(client, "reviewer")
    assert send_code(client, spare).context["form"].errors["code"] == [WRONG_CODE]


def test_without_a_password_no_code_is_asked(client: Client) -> None:
    account()
    assert client.get(reverse("mfa_authenticate")).url == reverse("account_login")
    assert send_code(client, code()).url == reverse("account_login")


# --- Setting one up ---------------------------------------------------------------


def test_who_may_write_can_do_nothing_before_setting_one_up(client: Client) -> None:
    account(factor=False)
    assert send_password(client, "reviewer").url == "/admin/"
    for address in ("/admin/", "/admin/agencies/agency/", "/", "/du-lieu/", reverse("usersessions_list")):
        assert client.get(address).url == reverse("mfa_index"), address
    page = client.get(reverse("mfa_index")).content.decode()
    assert "Còn một bước: thiết lập xác thực lớp hai" in page
    assert client.post("/admin/logout/").status_code == 302


def test_the_api_says_so_instead_of_sending_elsewhere(client: Client) -> None:
    account(factor=False)
    send_password(client, "reviewer")
    answer = client.get("/api/v1/agencies/")
    assert answer.status_code == 403
    assert "xác thực lớp hai" in answer.json()["detail"]


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_doors_and_gives_recovery_codes_once(client: Client) -> None:
    user = account(factor=False)
    send_password(client, "reviewer")
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert wrong.context["form"].errors["code"] == [WRONG_CODE]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret=secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    shown = re.findall(r"<code>(\d{8})</code>", client.get(answer.url).content.decode())
    assert shown == recovery_codes(user)
    assert not re.findall(r"<code>\d{8}</code>", client.get(answer.url).content.decode())
    assert client.get("/admin/").status_code == 200


def test_the_secret_lies_sealed_in_the_database(client: Client) -> None:
    user = account(factor=False)
    send_password(client, "reviewer")
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code(secret=secret)})
    kept = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret not in kept
    assert kept.startswith("gAAAA")


@pytest.mark.django_db(transaction=True)
def test_setting_one_up_ends_sessions_that_knew_only_the_password() -> None:
    user = account(factor=False)
    thief, owner = Client(), Client()
    send_password(thief, "reviewer")
    send_password(owner, "reviewer")
    secret = owner.get(reverse("mfa_activate_totp")).context["form"].secret
    owner.post(reverse("mfa_activate_totp"), {"code": code(secret=secret)})
    assert owner.get("/admin/").status_code == 200
    assert thief.get("/admin/").url.startswith("/admin/login/")
    assert Authenticator.objects.filter(user=user, type="totp").count() == 1


def test_a_session_from_before_is_asked_for_the_code_and_led_back(client: Client) -> None:
    user = account(factor=False)
    client.force_login(user)
    prove(client, "password")
    give_app(user)
    asked = client.get("/admin/agencies/agency/?q=x")
    assert asked.url == reverse("mfa_reauthenticate") + "?next=%2Fadmin%2Fagencies%2Fagency%2F%3Fq%3Dx"
    answer = client.post(asked.url, {"code": code()})
    assert answer.url == "/admin/agencies/agency/?q=x"
    assert client.get(answer.url).status_code == 200


def test_who_only_reads_need_not(client: Client) -> None:
    account("reader", factor=False, is_staff=True, is_superuser=False)
    send_password(client, "reader")
    assert client.get("/").status_code == 200


def test_a_reader_who_was_given_something_to_write_must_from_then_on(client: Client) -> None:
    from django.contrib.auth.models import Permission

    user = account("reader", factor=False, is_superuser=False)
    send_password(client, "reader")
    user.user_permissions.add(Permission.objects.get(codename="view_agency"))
    assert client.get("/").status_code == 200
    user.user_permissions.add(Permission.objects.get(codename="change_agency"))
    assert client.get("/").url == reverse("mfa_index")


def test_a_trial_can_do_without(client: Client, settings: Any) -> None:
    settings.SECOND_FACTOR = "off"
    account(factor=False)
    send_password(client, "reviewer")
    page = client.get("/admin/")
    assert page.status_code == 200
    assert "Chạy thử: không xác thực lớp hai" in page.content.decode()


def test_the_last_one_cannot_be_removed() -> None:
    user = account()
    client = signed_in(user)
    page = client.get(reverse("mfa_deactivate_totp"))
    assert "duy nhất" in page.content.decode()
    client.post(reverse("mfa_deactivate_totp"))
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Khóa", "credential": {}})
    assert Authenticator.objects.filter(user=user, type="totp").exists()
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=user, type="totp").exists()
    refused = client.post(reverse("mfa_remove_webauthn", args=[key.pk]), follow=True)
    assert "duy nhất" in refused.content.decode()
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_password_alone_does_not_change_second_factors() -> None:
    user = account()
    client = Client()
    client.force_login(user)
    prove(client, "password")
    for name in ("mfa_add_webauthn", "mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        assert client.get(reverse(name)).url.startswith(reverse("mfa_reauthenticate")), name
    # And the page that asks for the password leads to the one that asks for the code.
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert answer.url == reverse("mfa_reauthenticate")


def test_an_operator_takes_it_off_and_all_sessions_end(client: Client) -> None:
    from django.core.management import call_command

    user = account()
    send_password(client, "reviewer")
    send_code(client, code())
    assert client.get("/admin/").status_code == 200
    call_command("reset_second_factor", "reviewer", reason="Mất điện thoại")
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get("/admin/").url.startswith("/admin/login/")
