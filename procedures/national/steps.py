"""From a CapNhatTienDoHoSoMC record to ours; who took the step is left behind."""

from __future__ import annotations

from typing import Any

import msgspec

from procedures.national.structs import NationalStep
from procedures.national.values import choice, choices, moment, text
from procedures.records import POST_LENGTH, STEP_UNIT_LENGTH, StepRecord, cleaned
from procedures.refusals import Reason, RecordRefusedError, Refusal

#: Our words for the protocol's fields.
FIELDS = {
    "code": "MaHoSo",
    "at": "ThoiDiemXuLy",
    "status": "TrangThai",
    "post": "ChucDanh",
    "unit": "PhongBanXuLy",
    "started_at": "NgayBatDau",
    "due_at": "NgayKetThucTheoQuyDinh",
}
OUR_WORDS = {theirs: ours for ours, theirs in FIELDS.items()}

_STATUSES = choices(1, 10)
_decode = msgspec.json.Decoder(NationalStep).decode


def read(raw: msgspec.Raw, position: int) -> StepRecord | Refusal:
    """The step at ``position`` in our words, or why it cannot be read."""
    try:
        return translate(_decode(raw))
    except RecordRefusedError as error:
        field, reason, value = OUR_WORDS[error.field], error.reason, error.value
    except (msgspec.DecodeError, UnicodeDecodeError):
        field, reason, value = "", Reason.NOT_A_RECORD, ""
    plain = _plain_of(raw)
    return Refusal(position, plain.get("code", ""), field, reason, value, plain)


def translate(sent: NationalStep) -> StepRecord:
    """The step in our words. Raises RecordRefusedError with the protocol's name of the field."""
    code = text(sent.MaHoSo)
    if not code:
        raise RecordRefusedError("MaHoSo", Reason.MISSING)
    at = moment(sent.ThoiDiemXuLy, "ThoiDiemXuLy")
    if at is None:
        raise RecordRefusedError("ThoiDiemXuLy", Reason.MISSING)
    return StepRecord(
        code=code,
        at=at,
        status=choice(sent.TrangThai, "TrangThai", _STATUSES, None),
        post=cleaned(text(sent.ChucDanh), POST_LENGTH),
        unit=cleaned(text(sent.PhongBanXuLy), STEP_UNIT_LENGTH),
        started_at=moment(sent.NgayBatDau, "NgayBatDau"),
        due_at=moment(sent.NgayKetThucTheoQuyDinh, "NgayKetThucTheoQuyDinh"),
    )


def _plain_of(raw: msgspec.Raw) -> dict[str, Any]:
    try:
        sent = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    if not isinstance(sent, dict):
        return {}
    return {
        ours: cleaned(str(sent[theirs]), STEP_UNIT_LENGTH)
        for ours, theirs in FIELDS.items()
        if isinstance(sent.get(theirs), str | int | float) and sent[theirs] != ""
    }
