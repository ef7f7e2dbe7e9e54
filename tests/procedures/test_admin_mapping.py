"""Mapping in the admin: what waits, what it may mean, accepted at one click."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency
from procedures.models import Dossier, LocalName
from scoring.models import DirtyMonth
from tests.admin_people import People, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.scoring.country import NOW, Country, make_dossier, on

LIST = "admin:procedures_localname_changelist"
ACCEPT = "admin:procedures_localname_accept"


@pytest.fixture
def unit(country: Country) -> LocalName:
    """A commune as the north's system calls it, with two dossiers that wait for it."""
    country.north_communes[0].name = "Xã Việt Trì"
    country.north_communes[0].save()
    for _ in range(2):
        make_dossier(
            country.north,
            country.marriage,
            on(3, 2),
            placement=Dossier.Placement.DEFAULT,
            local_unit="UBND xa Viet Tri",
        )
    return LocalName.objects.create(
        owner=country.north, kind="unit", value="UBND xa Viet Tri", first_seen_at=NOW
    )


def rows(client: Client, **asked: Any) -> dict[str, str]:
    found = client.get(reverse(LIST), asked).context["cl"].result_list
    return {name.value: name.held for name in found}


def accept(client: Client, name: LocalName, meaning: Agency) -> int:
    return client.post(reverse(ACCEPT), {"accept": f"{name.pk}.{meaning.pk}"}).status_code


def test_the_list_says_how_many_dossiers_wait(people: People, unit: LocalName) -> None:
    assert rows(people.administrator, mapped="no") == {"UBND xa Viet Tri": 2}
    assert rows(people.administrator, mapped="yes") == {}
    assert rows(people.neighbour) == {}


def test_a_suggestion_is_accepted_at_one_click(people: People, unit: LocalName, country: Country) -> None:
    text = people.administrator.get(reverse(LIST), {"mapped": "no"}).content.decode()
    commune = country.north_communes[0]
    assert f'value="{unit.pk}.{commune.pk}"' in text
    assert accept(people.administrator, unit, commune) == 302
    assert Dossier.objects.filter(agency=commune, placement=Dossier.Placement.MAPPING).count() == 2
    marked = set(DirtyMonth.objects.filter(month=202603).values_list("agency_id", flat=True))
    assert marked >= {commune.pk, country.north.pk}
    assert rows(people.administrator, mapped="no") == {}


def test_others_cannot_accept_and_nothing_outside_can_be_meant(
    people: People, unit: LocalName, country: Country
) -> None:
    commune = country.north_communes[0]
    assert accept(people.neighbour, unit, commune) == 403
    assert accept(people.administrator, unit, country.south_commune) == 403
    assert accept(people.operator, unit, country.south_commune) == 302
    page = reverse("admin:procedures_localname_change", args=[unit.pk])
    answer = people.operator.post(page, {"agency": country.south_commune.pk})
    assert "agency" in answer.context["adminform"].form.errors
    unit.refresh_from_db()
    assert unit.agency is None


def test_a_mapping_is_corrected_and_taken_back_on_its_page(
    people: People, unit: LocalName, country: Country
) -> None:
    page = reverse("admin:procedures_localname_change", args=[unit.pk])
    people.administrator.post(page, {"agency": country.north_communes[1].pk})
    assert Dossier.objects.filter(agency=country.north_communes[1]).count() == 2
    people.administrator.post(page, {"agency": ""})
    assert Dossier.objects.filter(agency=country.north, placement=Dossier.Placement.DEFAULT).count() == 2


def test_a_procedure_code_is_mapped_to_a_procedure(people: People, country: Country) -> None:
    make_dossier(country.north_communes[0], None, on(3, 2), local_procedure="1.000001.000.00.00.H44")
    name = LocalName.objects.create(
        owner=country.north, kind="procedure", value="1.000001.000.00.00.H44", first_seen_at=NOW
    )
    response = people.administrator.post(reverse(ACCEPT), {"accept": f"{name.pk}.{country.marriage.pk}"})
    assert response.status_code == 302
    assert Dossier.objects.get().procedure == country.marriage


def test_nonsense_is_refused(people: People, unit: LocalName) -> None:
    for value in ("", "x.y", f"{unit.pk}", f"{unit.pk}.999999"):
        assert people.operator.post(reverse(ACCEPT), {"accept": value}).status_code == 403
