"""Paths follow parents: when planted one by one, in bulk, moved, or written anew."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from agencies.models import Agency
from agencies.tree import circular_successions, flaws, path_of, place, place_all, rebuild
from tests.agencies.conftest import Kind


def test_an_agency_planted_lies_below_its_parent(country: dict[str, Agency]) -> None:
    nation, province, justice = country["VN"], country["H44"], country["H44.01"]
    assert nation.path == f"/{nation.pk}/"
    assert justice.path == f"/{nation.pk}/{province.pk}/{justice.pk}/"
    assert justice.depth == 2
    assert justice.ancestor_ids() == [nation.pk, province.pk]
    assert set(Agency.objects.under(province.path)) == {province, justice, country["H44.01.01"]}


def test_many_planted_together_lie_where_one_by_one_would_put_them(country: dict[str, Agency]) -> None:
    new = [
        Agency(code=f"{parent.code}.{number:03}", name="Xã", kind=Kind.COMMUNE, parent=parent)
        for parent in (country["H44"], country["H21"])
        for number in range(600)
    ]
    place_all(new)
    assert flaws() == []
    assert new[700].path == path_of(new[700].pk, country["H21"].path)
    assert Agency.objects.get(pk=new[700].pk).path == new[700].path
    assert Agency.objects.under(country["H21"].path).count() == 601


def test_a_root_can_be_planted_in_bulk(db: None) -> None:
    root = Agency(code="VN", name="Cả nước", kind=Kind.NATION)
    place_all([root])
    root.refresh_from_db()
    assert (root.path, root.depth) == (f"/{root.pk}/", 0)


def test_one_taken_code_refuses_all_of_them(country: dict[str, Agency]) -> None:
    new = [
        Agency(code=code, name="Sở", kind=Kind.DEPARTMENT, parent=country["H44"])
        for code in ("H44.02", "H44.01")
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        place_all(new)
    assert not Agency.objects.filter(code="H44.02").exists()


def test_what_moves_takes_along_what_lies_below(country: dict[str, Agency]) -> None:
    place(country["H44.01"], country["H21"])
    desk = Agency.objects.get(code="H44.01.01")
    assert desk.path.startswith(country["H21"].path)
    assert flaws() == []


@pytest.mark.parametrize("below", ["H44", "H44.01", "H44.01.01"])
def test_nothing_moves_below_itself(country: dict[str, Agency], below: str) -> None:
    with pytest.raises(ValidationError) as refused:
        place(country["H44"], country[below])
    assert "parent" in refused.value.message_dict
    assert flaws() == []


def test_a_parent_moved_meanwhile_is_seen_before_a_loop_is_made(country: dict[str, Agency]) -> None:
    stale = Agency.objects.get(code="H21")
    place(Agency.objects.get(code="H21"), Agency.objects.get(code="H44.01"))
    with pytest.raises(ValidationError):
        place(country["H44"], stale)


def test_wrong_paths_are_found_and_written_anew(country: dict[str, Agency]) -> None:
    justice, gia_lai = country["H44.01"], country["H21"]
    # Each takes the other's path, which is why they are written in two steps.
    Agency.objects.filter(pk=justice.pk).update(path="?")
    Agency.objects.filter(pk=gia_lai.pk).update(path=justice.path, depth=2)
    Agency.objects.filter(pk=justice.pk).update(path=gia_lai.path)
    assert {flaw.agency.code: flaw.expected_path for flaw in flaws()} == {
        "H44.01": justice.path,
        "H21": gia_lai.path,
    }
    assert rebuild() == 2
    assert flaws() == []
    assert rebuild() == 0


def test_a_loop_has_no_place_and_does_not_keep_others_from_theirs(country: dict[str, Agency]) -> None:
    Agency.objects.filter(code="H44").update(parent=country["H44.01.01"])
    Agency.objects.filter(code="H21").update(path="/astray/")
    assert rebuild() == 1
    assert {flaw.agency.code for flaw in flaws()} == {"H44", "H44.01", "H44.01.01"}
    assert all(flaw.expected_path is None for flaw in flaws())


def test_successors_that_lead_back_are_found(country: dict[str, Agency]) -> None:
    country["H44"].successors.add(country["H21"])
    assert circular_successions() == []
    country["H44.01"].successors.add(country["H44.01"])
    country["H21"].successors.add(country["VN"])
    country["VN"].successors.add(country["H44"])
    assert circular_successions() == [["H21", "VN", "H44", "H21"], ["H44.01", "H44.01"]]
