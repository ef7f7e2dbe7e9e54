"""Agencies in the admin: added at their place, moved with everything below, never deleted."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency
from agencies.tree import flaws
from scoring.models import DirtyMonth, Tally
from tests.admin_people import People, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.scoring.country import Country

NO_ROWS = {
    f"{prefix}-{name}": "0"
    for prefix in ("other_codes", "heads")
    for name in ("TOTAL_FORMS", "INITIAL_FORMS")
}


def add(client: Client, **values: str) -> None:
    client.post(reverse("admin:agencies_agency_add"), {"kind": "unit", **NO_ROWS, **values})


def test_an_agency_is_added_under_its_parent(people: People, country: Country) -> None:
    add(people.administrator, code="H44.01.01", name="Một cửa", parent=str(country.north_department.pk))
    added = Agency.objects.get(code="H44.01.01")
    assert added.path == f"{country.north_department.path}{added.pk}/"
    assert added.name_folded.startswith("mot cua")
    assert flaws() == []


def test_there_is_one_root(people: People, country: Country) -> None:
    add(people.operator, code="XX", name="Another nation", kind="nation")
    assert not Agency.objects.filter(code="XX").exists()


def test_what_came_after_an_agency_and_its_heads_are_kept(people: People, country: Country) -> None:
    page = reverse("admin:agencies_agency_change", args=[country.north_department.pk])
    values = {
        **NO_ROWS,
        "code": "H44.01",
        "kind": "department",
        "name": "Sở",
        "valid_to": "30/06/2025",
        "successors": [str(country.north.pk)],
        "heads-TOTAL_FORMS": "1",
        "heads-0-name": "Nguyễn Văn A",
        "heads-0-since": "01/02/2025",
        "heads-0-agency": str(country.north_department.pk),
    }
    assert people.operator.post(page, values).status_code == 302
    agency = Agency.objects.get(pk=country.north_department.pk)
    # 01/02 is the first of February here, in both languages.
    assert (agency.valid_to.isoformat(), agency.heads.get().since.isoformat()) == ("2025-06-30", "2025-02-01")  # type: ignore[union-attr]
    assert list(agency.successors.all()) == [country.north]


def test_moving_says_what_it_does_and_moves_everything_below(people: People, country: Country) -> None:
    Tally.objects.create(agency=country.north_communes[0], month=202603, scope=3)
    page = reverse("admin:agencies_agency_move_elsewhere", args=[country.north.pk])
    asked = people.operator.get(page)
    assert any("3" in str(text) for text in asked.context["consequences"])
    people.operator.post(page, {"parent": country.ministry.pk})
    assert Agency.objects.get(pk=country.north.pk).parent == country.nation, "not confirmed yet"
    people.operator.post(page, {"parent": country.ministry.pk, "confirmed": "yes"})
    assert Agency.objects.get(pk=country.north.pk).parent == country.ministry
    assert Agency.objects.get(code="H44.101").path.startswith(country.ministry.path)
    marked = set(DirtyMonth.objects.filter(month=202603).values_list("agency__code", flat=True))
    assert marked == {"VN", "G15", "H44", "H44.01", "H44.101", "H44.102"}


def test_an_agency_does_not_move_below_itself_or_out_of_sight(people: People, country: Country) -> None:
    page = reverse("admin:agencies_agency_move_elsewhere", args=[country.north.pk])
    answer = people.operator.post(page, {"parent": country.north_department.pk, "confirmed": "yes"})
    assert answer.context["form"].errors
    people.administrator.post(page, {"parent": country.south.pk, "confirmed": "yes"})
    assert people.neighbour.get(page).status_code == 403
    assert Agency.objects.get(pk=country.north.pk).parent == country.nation


@pytest.mark.parametrize("who", ["reviewer", "administrator"])
def test_agencies_are_not_deleted(who: str, people: People, country: Country) -> None:
    page = reverse("admin:agencies_agency_delete", args=[country.north_department.pk])
    assert getattr(people, who).post(page, {"post": "yes"}).status_code == 403
