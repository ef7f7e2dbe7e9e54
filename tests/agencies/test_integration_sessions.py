"""Sessions of connected systems: eight hours, one query, and no guessing."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from agencies import integration
from agencies.integration import (
    MAX_FAILURES,
    SESSION_LIFE,
    ClientRevoked,
    SessionExpired,
    SessionRefused,
    TooManyAttempts,
    UnknownSession,
    WrongCredentials,
    client_of_session,
    create_client,
    open_session,
    rotate,
)
from agencies.models import Agency, IntegrationClient, IntegrationSession

NOW = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)


@pytest.fixture
def password(country: dict[str, Agency]) -> str:
    """The password of client ``h44``."""
    return create_client(country["H44"])[1]


def test_a_session_speaks_for_its_client_and_agency_in_one_query(
    password: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    token = open_session("h44", password, as_of=NOW)
    with django_assert_num_queries(1):
        client = client_of_session(token, as_of=NOW)
        assert (client.username, client.agency.code) == ("h44", "H44")


def test_only_the_hash_of_a_token_is_kept(password: str) -> None:
    token = open_session("h44", password, as_of=NOW)
    session = IntegrationSession.objects.get()
    assert len(token) >= 32
    assert token not in session.token_hash
    with pytest.raises(UnknownSession):
        client_of_session(session.token_hash, as_of=NOW)


def test_a_session_lasts_eight_hours(password: str) -> None:
    token = open_session("h44", password, as_of=NOW)
    assert client_of_session(token, as_of=NOW + SESSION_LIFE - timedelta(seconds=1)).username == "h44"
    with pytest.raises(SessionExpired):
        client_of_session(token, as_of=NOW + timedelta(hours=8))


def test_opening_a_session_clears_away_the_clients_expired_ones(password: str) -> None:
    open_session("h44", password, as_of=NOW)
    running = open_session("h44", password, as_of=NOW + timedelta(hours=7))
    open_session("h44", password, as_of=NOW + timedelta(hours=9))
    assert IntegrationSession.objects.count() == 2
    assert client_of_session(running, as_of=NOW + timedelta(hours=9)).username == "h44"


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "mã phiên", "a\x00b", "\ud800"])
def test_a_token_nobody_was_given_is_unknown(password: str, token: str) -> None:
    with pytest.raises(UnknownSession):
        client_of_session(token, as_of=NOW)


@pytest.mark.parametrize(
    ("username", "wrong"),
    [
        ("h44", ""),
        ("h44", "mật khẩu"),
        ("h44", "x" * 100_000),
        ("H44", None),
        ("", None),
        ("h21", None),
        ("h44\x00", None),
        ("\ud800", None),
        ("h44", "\ud800"),
    ],
)
def test_wrong_credentials_open_nothing(password: str, username: str, wrong: str | None) -> None:
    with pytest.raises(WrongCredentials):
        open_session(username, password if wrong is None else wrong, as_of=NOW)
    assert not IntegrationSession.objects.exists()


def test_a_client_revoked_behind_our_back_is_shut_out_at_its_next_call(password: str) -> None:
    token = open_session("h44", password, as_of=NOW)
    IntegrationClient.objects.update(revoked_at=NOW)
    with pytest.raises(ClientRevoked):
        client_of_session(token, as_of=NOW)


def test_a_password_rotated_while_it_is_checked_opens_nothing(password: str) -> None:
    client = IntegrationClient.objects.get(username="h44")
    rotated: list[str] = []

    def rotate_once_it_was_read(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if not rotated and "agencies_integrationclient" in sql:
            rotated.append("now")
            rotated.append(rotate(client, as_of=NOW))
        return result

    with connection.execute_wrapper(rotate_once_it_was_read), pytest.raises(WrongCredentials):
        open_session("h44", password, as_of=NOW)
    assert not IntegrationSession.objects.exists()
    assert open_session("h44", rotated[1], as_of=NOW)


def guess(times: int, *, username: str = "h44", address: str = "203.0.113.7") -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            open_session(username, "guess", as_of=NOW, address=address)


def test_after_ten_wrong_passwords_even_the_right_one_has_to_wait(password: str) -> None:
    guess(MAX_FAILURES)
    with pytest.raises(TooManyAttempts):
        open_session("h44", password, as_of=NOW, address="203.0.113.7")
    # The system itself, at its own address, is not locked out by a stranger's guessing.
    assert open_session("h44", password, as_of=NOW, address="198.51.100.1")


def test_guessing_at_names_that_do_not_exist_is_locked_too(password: str) -> None:
    guess(MAX_FAILURES, username="h99")
    with pytest.raises(TooManyAttempts):
        open_session("h99", "guess", as_of=NOW, address="203.0.113.7")


def test_a_right_password_in_time_starts_the_count_anew(password: str) -> None:
    for _ in range(2):
        guess(MAX_FAILURES - 1)
        assert open_session("h44", password, as_of=NOW, address="203.0.113.7")


def test_the_wait_ends_by_itself(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integration, "LOCKED_FOR", timedelta(seconds=1))
    guess(MAX_FAILURES)
    with pytest.raises(TooManyAttempts):
        open_session("h44", password, as_of=NOW, address="203.0.113.7")
    time.sleep(1.1)
    assert open_session("h44", password, as_of=NOW, address="203.0.113.7")


def test_every_refusal_is_one_a_door_can_catch() -> None:
    for refusal in (WrongCredentials, ClientRevoked, TooManyAttempts, UnknownSession, SessionExpired):
        assert issubclass(refusal, SessionRefused)
