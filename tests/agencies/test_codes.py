"""Codes lead to agencies in both schemes, at once after every change, and quickly."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from agencies import codes
from agencies.bulk import copy_into
from agencies.codes import CodeMap, Place, code_map
from agencies.models import Agency, AgencyCode, TreeVersion
from agencies.tree import place, place_all, rebuild
from tests.agencies.conftest import Kind, Plant


def test_a_dossier_code_leads_to_its_agency_in_either_scheme(country: dict[str, Agency]) -> None:
    justice = country["H44.01"]
    AgencyCode.objects.create(agency=justice, code="000.00.01.H44", scheme="old")
    expected = Place(justice.pk, justice.path)
    assert code_map().agency_of_dossier_code("H44.01-260101-00012") == expected
    assert code_map().agency_of_dossier_code("000.00.01.H44-240101-12345") == expected
    assert code_map().agency_of("000.00.01.H44") == expected


@pytest.mark.parametrize(
    "code", ["H44.99-260101-00001", "H4-260101-1", "h44.01-260101-1", "H44.0", "", "-260101-1", " H44-1"]
)
def test_only_an_exact_code_leads_anywhere(country: dict[str, Agency], code: str) -> None:
    assert code_map().agency_of_dossier_code(code) is None


def test_an_agencys_own_code_wins_over_anothers_former_one(country: dict[str, Agency]) -> None:
    AgencyCode.objects.create(agency=country["H21"], code="H44", scheme="new")
    found = code_map().agency_of("H44")
    assert found is not None and found.id == country["H44"].pk


def test_all_codes_are_read_in_one_query_and_then_remembered(
    country: dict[str, Agency], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert len(CodeMap.load()) == 5
    code_map()
    with django_assert_num_queries(1) as remembered:
        code_map()
    assert "treeversion" in remembered.captured_queries[0]["sql"]


def known(code: str) -> bool:
    return code_map().agency_of(code) is not None


def test_every_way_to_change_codes_is_seen_at_once(country: dict[str, Agency], plant: Plant) -> None:
    assert not known("H44.02")
    department = plant("H44.02", under=country["H44"])
    assert known("H44.02")

    department.code = "H44.20"
    department.save()
    assert known("H44.20") and not known("H44.02")

    Agency.objects.filter(pk=department.pk).update(code="H44.21")
    assert known("H44.21") and not known("H44.20")

    department.code = "H44.22"
    Agency.objects.bulk_update([department], ["code"])
    assert known("H44.22") and not known("H44.21")

    place_all([Agency(code="H44.30", name="Sở Y tế", kind=Kind.DEPARTMENT, parent=country["H44"])])
    assert known("H44.30")

    AgencyCode.objects.bulk_create([AgencyCode(agency=department, code="X1", scheme="local")])
    assert known("X1")
    AgencyCode.objects.filter(code="X1").delete()
    assert not known("X1")

    Agency.objects.filter(pk=department.pk).delete()
    assert not known("H44.22")


def test_a_move_is_seen_in_the_remembered_paths(country: dict[str, Agency]) -> None:
    code_map()
    place(country["H44.01"], country["H21"])
    moved = code_map().agency_of("H44.01.01")
    assert moved is not None and moved.path.startswith(country["H21"].path)
    Agency.objects.filter(pk=moved.id).update(path="/astray/")
    rebuild()
    assert code_map().agency_of("H44.01.01") == moved


def test_what_another_process_changed_is_seen(country: dict[str, Agency]) -> None:
    """Nothing in this process hears of it: both rows come as another process would commit them."""
    assert known("H44.01")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agencies_agency SET code = 'H44.77' WHERE code = 'H44.01'")
        assert not known("H44.77")
        cursor.execute("UPDATE agencies_treeversion SET token = 'of the other process'")
    assert known("H44.77") and not known("H44.01")


def test_a_change_rolled_back_is_not_remembered(country: dict[str, Agency]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Agency.objects.filter(code="H44.01").update(code="H44.88")
        assert known("H44.88")
        raise ZeroDivisionError
    assert known("H44.01") and not known("H44.88")


def test_without_a_version_nothing_is_remembered(
    country: dict[str, Agency], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    TreeVersion.objects.all().delete()
    with django_assert_num_queries(4):
        assert known("H44.01") and known("H44.01")


def test_collisions_are_named_once_with_their_owners(country: dict[str, Agency]) -> None:
    assert codes.collisions() == []
    AgencyCode.objects.create(agency=country["H21"], code="h44.01 ", scheme="local")
    AgencyCode.objects.create(agency=country["H44"], code="H44 ", scheme="local")
    assert codes.collisions() == [("H44.01", ["H21", "H44.01"])]


def test_fifteen_thousand_codes_are_loaded_in_one_query(
    country: dict[str, Agency], django_assert_max_num_queries: Any
) -> None:
    columns = ["agency_id", "code", "scheme"]
    rows = ((country["H21"].pk, f"H21.{number:05}", "local") for number in range(15_000))
    copy_into("agencies_agencycode", columns, rows)
    TreeVersion.renew()
    dossiers = [f"H21.{number:05}-260101-{number:05}" for number in range(0, 15_000, 15)]
    with django_assert_max_num_queries(3):
        map_ = code_map()
        found = [map_.agency_of_dossier_code(code) for code in dossiers]
    assert len(found) == 1_000 and None not in found
