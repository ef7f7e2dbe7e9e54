"""What a connected system tries on dossiers of another province, by the national protocol."""

from __future__ import annotations

import json
from typing import Any

import pytest

from procedures.models import Dossier, DossierStep
from tests.doors.world import MARKS, World
from tests.procedures.national_client import OneStop, example


def system(world: World, place: str) -> OneStop:
    return OneStop(f"{MARKS[place]}-mot-cua", world.passwords[place], madonvi=world.agency(place).code)


def code_of(world: World, place: str) -> str:
    return world.records["procedures.dossier"][place].code


#: Systems, and places that each does not speak for.
BEYOND = [
    ("commune", "province"), ("commune", "other"), ("commune", "nation"),
    ("province", "other"), ("other", "commune"), ("other", "province"),
]  # fmt: skip


@pytest.mark.parametrize(("own", "foreign"), BEYOND)
def test_looking_a_dossier_up(world: World, own: str, foreign: str) -> None:
    one_stop = system(world, own)
    assert one_stop.call("TraCuuHoSo", mahoso=code_of(world, own))["result"]
    known, unknown = code_of(world, foreign), f"{world.agency(foreign).code}-khong-co"
    answers = []
    for code in (known, unknown):
        for envelope in ({}, {"madonvi": ""}):
            answer = one_stop.call("TraCuuHoSo", mahoso=code, **envelope)
            assert not answer["result"]
            answers.append(json.dumps(answer).replace(code, ""))
    assert len(set(answers)) == 1, "the answer tells whether there is such a dossier"


@pytest.mark.parametrize(("own", "foreign"), BEYOND)
def test_speaking_for_another_agency(world: World, own: str, foreign: str) -> None:
    one_stop = system(world, own)
    for service in ("TraCuuHoSo", "LayDanhSachTTHC", "LayDanhMucCoQuan", "DongBoHoSoMC"):
        answer = one_stop.call(
            service, madonvi=world.agency(foreign).code, mahoso=code_of(world, foreign), data=[]
        )
        assert answer["error_code"] not in (0, "0", "00") and not answer["result"]


@pytest.mark.parametrize(("own", "foreign"), BEYOND)
def test_writing_a_dossier(world: World, own: str, foreign: str) -> None:
    one_stop = system(world, own)
    before = _state()
    for updating in ("True", "False"):
        one_stop.send(example("newest", MaHoSo=code_of(world, foreign)), updating=updating)
        if foreign != "nation":
            # A code that begins as the nation's own says nothing of whose dossier it is.
            one_stop.send(
                example("newest", MaHoSo=f"{world.agency(foreign).code}-261101-00001"), updating=updating
            )
    assert _state() == before


@pytest.mark.parametrize(("own", "foreign"), BEYOND)
def test_adding_progress(world: World, own: str, foreign: str) -> None:
    steps = DossierStep.objects.count()
    system(world, own).progress(
        {
            "MaHoSo": code_of(world, foreign),
            "NguoiXuLy": "x",
            "ThoiDiemXuLy": "20261101080000",
            "TrangThai": "9",
        }
    )
    assert DossierStep.objects.count() == steps


def test_what_a_dictionary_tells_holds_nobodys_records(world: World) -> None:
    one_stop = system(world, "other")
    for service in ("LayDanhSachTTHC", "LayDanhMucCoQuan", "LayDanhMucLinhVuc"):
        told = json.dumps(one_stop.call(service), ensure_ascii=False)
        assert not any(mark in told for mark in MARKS.values())


def test_a_revoked_systems_session_is_over(world: World) -> None:
    from agencies.integration import revoke

    one_stop = system(world, "other")
    revoke(world.records["agencies.integrationclient"]["other"])
    answer = one_stop.call("TraCuuHoSo", mahoso=code_of(world, "other"))
    assert answer["error_code"] not in (0, "0", "00") and not answer["result"]


def _state() -> list[Any]:
    return list(Dossier.objects.order_by("code").values_list("code", "agency_id", "status", "changed_at"))
