"""One base scopes every door of the admin: list, object, choices, autocomplete, actions and export."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from agencies.admin_scope import ScopedModelAdmin
from agencies.models import Agency, IntegrationClient, User
from tests.admin_people import People, in_english, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.scoring.country import Country


def codes(client: Client, **asked: Any) -> set[str]:
    found = client.get(reverse("admin:agencies_agency_changelist"), asked).context["cl"]
    return {agency.code for agency in found.result_list}


def test_list(people: People) -> None:
    assert codes(people.administrator) == {"H44", "H44.01", "H44.101", "H44.102"}
    assert codes(people.officer) == {"H44.101"}
    assert codes(people.neighbour) == {"H19", "H19.101"}
    assert len(codes(people.operator)) == 8


def test_object(people: People, country: Country) -> None:
    page = reverse("admin:agencies_agency_change", args=[country.south_commune.pk])
    assert people.neighbour.get(page).status_code == 200
    assert people.administrator.get(page).status_code == 302
    changed = {"code": "H19.101", "kind": "commune", "name": "Taken over"}
    people.administrator.post(page, changed)
    assert Agency.objects.get(pk=country.south_commune.pk).name == "Agency H19.101"


def test_choices_of_a_foreign_key(people: People, country: Country) -> None:
    page = reverse("admin:agencies_integrationclient_add")
    refused = people.administrator.post(page, {"agency": country.south.pk, "username": "theirs"})
    assert refused.context["adminform"].form.errors.keys() == {"agency"}
    people.administrator.post(page, {"agency": country.north_department.pk, "username": "ours"})
    assert list(IntegrationClient.objects.values_list("username", flat=True)) == ["ours"]


def test_autocomplete(people: People, country: Country) -> None:
    asked = {"app_label": "agencies", "model_name": "integrationclient", "field_name": "agency", "term": ""}

    def offered(client: Client) -> set[str]:
        response = client.get(reverse("admin:autocomplete"), asked)
        return {found["id"] for found in response.json()["results"]}

    assert offered(people.neighbour) == {str(country.south.pk), str(country.south_commune.pk)}
    assert offered(people.officer) == {str(country.north_communes[0].pk)}
    assert len(offered(people.operator)) == 8


def test_an_agency_is_found_by_name_without_diacritics_and_by_code(people: People, country: Country) -> None:
    Agency.objects.filter(pk=country.north.pk).update(name_folded="tinh phu tho")
    assert codes(people.operator, q="Phú Thọ") == {"H44"}
    assert codes(people.operator, q="h44.1") == {"H44.101", "H44.102"}
    assert codes(people.neighbour, q="Phú Thọ") == set()


def test_accounts_are_for_who_operates_the_system(people: People) -> None:
    page = reverse("admin:agencies_user_changelist")
    assert people.operator.get(page).context["cl"].result_count == 5
    for client in (people.reviewer, people.administrator, people.neighbour):
        assert client.get(page).status_code == 403


def test_an_operator_makes_nobody_a_superuser(people: People) -> None:
    officer = User.objects.get(username="officer")
    page = reverse("admin:agencies_user_change", args=[officer.pk])
    values = {"username": "officer", "last_name": "Lê", "is_active": "on", "is_superuser": "on"}
    assert people.operator.post(page, values).status_code == 302
    officer.refresh_from_db()
    assert (officer.last_name, officer.is_superuser) == ("Lê", False)


def test_a_superuser_is_beyond_an_operators_reach(people: People) -> None:
    root = User.objects.create_superuser("root", password="a long phrase of words")
    page = reverse("admin:agencies_user_change", args=[root.pk])
    assert people.operator.post(page, {"username": "mine"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    assert people.operator.post(password, {"password1": "x" * 20, "password2": "x" * 20}).status_code == 403
    root.refresh_from_db()
    assert root.username == "root" and root.check_password("a long phrase of words")


def test_every_page_of_the_admin_is_scoped() -> None:
    """A page whose base is another one would be a door left open."""
    ours = {
        model._meta.label: type(page)
        for model, page in admin.site._registry.items()
        if not isinstance(page, ScopedModelAdmin)
    }
    assert ours == {}


@pytest.mark.parametrize("page", sorted(admin.site._registry.values(), key=str))
def test_every_list_opens_empty_and_in_both_languages(page: Any, people: People) -> None:
    opts = page.model._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    for operator in (people.operator, in_english(people.operator)):
        answer = operator.get(url)
        assert answer.status_code == 200, url
    # Others open it, or are told that it is not theirs; never an error.
    assert people.neighbour.get(url).status_code in (200, 403)
