from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from agencies.integration import WrongCredentials, client_of_session, note_seen, open_session
from agencies.models import Agency, AgencyCode, IntegrationClient


def run(*args: str, **options: str) -> str:
    out = StringIO()
    call_command("integration_client", *args, stdout=out, **options)
    return out.getvalue()


def password_in(printed: str) -> str:
    found = re.search(r"^password: (\S+)$", printed, re.MULTILINE)
    assert found
    return found[1]


def opens(username: str, password: str) -> bool:
    now = timezone.now()
    return client_of_session(open_session(username, password, as_of=now), as_of=now).username == username


def test_credentials_are_printed_and_work(country: dict[str, Agency]) -> None:
    printed = run("create", "H44.01", username="tu-phap", name="Hộ tịch")
    assert "H44.01 Sở Tư pháp" in printed
    assert opens("tu-phap", password_in(printed))
    assert IntegrationClient.objects.get().name == "Hộ tịch"


def test_an_old_code_names_the_agency_too(country: dict[str, Agency]) -> None:
    AgencyCode.objects.create(agency=country["H44"], code="000.00.00.H44", scheme="old")
    assert opens("h44", password_in(run("create", "000.00.00.H44")))


def test_rotating_prints_a_password_that_replaces_the_old_one(country: dict[str, Agency]) -> None:
    old = password_in(run("create", "H44"))
    assert opens("h44", password_in(run("rotate", "H44")))
    with pytest.raises(WrongCredentials):
        opens("h44", old)


def test_revoking_shuts_out(country: dict[str, Agency]) -> None:
    run("create", "H44")
    assert run("revoke", "H44") == "h44 is revoked; its sessions have ended.\n"
    assert IntegrationClient.objects.get().revoked_at is not None


def test_the_list_shows_systems_below_an_agency_and_never_a_secret(country: dict[str, Agency]) -> None:
    run("create", "H44")
    run("create", "H44.01")
    run("create", "H21")
    run("revoke", "H44.01")
    client = IntegrationClient.objects.get(username="h44")
    note_seen(client, 1234, 5, timezone.now())
    lines = run("list", "H44").splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [
        ["h44", "H44", "active"],
        ["h44.01", "H44.01", "revoked"],
    ]
    assert lines[1].split()[-2:] == ["1234", "5"]
    assert "never" in lines[2]
    assert len(run("list").splitlines()) == 4
    assert client.password_hash not in run("list")


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("create",), {}, "Name the agency"),
        (("create", "H99"), {}, "No agency has the code H99"),
        (("create", "H44"), {"username": "first"}, "first|tồn tại|exists"),
        (("rotate", "H21"), {}, "H21 has no active system"),
        (("rotate", "H44"), {}, "several systems"),
        (("revoke", "H44"), {"username": "third"}, "no active system third"),
        (("list", "H99"), {}, "No agency has the code H99"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    country: dict[str, Agency], arguments: tuple[str, ...], options: dict[str, str], message: str
) -> None:
    run("create", "H44", username="first")
    run("create", "H44", username="second")
    with pytest.raises(CommandError, match=message):
        run(*arguments, **options)
    assert IntegrationClient.objects.filter(revoked_at__isnull=True).count() == 2
