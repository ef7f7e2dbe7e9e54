"""Saving procedures and offers: what is filled, what is derived and marked anew."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from procedures.catalogue import save_offers, save_procedures, withdraw_offers
from procedures.models import AgencyProcedure, Dossier, LocalName, Procedure
from procedures.sync import sync_dossiers
from tests.procedures.conftest import AS_OF, Heard, World, at
from tests.procedures.sending import dossier

pytestmark = pytest.mark.django_db

PARTS = {
    "sequence": "Nộp hồ sơ",
    "manner": "Trực tiếp",
    "papers": "Tờ khai",
    "implementing_agency": "UBND cấp xã",
}


def procedure(world: World, code: str = "2.000815", **values: Any) -> Procedure:
    values = {
        "name": "Chứng thực bản sao",
        "level": "commune",
        "processing_time": 1,
        "subjects": ["citizen"],
        "parts": PARTS,
        **values,
    }
    return Procedure(code=code, field=world.procedure.field, announcing_agency=world.h44, **values)


def test_what_is_derived_is_filled(world: World, heard: Heard) -> None:
    assert save_procedures([procedure(world, fee=2000)], as_of=AS_OF) == 1

    found = Procedure.objects.get(code="2.000815")
    assert found.name_folded == "chung thuc ban sao"
    assert (found.has_fee, found.open_to_citizens, found.is_complete) == (True, True, True)
    assert heard.catalogue == {world.h44.pk}


@pytest.mark.parametrize("part", ["sequence", "manner", "papers", "implementing_agency"])
def test_a_missing_part_makes_it_incomplete(world: World, part: str) -> None:
    save_procedures([procedure(world, parts={**PARTS, part: ""})], as_of=AS_OF)
    assert not Procedure.objects.get(code="2.000815").is_complete


@pytest.mark.parametrize("change", [{"processing_time": None}, {"subjects": []}])
def test_deadline_and_subjects_count_as_parts(world: World, change: dict[str, Any]) -> None:
    save_procedures([procedure(world, **change)], as_of=AS_OF)
    assert not Procedure.objects.get(code="2.000815").is_complete


@pytest.mark.parametrize(
    ("subjects", "open_to_citizens"),
    [(["business"], False), (["business", "foreigner"], True), (["overseas"], True), ([], True)],
)
def test_who_counts_as_a_person(world: World, subjects: list[str], open_to_citizens: bool) -> None:
    save_procedures([procedure(world, subjects=subjects)], as_of=AS_OF)
    assert Procedure.objects.get(code="2.000815").open_to_citizens is open_to_citizens


def test_saved_again_nothing_happens(world: World, heard: Heard) -> None:
    save_procedures([procedure(world)], as_of=AS_OF)
    heard.catalogue.clear()

    assert save_procedures([procedure(world)], as_of=AS_OF) == 0
    assert heard.catalogue == set()


def test_given_with_its_key_the_code_may_change(world: World) -> None:
    world.procedure.code = "1.001194"
    save_procedures([world.procedure], as_of=AS_OF)
    assert Procedure.objects.get().code == "1.001194"


def test_a_wrong_one_is_named_and_none_saved(world: World) -> None:
    with pytest.raises(ValidationError) as refused:
        save_procedures(
            [
                procedure(world),
                procedure(world, "2.2", name=""),
                procedure(world, "2.3", processing_time=9999),
            ],
            as_of=AS_OF,
        )
    assert set(refused.value.message_dict) == {"2.2", "2.3"}
    assert Procedure.objects.count() == 1


def test_another_limit_derives_the_dossiers_anew(world: World, heard: Heard) -> None:
    sync_dossiers([dossier(4), dossier(4, "H44.01-9", due_at=at("03-30"))], client=world.client, as_of=AS_OF)
    heard.spans.clear()
    world.procedure.processing_time = 1

    save_procedures([world.procedure], as_of=AS_OF)

    first, second = Dossier.objects.order_by("code")
    assert first.deadline_at is not None
    assert first.deadline_at < at("03-07")
    assert second.deadline_at == at("03-30")
    assert heard.spans == {(world.justice.pk, 202603, 202603)}


@pytest.mark.parametrize(
    "change", [{"needs_paper_result": False}, {"has_fee": True}, {"subjects": ["business"]}]
)
def test_counted_otherwise_the_months_are_marked(world: World, heard: Heard, change: dict[str, Any]) -> None:
    ended = dossier(10, received_at=at("01-05"), returned_at=at("02-05"))
    sync_dossiers([ended], client=world.client, as_of=AS_OF)
    heard.spans.clear()
    for name, value in change.items():
        setattr(world.procedure, name, value)

    save_procedures([world.procedure], as_of=AS_OF)

    assert heard.spans == {(world.justice.pk, 202601, 202602)}


def test_a_name_only_marks_nothing(world: World, heard: Heard) -> None:
    sync_dossiers([dossier(4)], client=world.client, as_of=AS_OF)
    save_procedures([world.procedure], as_of=AS_OF)
    heard.spans.clear()
    world.procedure.name = "Đăng ký lại khai sinh"

    assert save_procedures([world.procedure], as_of=AS_OF) == 1
    assert heard.spans == set()


def test_a_new_procedure_takes_the_dossiers_that_waited(world: World, heard: Heard) -> None:
    sync_dossiers([dossier(4, procedure_code="2.000815")], client=world.client, as_of=AS_OF)
    heard.spans.clear()

    save_procedures([procedure(world)], as_of=AS_OF)

    found = Dossier.objects.get()
    assert found.procedure is not None
    assert (found.procedure.code, found.local_procedure) == ("2.000815", "")
    assert found.deadline_at is not None
    assert not LocalName.objects.exists()
    assert heard.spans == {(world.justice.pk, 202603, 202603)}


def test_offers_are_added_amended_and_withdrawn(world: World, heard: Heard) -> None:
    sync_dossiers([dossier(4), dossier(4, "H44.07-1")], client=world.client, as_of=AS_OF)
    heard.spans.clear()
    offer = AgencyProcedure(agency=world.justice, procedure=world.procedure, online_level="partial")

    assert save_offers([offer], as_of=AS_OF) == 1
    assert heard.spans == {(world.justice.pk, 202603, 202603)}
    assert heard.catalogue == {world.justice.pk}
    assert save_offers([offer], as_of=AS_OF) == 0
    fuller = AgencyProcedure(agency=world.justice, procedure=world.procedure, online_level="full")
    assert save_offers([fuller], as_of=AS_OF) == 1
    assert AgencyProcedure.objects.get().online_level == "full"
    heard.spans.clear()
    assert withdraw_offers(AgencyProcedure.objects.all(), as_of=AS_OF) == 1
    assert heard.spans == {(world.justice.pk, 202603, 202603)}
    assert not AgencyProcedure.objects.exists()


def test_the_command_derives_anew(world: World) -> None:
    sync_dossiers([dossier(4), dossier(4, "H44.07-1")], client=world.client, as_of=AS_OF)
    Dossier.objects.update(deadline_at=None)
    out = StringIO()

    call_command("rederive_dossiers", "--agency", "H44.07", "--procedure", "1.001193", stdout=out)

    assert out.getvalue() == "1 dossiers derived anew.\n"
    assert Dossier.objects.get(deadline_at__isnull=False).code == "H44.07-1"


@pytest.mark.parametrize("option", ["--agency", "--procedure"])
def test_the_command_says_what_it_does_not_know(world: World, option: str) -> None:
    with pytest.raises(CommandError, match="nothing-such"):
        call_command("rederive_dossiers", option, "nothing-such")
