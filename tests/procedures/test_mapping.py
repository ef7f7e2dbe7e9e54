"""Saying what local names mean, and what moves when it is said."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from procedures.mapping import map_local_name, suggestions, waiting
from procedures.models import Dossier, LocalName, Procedure
from procedures.sync import sync_dossiers
from tests.factories import AgencyFactory
from tests.procedures.conftest import AS_OF, Heard, World, at
from tests.procedures.sending import dossier

pytestmark = pytest.mark.django_db
Placement = Dossier.Placement


def unit_name(world: World, value: str = "Một cửa Tư pháp", dossiers: int = 3) -> LocalName:
    records = [dossier(4, f"XX-{n}", unit_name=value) for n in range(dossiers)]
    sync_dossiers(records, client=world.client, as_of=AS_OF)
    return LocalName.objects.get(kind="unit", value=value)


def procedure_name(world: World, value: str = "1.001193.000.00.00.H44") -> LocalName:
    sync_dossiers([dossier(4, procedure_code=value)], client=world.client, as_of=AS_OF)
    return LocalName.objects.get(kind="procedure", value=value)


class TestUnits:
    def test_what_waited_moves_and_both_agencies_are_marked(self, world: World, heard: Heard) -> None:
        name = unit_name(world)
        heard.spans.clear()

        assert waiting(name).count() == 3
        assert map_local_name(name, world.justice, AS_OF) == 3

        moved = Dossier.objects.filter(agency=world.justice, placement=Placement.MAPPING)
        assert moved.count() == 3
        assert heard.spans == {(world.h44.pk, 202603, 202603), (world.justice.pk, 202603, 202603)}
        assert not waiting(name).exists()

    def test_what_comes_later_is_placed_by_it(self, world: World) -> None:
        map_local_name(unit_name(world), world.justice, AS_OF)
        later = dossier(4, "XX-later", unit_name="Một cửa Tư pháp")
        sync_dossiers([later], client=world.client, as_of=AS_OF)
        assert Dossier.objects.get(code="XX-later").agency == world.justice

    def test_sent_again_it_stays_where_it_was_mapped(self, world: World) -> None:
        map_local_name(unit_name(world), world.justice, AS_OF)
        unit_name(world)
        assert set(Dossier.objects.values_list("agency__code", flat=True)) == {"H44.01"}

    def test_a_mapping_can_be_corrected_and_taken_back(self, world: World) -> None:
        name = unit_name(world)
        map_local_name(name, world.justice, AS_OF)

        assert map_local_name(name, world.commune, AS_OF) == 3
        assert Dossier.objects.filter(agency=world.commune).count() == 3
        assert map_local_name(name, None, AS_OF) == 3
        assert Dossier.objects.filter(agency=world.h44, placement=Placement.DEFAULT).count() == 3
        assert map_local_name(name, None, AS_OF) == 0

    def test_more_than_one_portion(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("procedures.mapping.BATCH", 2)
        assert map_local_name(unit_name(world, dossiers=5), world.justice, AS_OF) == 5

    def test_not_to_another_province(self, world: World) -> None:
        name = unit_name(world)
        with pytest.raises(ValidationError):
            map_local_name(name, world.h21, AS_OF)
        assert waiting(name).count() == 3

    def test_not_to_a_procedure(self, world: World) -> None:
        with pytest.raises(ValidationError):
            map_local_name(unit_name(world), world.procedure, AS_OF)

    def test_others_of_the_same_name_stay(self, world: World) -> None:
        name = unit_name(world)
        foreign = dossier(4, "YY-1", unit_name=name.value)
        sync_dossiers([foreign], client=world.stranger, as_of=AS_OF)

        map_local_name(name, world.justice, AS_OF)

        assert Dossier.objects.get(code="YY-1").agency == world.h21


class TestProcedures:
    def test_dossiers_are_derived_anew_and_their_months_marked(self, world: World, heard: Heard) -> None:
        name = procedure_name(world)
        assert Dossier.objects.get().deadline_at is None
        heard.spans.clear()

        assert map_local_name(name, world.procedure, AS_OF) == 1

        found = Dossier.objects.get()
        assert found.procedure == world.procedure
        assert found.deadline_at is not None
        assert found.deadline_at > at("03-12")
        assert heard.spans == {(world.justice.pk, 202603, 202603)}

    def test_correcting_moves_those_of_the_first_mapping(self, world: World) -> None:
        name = procedure_name(world)
        map_local_name(name, world.procedure, AS_OF)
        other = Procedure.objects.create(
            code="2.000815",
            name="Chứng thực bản sao",
            field=world.procedure.field,
            level="commune",
            announcing_agency=world.h44,
            is_complete=True,
        )

        assert map_local_name(name, other, AS_OF) == 1

        found = Dossier.objects.get()
        assert (found.procedure, found.deadline_at) == (other, None)


class TestSuggestions:
    @pytest.mark.parametrize(
        "written", ["UBND P. Việt Trì", "uy ban nhan dan phuong viet tri", "Phường Việt Chì"]
    )
    def test_the_unit_most_like_it_comes_first(self, world: World, written: str) -> None:
        AgencyFactory(code="H44.08", name="Phường Nông Trang", kind="commune", parent=world.h44)
        AgencyFactory(code="H44.09", name="Xã Việt Lâm", kind="commune", parent=world.h44)
        assert suggestions(unit_name(world, written))[0] == world.commune

    def test_nothing_alike_suggests_nothing(self, world: World) -> None:
        assert suggestions(unit_name(world, "Kho bạc")) == []

    def test_units_of_another_province_are_not_suggested(self, world: World) -> None:
        AgencyFactory(code="H21.09", name="Phường Pleiku", kind="commune", parent=world.h21)
        assert world.h21.pk not in {a.pk for a in suggestions(unit_name(world, "P. Pleiku"))}

    def test_the_national_code_a_local_variant_begins_with(self, world: World) -> None:
        assert suggestions(procedure_name(world)) == [world.procedure]

    @pytest.mark.parametrize("written", ["1001193", "1-001193", "TTHC 1.001193 (2024)"])
    def test_the_same_digits_otherwise_written(self, world: World, written: str) -> None:
        assert suggestions(procedure_name(world, written)) == [world.procedure]

    def test_a_code_that_merely_looks_alike_is_another_procedure(self, world: World) -> None:
        assert suggestions(procedure_name(world, "1.001194")) == []
