"""Which agency a dossier is placed at, and what becomes of names nobody knows."""

from __future__ import annotations

import pytest

from procedures.models import Dossier, LocalName
from procedures.refusals import Reason
from procedures.sync import sync_dossiers
from tests.factories import AgencyFactory
from tests.procedures.conftest import AS_OF, World
from tests.procedures.sending import dossier

pytestmark = pytest.mark.django_db
Placement = Dossier.Placement


def placed(world: World, code: str, unit: str = "") -> tuple[str, int]:
    sync_dossiers([dossier(4, code, unit_name=unit)], client=world.client, as_of=AS_OF)
    found = Dossier.objects.get(code=code)
    return found.agency.code, found.placement


def test_by_the_dossiers_code_in_the_new_scheme(world: World) -> None:
    assert placed(world, "H44.07-260305-1", "Sở Tư pháp") == ("H44.07", Placement.CODE)


def test_by_the_dossiers_code_in_the_old_scheme(world: World) -> None:
    assert placed(world, "000.00.01.H44-260305-1") == ("H44.01", Placement.CODE)


@pytest.mark.parametrize("unit", ["Sở Tư pháp", "sở tư pháp", "So  Tu Phap", "SỞ TƯ PHÁP"])
def test_by_the_units_name_however_it_is_typed(world: World, unit: str) -> None:
    assert placed(world, "XX-260305-1", unit) == ("H44.01", Placement.NAME)


def test_a_name_two_units_bear_places_nothing(world: World) -> None:
    AgencyFactory(code="H44.02", name="Sở Tư pháp", parent=world.h44)
    assert placed(world, "XX-260305-1", "Sở Tư pháp") == ("H44", Placement.DEFAULT)


def test_a_name_in_another_province_is_not_ours(world: World) -> None:
    AgencyFactory(code="H21.09", name="Phường Pleiku", parent=world.h21)
    assert placed(world, "XX-260305-1", "Phường Pleiku") == ("H44", Placement.DEFAULT)


def test_by_a_mapping(world: World) -> None:
    LocalName.objects.create(
        owner=world.h44, kind="unit", value="P.TP", agency=world.justice, first_seen_at=AS_OF
    )
    assert placed(world, "XX-260305-1", "P.TP") == ("H44.01", Placement.MAPPING)


def test_by_default_at_the_systems_own_agency_and_flagged(world: World) -> None:
    assert placed(world, "XX-260305-1", "Bộ phận Một cửa") == ("H44", Placement.DEFAULT)
    name = LocalName.objects.get()
    assert (name.owner, name.kind, name.value, name.agency) == (world.h44, "unit", "Bộ phận Một cửa", None)


def test_without_a_name_there_is_nothing_to_map(world: World) -> None:
    assert placed(world, "XX-260305-1") == ("H44", Placement.DEFAULT)
    assert not LocalName.objects.exists()


def test_an_unknown_procedure_is_kept_to_be_mapped(world: World) -> None:
    report = sync_dossiers(
        [dossier(4, procedure_code="3.000181.000.00.00.H44")], client=world.client, as_of=AS_OF
    )
    found = Dossier.objects.get()
    assert (found.procedure, found.local_procedure) == (None, "3.000181.000.00.00.H44")
    assert LocalName.objects.get().kind == LocalName.Kind.PROCEDURE
    assert report.unknown_procedures == {"3.000181.000.00.00.H44": 1}


def test_a_mapped_procedure_is_known(world: World) -> None:
    LocalName.objects.create(
        owner=world.h44, kind="procedure", value="KS-01", procedure=world.procedure, first_seen_at=AS_OF
    )
    sync_dossiers([dossier(4, procedure_code="KS-01")], client=world.client, as_of=AS_OF)
    found = Dossier.objects.get()
    assert (found.procedure, found.local_procedure) == (world.procedure, "KS-01")
    assert found.deadline_at is not None


@pytest.mark.parametrize("code", ["H21.05-1", "H21.05.02-1", "000.05.01.H21-1"])
def test_an_unknown_unit_of_another_province_is_refused(world: World, code: str) -> None:
    report = sync_dossiers([dossier(4, code)], client=world.client, as_of=AS_OF)
    assert report.refusals[0].reason is Reason.OUTSIDE_SUBTREE


@pytest.mark.parametrize("code", ["H44.55-1", "000.05.01.H44-1", "G01-1"])
def test_an_unknown_unit_that_may_be_ours_is_kept(world: World, code: str) -> None:
    assert placed(world, code) == ("H44", Placement.DEFAULT)


def test_sent_again_after_its_unit_became_known_it_moves(world: World) -> None:
    assert placed(world, "H44.99-1", "Ban mới") == ("H44", Placement.DEFAULT)
    AgencyFactory(code="H44.99", name="Ban Quản lý mới", parent=world.h44)
    assert placed(world, "H44.99-1", "Ban mới") == ("H44.99", Placement.CODE)


def test_strange_names_are_noted_once(world: World) -> None:
    records = [dossier(4, f"XX-{n}", unit_name="Bộ phận Một cửa") for n in range(3)]
    sync_dossiers(records, client=world.client, as_of=AS_OF)
    sync_dossiers(records, client=world.client, as_of=AS_OF)
    assert LocalName.objects.count() == 1
