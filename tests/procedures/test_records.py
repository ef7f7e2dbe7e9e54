"""Reading records from plain values, as the inbox keeps them and other doors take them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from procedures.records import (
    DossierRecord,
    StepRecord,
    check_text,
    cleaned,
    read_dossier,
    read_step,
    to_plain,
)
from procedures.refusals import Reason, RecordRefusedError
from tests.procedures.conftest import at

PLAIN: dict[str, Any] = {"code": "H44-260305-1", "procedure_code": "1.001193", "status": 4}


def test_a_whole_record_comes_back_from_its_plain_form() -> None:
    record = DossierRecord(
        **PLAIN,
        received_at=at("03-02"),
        due_at=at("03-09"),
        supplements=((1772413200, None),),
        fee_total=50_000,
        has_attachment=True,
        phone_hash="a" * 32,
    )
    assert read_dossier(to_plain(record)) == record

    step = StepRecord(code="H44-260305-1", at=at("03-02"), status=4, unit="Phòng Tư pháp")
    assert read_step(to_plain(step)) == step


@pytest.mark.parametrize(
    "written",
    ["20260302080000", "2026-03-02T08:00:00", "2026-03-02 08:00", "2026-03-02T01:00:00Z", at("03-02")],
)
def test_moments_in_either_form_are_vietnams(written: object) -> None:
    assert read_dossier({**PLAIN, "received_at": written}).received_at == at("03-02")


def test_numbers_and_marks_may_come_as_text() -> None:
    record = read_dossier({**PLAIN, "status": "10", "fee_total": "0", "has_attachment": "true"})
    assert (record.status, record.fee_total, record.has_attachment) == (10, 0, True)


def test_supplements_are_put_in_order_of_request() -> None:
    pairs = [["20260310080000", ""], ["20260302080000", "20260304080000"]]
    first, second = read_dossier({**PLAIN, "supplements": pairs}).supplements
    assert datetime.fromtimestamp(first[0], UTC) == at("03-02")
    assert second == (int(at("03-10").timestamp()), None)


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"code": None}, "code", Reason.MISSING),
        ({"procedure_code": ""}, "procedure_code", Reason.MISSING),
        ({"status": None}, "status", Reason.MISSING),
        ({"status": "11"}, "status", Reason.OUT_OF_RANGE),
        ({"status": "done"}, "status", Reason.MALFORMED),
        ({"code": "x" * 51}, "code", Reason.TOO_LONG),
        ({"received_at": "20261301000000"}, "received_at", Reason.MALFORMED_DATE),
        ({"due_at": "tomorrow"}, "due_at", Reason.MALFORMED_DATE),
        ({"due_at": "22060101000000"}, "due_at", Reason.OUT_OF_RANGE),
        ({"supplements": [["", "20260302080000"]]}, "supplements", Reason.MISSING),
        ({"supplements": "soon"}, "supplements", Reason.MALFORMED),
        ({"fee_total": -1}, "fee_total", Reason.OUT_OF_RANGE),
    ],
)
def test_what_cannot_be_read_says_where_and_why(change: dict[str, Any], field: str, reason: Reason) -> None:
    with pytest.raises(RecordRefusedError) as refused:
        read_dossier({**PLAIN, **change})
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_what_is_no_record_at_all() -> None:
    with pytest.raises(RecordRefusedError) as refused:
        read_dossier(["not", "a", "record"])  # type: ignore[arg-type]
    assert refused.value.reason is Reason.NOT_A_RECORD


def test_names_and_codes_are_cleaned_as_they_are_read() -> None:
    record = read_dossier({**PLAIN, "code": " H44-1\n", "unit_name": " Phòng\tTư pháp " + "x" * 400})
    assert record.code == "H44-1"
    assert record.unit_name.startswith("Phòng Tư pháp xxx")
    assert len(record.unit_name) == 300


@pytest.mark.parametrize("code", ["", "x" * 51, "H44-\x00-1", "H44-\n-1"])
def test_a_code_no_database_keeps_is_refused(code: str) -> None:
    with pytest.raises(RecordRefusedError):
        check_text(DossierRecord(code=code, procedure_code="1.001193", status=4))


def test_names_are_cleaned_and_cut() -> None:
    assert cleaned("  Phòng\u00a0 Tư\u200bpháp\x00 ", 300) == "Phòng Tư pháp"
    assert cleaned("x" * 400, 300) == "x" * 300
