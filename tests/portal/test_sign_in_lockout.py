"""Guessing: a lock by account, one by address, and who ends them."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from agencies.lockout import address_is_locked, is_locked
from portal.redis_address import with_database
from portal.serving import redis_server
from portal.serving.child import Child
from tests.signing_in import account, code, send_code, send_password

pytestmark = pytest.mark.django_db
LOCKED = "Sai quá nhiều lần. Hãy đợi 15 phút rồi thử lại, hoặc nhờ quản trị hệ thống mở khóa."
ELSEWHERE = "192.0.2.7"


def told(answer: Any) -> list[str]:
    """What stands above the form."""
    return list(answer.context["form"].non_field_errors())


def guess(username: str, times: int, address: str = "127.0.0.1") -> Client:
    """Wrong passwords, each in a session of its own."""
    for _ in range(times):
        client = Client(REMOTE_ADDR=address)
        send_password(client, username, "not the phrase at all")
    return client


def test_ten_wrong_passwords_lock_an_account_wherever_they_come_from() -> None:
    user = account()
    guess("reviewer", 5)
    guess("REVIEWER", 4, ELSEWHERE)
    assert not is_locked(user)
    last = guess(" reviewer", 1, "2001:db8::1")
    assert is_locked(user)
    assert told(send_password(last, "reviewer")) == [LOCKED]


def test_a_name_nobody_has_is_locked_alike() -> None:
    assert told(send_password(guess("nobody", 10), "nobody", "whatever it is")) == [LOCKED]


def test_one_account_s_lock_is_not_another_s() -> None:
    account()
    account("administrator")
    client = guess("reviewer", 10)
    assert send_password(client, "administrator").url == reverse("mfa_authenticate")


def test_signing_in_rightly_does_not_count(client: Client) -> None:
    account("reader", factor=False, is_staff=False, is_superuser=False)
    for _ in range(12):
        assert send_password(client, "reader").status_code == 302
        client.logout()


def test_a_hundred_wrong_passwords_lock_an_address_and_no_other() -> None:
    account()
    for number in range(100):
        guess(f"name{number}", 1, ELSEWHERE)
    assert address_is_locked(ELSEWHERE)
    assert told(send_password(Client(REMOTE_ADDR=ELSEWHERE), "reviewer")) == [LOCKED]
    assert send_password(Client(), "reviewer").url == reverse("mfa_authenticate")


def test_what_a_client_says_of_its_address_is_not_believed() -> None:
    account()
    for number in range(10):
        client = Client(REMOTE_ADDR=ELSEWHERE, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
        send_password(client, f"name{number}", "not the phrase at all")
    assert not address_is_locked("198.51.100.1")


def test_behind_a_proxy_its_word_is_taken_and_not_the_client_s(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(100):
        forwarded = f"198.51.100.{number}, {ELSEWHERE}"
        client = Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
        send_password(client, f"name{number}", "not the phrase at all")
    assert address_is_locked(ELSEWHERE)
    assert not address_is_locked("198.51.100.1")
    assert not address_is_locked("127.0.0.1")


def test_the_lock_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    user = account()
    client = guess("reviewer", 10)
    from allauth.core.internal import ratelimit

    now = ratelimit.time.time()
    monkeypatch.setattr(ratelimit.time, "time", lambda: now + 901)
    assert not is_locked(user)
    assert send_password(client, "reviewer").url == reverse("mfa_authenticate")


def test_an_operator_unlocks_an_account_and_an_address(capsys: pytest.CaptureFixture[str]) -> None:
    user = account()
    guess("reviewer", 10, ELSEWHERE)
    call_command("unlock", "reviewer")
    assert not is_locked(user)
    for number in range(90):
        guess(f"name{number}", 1, ELSEWHERE)
    assert address_is_locked(ELSEWHERE)
    call_command("unlock", ELSEWHERE)
    assert not address_is_locked(ELSEWHERE)
    assert "was locked" in capsys.readouterr().out


def test_beside_serve_the_command_finds_its_redis(settings: Any, tmp_path: Path) -> None:
    user = account()
    settings.VAR_DIR, settings.CACHE_URL = tmp_path, ""
    embedded = redis_server.prepare(tmp_path / "redis")
    server = Child("redis", embedded.command, output=io.StringIO())
    server.start()
    before = caches["default"]
    try:
        redis_server.wait_until_ready(embedded.url, server)
        caches["default"] = RedisCache(with_database(embedded.url, 1), {})
        guess("reviewer", 10)
        assert is_locked(user)
        caches["default"] = before
        assert not is_locked(user)
        call_command("unlock", "reviewer")
        caches["default"] = RedisCache(with_database(embedded.url, 1), {})
        assert not is_locked(user)
    finally:
        caches["default"] = before
        server.kill_group()
    assert redis_server.running(tmp_path / "redis") is None


def test_unlocking_what_is_nobody_says_so() -> None:
    with pytest.raises(CommandError, match="neither an account nor an address"):
        call_command("unlock", "nobody")


def test_wrong_codes_lock_as_wrong_passwords_do(client: Client) -> None:
    user = account()
    send_password(client, "reviewer")
    for number in range(10):
        assert send_code(client, f"00000{number}").status_code == 200
    assert is_locked(user)
    answer = send_code(client, code())
    assert answer.context["form"].errors["code"] == [LOCKED]
