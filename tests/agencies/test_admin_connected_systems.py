"""Connected systems in the admin: the password is shown once, revoking says what stops."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies import integration
from agencies.models import IntegrationClient
from tests.admin_people import People, in_english, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.scoring.country import Country


@pytest.fixture
def system(country: Country) -> IntegrationClient:
    client, _password = integration.create_client(country.north, name="Một cửa", username="one-stop")
    return client


def page_of(name: str, system: IntegrationClient) -> str:
    return reverse(f"admin:agencies_integrationclient_{name}", args=[system.pk])


def signs_in(password: str) -> bool:
    try:
        return bool(integration.open_session("one-stop", password, as_of=timezone.now()))
    except integration.SessionRefused:
        return False


def test_a_new_systems_password_is_shown_once(people: People, country: Country) -> None:
    values = {"agency": country.north.pk, "name": "Một cửa", "username": "one-stop"}
    answer = people.administrator.post(reverse("admin:agencies_integrationclient_add"), values)
    password = answer.context["password"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert password in answer.content.decode()
    assert signs_in(password)
    made = IntegrationClient.objects.get(username="one-stop")
    again = people.administrator.get(page_of("change", made)).content.decode()
    assert password not in again and made.password_hash not in again


def test_a_username_is_made_of_the_code_when_none_is_given(people: People, country: Country) -> None:
    people.operator.post(reverse("admin:agencies_integrationclient_add"), {"agency": country.north.pk})
    assert IntegrationClient.objects.get().username == "h44"


def test_a_username_in_use_is_refused_at_its_field(
    people: People, country: Country, system: IntegrationClient
) -> None:
    answer = people.operator.post(
        reverse("admin:agencies_integrationclient_add"), {"agency": country.north.pk, "username": "one-stop"}
    )
    assert answer.context["adminform"].form.errors.keys() == {"username"}


def test_a_new_password_ends_the_old_one(people: People, system: IntegrationClient) -> None:
    old = integration.rotate(system)
    page = page_of("rotate_password", system)
    assert people.administrator.get(page).context["consequences"]
    assert signs_in(old), "only asked so far"
    new = people.administrator.post(page, {"confirmed": "yes"}).context["password"]
    assert signs_in(new) and not signs_in(old)


def test_revoking_tells_in_numbers_what_stops(
    people: People, country: Country, system: IntegrationClient
) -> None:
    password = integration.rotate(system)
    integration.note_seen(system, 1234, 5, timezone.now())
    page = page_of("revoke_access", system)
    asked = in_english(people.administrator).get(page).content.decode()
    assert "4 agencies whose dossiers stop arriving; it has no other connected system." in asked
    assert "1,234 records" in asked
    people.administrator.post(page, {"confirmed": "yes"})
    assert not signs_in(password)
    assert people.administrator.post(page, {"confirmed": "yes"}).status_code == 403
    assert (
        people.administrator.post(page_of("rotate_password", system), {"confirmed": "yes"}).status_code == 403
    )


def test_others_neither_see_nor_revoke_it(people: People, system: IntegrationClient) -> None:
    for client in (people.neighbour, people.officer):
        assert client.post(page_of("revoke_access", system), {"confirmed": "yes"}).status_code == 403
        assert client.get(page_of("change", system)).status_code == 302
    system.refresh_from_db()
    assert system.revoked_at is None


def listed(client: Client, state: str) -> set[str]:
    url = reverse("admin:agencies_integrationclient_changelist")
    return {row.username for row in client.get(url, {"state": state}).context["cl"].result_list}


def test_silent_systems_are_listed(people: People, country: Country, system: IntegrationClient) -> None:
    heard, _password = integration.create_client(country.south, username="heard")
    integration.note_seen(heard, 1, 0, timezone.now())
    gone, _password = integration.create_client(country.south, username="gone")
    integration.revoke(gone)
    assert listed(people.operator, "silent") == {"one-stop"}
    assert listed(people.operator, "active") == {"one-stop", "heard"}
    assert listed(people.operator, "revoked") == {"gone"}
