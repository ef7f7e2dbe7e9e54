"""Credentials of connected systems: shown once, kept as hashes, ended by rotating and revoking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from agencies.integration import (
    SESSION_LIFE,
    ClientRevoked,
    UnknownSession,
    WrongCredentials,
    client_of_session,
    create_client,
    note_seen,
    open_session,
    revoke,
    rotate,
)
from agencies.models import Agency, IntegrationClient, IntegrationSession

NOW = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)


def test_a_client_gets_a_name_of_its_agency_and_a_password_kept_only_as_a_hash(
    country: dict[str, Agency],
) -> None:
    client, password = create_client(country["H44"], name="Một cửa điện tử")
    client.refresh_from_db()
    assert (client.username, client.name, client.agency) == ("h44", "Một cửa điện tử", country["H44"])
    assert len(password) == 32
    assert password not in client.password_hash
    assert "$" in client.password_hash


def test_names_and_passwords_never_repeat(country: dict[str, Agency]) -> None:
    made = [create_client(country["H44"]) for _ in range(3)]
    assert [client.username for client, _ in made] == ["h44", "h44-2", "h44-3"]
    assert len({password for _, password in made}) == 3


@pytest.mark.parametrize("username", ["taken", "", "  ", "x" * 61])
def test_a_name_that_cannot_be_is_refused(country: dict[str, Agency], username: str) -> None:
    create_client(country["H21"], username="taken")
    with pytest.raises(ValidationError) as refused:
        create_client(country["H44"], username=username)
    assert "username" in refused.value.message_dict
    assert IntegrationClient.objects.count() == 1


def test_rotating_ends_the_old_password_and_the_open_sessions(country: dict[str, Agency]) -> None:
    client, old = create_client(country["H44"])
    token = open_session("h44", old, as_of=NOW)
    new = rotate(client, as_of=NOW)
    assert new != old and client.rotated_at == NOW
    with pytest.raises(UnknownSession):
        client_of_session(token, as_of=NOW)
    with pytest.raises(WrongCredentials):
        open_session("h44", old, as_of=NOW)
    assert client_of_session(open_session("h44", new, as_of=NOW), as_of=NOW) == client


def test_revoking_ends_everything_and_twice_is_once(country: dict[str, Agency]) -> None:
    client, password = create_client(country["H44"])
    token = open_session("h44", password, as_of=NOW)
    revoke(client, as_of=NOW)
    revoke(client, as_of=NOW + timedelta(days=1))
    assert client.revoked_at == NOW
    assert not IntegrationSession.objects.exists()
    with pytest.raises(UnknownSession):
        client_of_session(token, as_of=NOW)
    with pytest.raises(ClientRevoked):
        open_session("h44", password, as_of=NOW)
    with pytest.raises(ValidationError):
        rotate(client, as_of=NOW)


def test_only_the_right_password_learns_that_a_client_is_revoked(country: dict[str, Agency]) -> None:
    client, _ = create_client(country["H44"])
    revoke(client)
    assert client.revoked_at is not None
    with pytest.raises(WrongCredentials):
        open_session("h44", "wrong", as_of=NOW)


def test_ending_one_clients_sessions_leaves_anothers(country: dict[str, Agency]) -> None:
    mine, my_password = create_client(country["H44"])
    other, password = create_client(country["H21"])
    open_session(mine.username, my_password, as_of=NOW)
    token = open_session(other.username, password, as_of=NOW)
    revoke(mine)
    assert client_of_session(token, as_of=NOW) == other


def test_coming_is_noted_with_what_was_taken_and_refused(country: dict[str, Agency]) -> None:
    client, _ = create_client(country["H44"])
    note_seen(client, 990, 10, NOW - SESSION_LIFE)
    note_seen(client, 5, 0, NOW)
    client.refresh_from_db()
    assert (client.accepted_count, client.rejected_count, client.last_seen_at) == (995, 10, NOW)
