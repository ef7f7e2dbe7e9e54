"""Nothing by which an applicant could be known is kept: not in a table, not in the inbox, not in a log."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from procedures.applicants import proves
from procedures.inbox import mend, waiting
from procedures.models import Dossier
from tests.procedures.conftest import AS_OF, World
from tests.procedures.national_client import OneStop, example

pytestmark = pytest.mark.django_db

PERSONAL = (
    "Hạnh", "Bách", "Khôi", "Gia Hân", "Gia Han", "Cẩm", "0912345678", "987 654 321", "987654321",
    "131234567", "025091001234", "025091005555", "131234999", "hanh.nguyen", "bach.tran", "Hùng Vương",
)  # fmt: skip


def everything_stored() -> str:
    rows: list[Any] = []
    for model in apps.get_models():
        columns = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        if columns:
            rows += model._default_manager.values_list(*columns)
    return json.dumps(rows, ensure_ascii=False, default=str)


def test_neither_of_records_taken_nor_of_those_refused(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    one_stop = OneStop("h44", world.password)
    step = {
        "MaHoSo": "H44.07-260305-00002",
        "NguoiXuLy": "Lê Thị Cẩm",
        "ThoiDiemXuLy": "20260309100000",
        "TrangThai": "4",
        "NoiDungXuLy": "Bố là Trần Văn Bách",
    }
    answers = [
        one_stop.send(example("oldest"), example("newest")),
        one_stop.send(
            example("newest", NgayTra="x"),
            example("oldest", MaHoSo="H21-1"),
            example("newest", TaiLieuNop={"TenTepDinhKem": "Trần Gia Hân"}),
            example("newest", MaHoSo=["025091001234"]),
            example("oldest", NgayTiepNhan=None),
        ),
        one_stop.progress(step, {**step, "TrangThai": "99"}, {**step, "MaHoSo": "H44.07-9"}),
    ]

    printed = capsys.readouterr()
    told = everything_stored() + json.dumps(answers, ensure_ascii=False)
    told += caplog.text + printed.out + printed.err
    assert "H44.07-260305-00002" in told
    assert [found for found in PERSONAL if found in told] == []


def test_a_refused_record_keeps_the_proof_that_it_is_the_applicants(world: World) -> None:
    one_stop = OneStop("h44", world.password)
    one_stop.send(example("newest", NgayTra="x"))

    assert mend(waiting().get(), {"returned_at": "20260312100000"}, AS_OF)

    found = Dossier.objects.get()
    assert proves(found, "4321")
    assert (found.fee_total, found.has_attachment, len(found.supplements)) == (10_000, True, 1)
