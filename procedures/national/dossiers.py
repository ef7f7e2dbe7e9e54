"""From a DongBoHoSoMC record to ours, leaving everything personal behind but two keyed hashes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from procedures.applicants import applicant_hash
from procedures.handling import Supplement
from procedures.national.structs import NationalDossier
from procedures.national.values import choice, choices, moment, money, says_yes, text
from procedures.records import FEES_BELOW, UNIT_LENGTH, DossierRecord, cleaned
from procedures.refusals import Reason, RecordRefusedError, Refusal

#: Our words for the protocol's fields.
FIELDS = {
    "code": "MaHoSo",
    "procedure_code": "MaTTHC",
    "status": "TrangThaiHoSo",
    "unit_name": "DonViXuLy",
    "channel": "KenhThucHien",
    "subject_type": "LoaiDoiTuong",
    "submitted_at": "NgayNopHoSo",
    "received_at": "NgayTiepNhan",
    "due_at": "NgayHenTra",
    "finished_at": "NgayKetThucXuLy",
    "returned_at": "NgayTra",
    "refused_at": "NgayTuChoi",
    "supplements": "DanhSachHoSoBoSung",
    "payment": "DuocThanhToanTrucTuyen",
    "fee_total": "DanhSachLePhi",
}
OUR_WORDS = {theirs: ours for ours, theirs in FIELDS.items()}

_STATUSES, _CHANNELS = choices(1, 10), choices(1, 3)
_SUBJECTS, _PAYMENTS = choices(1, 4), choices(0, 3)
#: Codes (MaCSDL) by which systems name the national population database (criterion 4.5).
POPULATION_DATABASES = frozenset({"7", "CSDLDC", "CSDLQGDC", "CSDLQGVDC"})
_IDENTITY_CARD = "1"

Element = TypeVar("Element")

_decode = msgspec.json.Decoder(NationalDossier).decode


def read(raw: msgspec.Raw, position: int) -> DossierRecord | Refusal:
    """The record at ``position`` in our words, or why it cannot be read."""
    try:
        return translate(_decode(raw))
    except RecordRefusedError as error:
        refused = error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        refused = _unreadable(error)
    plain = plain_of(raw)
    return Refusal(
        position,
        str(plain.get("code", "")),
        OUR_WORDS.get(refused.field.split("[")[0], refused.field),
        refused.reason,
        refused.value,
        plain,
    )


def translate(sent: NationalDossier) -> DossierRecord:
    """The dossier in our words. Raises RecordRefusedError with the protocol's name of the field."""
    code, procedure_code = text(sent.MaHoSo), text(sent.MaTTHC)
    if not code:
        raise RecordRefusedError("MaHoSo", Reason.MISSING)
    if not procedure_code:
        raise RecordRefusedError("MaTTHC", Reason.MISSING)
    due_at = moment(sent.NgayHenTra, "NgayHenTra")
    supplements: tuple[Supplement, ...] = ()
    if sent.DanhSachHoSoBoSung:
        due_at, supplements = _supplements(sent, due_at)
    attached, result_filed, reuses, from_store, population = _marks(sent)
    phone, identity = text(sent.SoDienThoai), _identity_number(sent)
    return DossierRecord(
        code=code,
        procedure_code=procedure_code,
        status=_STATUSES.get(sent.TrangThaiHoSo)
        or choice(sent.TrangThaiHoSo, "TrangThaiHoSo", _STATUSES, None),
        unit_name=cleaned(text(sent.DonViXuLy), UNIT_LENGTH) if sent.DonViXuLy else "",
        channel=_CHANNELS.get(sent.KenhThucHien) or choice(sent.KenhThucHien, "KenhThucHien", _CHANNELS, 1),
        subject_type=_SUBJECTS.get(sent.LoaiDoiTuong)
        or choice(sent.LoaiDoiTuong, "LoaiDoiTuong", _SUBJECTS, 1),
        submitted_at=moment(sent.NgayNopHoSo, "NgayNopHoSo"),
        received_at=moment(sent.NgayTiepNhan, "NgayTiepNhan"),
        due_at=due_at,
        finished_at=moment(sent.NgayKetThucXuLy, "NgayKetThucXuLy"),
        returned_at=moment(sent.NgayTra, "NgayTra"),
        refused_at=moment(sent.NgayTuChoi, "NgayTuChoi"),
        supplements=supplements,
        has_attachment=attached,
        has_result_file=result_filed,
        reuses_data=reuses,
        from_personal_store=from_store,
        uses_population_data=population,
        payment=_PAYMENTS.get(sent.DuocThanhToanTrucTuyen)
        or choice(sent.DuocThanhToanTrucTuyen, "DuocThanhToanTrucTuyen", _PAYMENTS, 0),
        fee_total=_fee_total(sent) if sent.DanhSachLePhi else None,
        phone_hash=applicant_hash(code, phone) if phone else "",
        identity_hash=applicant_hash(code, identity) if identity else "",
    )


def plain_of(raw: msgspec.Raw) -> dict[str, Any]:
    """What of a refused record may be kept: our fields as they were sent, and nothing personal.

    Of a record whose lists are not lists only the plain fields are left.
    """
    try:
        sent = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    if not isinstance(sent, dict):
        return {}
    plain: dict[str, Any] = {
        ours: cleaned(str(sent[theirs]), UNIT_LENGTH)
        for ours, theirs in FIELDS.items()
        if isinstance(sent.get(theirs), str | int | float) and sent[theirs] != ""
    }
    try:
        whole = _decode(raw)
    except msgspec.DecodeError:
        return plain
    plain |= zip(_MARKS, _marks(whole), strict=True)
    pairs = [[r.NgayBoSung, r.NgayTiepNhanBoSung] for r in _listed(whole.DanhSachHoSoBoSung)]
    fees = [cleaned(text(fee.Gia), 20) for fee in _listed(whole.DanhSachLePhi)]
    code = plain.get("code", "")
    plain |= {
        "supplements": [[cleaned(text(value), 20) for value in pair] for pair in pairs],
        "fee_total": _sum_or_text(fees),
        "phone_hash": applicant_hash(code, text(whole.SoDienThoai)),
        "identity_hash": applicant_hash(code, _identity_number(whole)),
    }
    return {name: value for name, value in plain.items() if value not in (None, "", [])}


_MARKS = (
    "has_attachment",
    "has_result_file",
    "reuses_data",
    "from_personal_store",
    "uses_population_data",
)


def _marks(sent: NationalDossier) -> tuple[bool, bool, bool, bool, bool]:
    """The marks of ``_MARKS`` (Decision 766, criteria 4.1 to 4.5)."""
    attached = reuses = drawn_from_store = False
    for paper in _listed(sent.TaiLieuNop):
        if says_yes(paper.IsDeleted):
            continue
        attached = attached or bool(paper.TepDinhKemId or paper.DuongDanTaiTepTin or paper.TenTepDinhKem)
        reuses = reuses or says_yes(paper.DuocSoHoa)
        drawn_from_store = drawn_from_store or says_yes(paper.DuocLayTuKhoDMQG)
    result_filed = put_in_store = False
    for result in _listed(sent.DanhSachGiayToKetQua):
        if result.DuongDanTepTinKetQua:
            result_filed = True
            put_in_store = put_in_store or bool(result.MaGiayToKetQua)
    population = (
        drawn_from_store
        or says_yes(sent.TaiKhoanDuocXacThucVoiVNeID)
        or any(text(c.MaCSDL).upper() in POPULATION_DATABASES for c in _listed(sent.DSKetNoiCSDL))
    )
    return (
        attached,
        result_filed,
        reuses or says_yes(sent.HoSoCoThanhPhanSoHoa),
        drawn_from_store or put_in_store,
        population,
    )


def _supplements(
    sent: NationalDossier, due_at: datetime | None
) -> tuple[datetime | None, tuple[Supplement, ...]]:
    """The requests for a supplement, and the date promised before they moved it.

    The time the citizen took is added to the due date by our rule, so a due date that a supplement
    has already moved is taken back to the first one.
    """
    field = "DanhSachHoSoBoSung"
    found: list[Supplement] = []
    first_due: datetime | None = None
    for place, request in enumerate(_listed(sent.DanhSachHoSoBoSung)):
        name = f"{field}[{place}]"
        requested = moment(request.NgayBoSung, f"{name}.NgayBoSung")
        answered = moment(request.NgayTiepNhanBoSung, f"{name}.NgayTiepNhanBoSung")
        if requested is None:
            if answered is not None:
                raise RecordRefusedError(f"{name}.NgayBoSung", Reason.MISSING)
            continue
        found.append((int(requested.timestamp()), int(answered.timestamp()) if answered else None))
        before = moment(request.NgayHenTraTruoc, f"{name}.NgayHenTraTruoc")
        after = moment(request.NgayHenTraMoi, f"{name}.NgayHenTraMoi")
        if before and after and (first_due is None or before < first_due):
            first_due = before
    if first_due and due_at and first_due < due_at:
        due_at = first_due
    return due_at, tuple(sorted(found, key=lambda pair: pair[0]))


def _fee_total(sent: NationalDossier) -> int | None:
    total = None
    for place, fee in enumerate(_listed(sent.DanhSachLePhi)):
        amount = money(fee.Gia, "DanhSachLePhi", place)
        if amount is not None:
            total = amount + (total or 0)
    if total is not None and total >= FEES_BELOW:
        raise RecordRefusedError("DanhSachLePhi", Reason.OUT_OF_RANGE, total)
    return total


def _sum_or_text(fees: list[str]) -> int | str | None:
    try:
        known = [amount for amount in (money(fee, "", 0) for fee in fees) if amount is not None]
    except RecordRefusedError as error:
        return error.value
    return sum(known) if known else None


def _identity_number(sent: NationalDossier) -> str:
    """The applicant's identity number: the 12-digit one if there are several."""
    other = ""
    for identity in _listed(sent.DinhDanhCHS):
        number = text(identity.SoDinhDanh)
        if text(identity.LoaiDinhDanh) == _IDENTITY_CARD and number:
            return number
        other = other or number
    return other or text(sent.SoGiayToChuHoSo)


def _listed(value: list[Element] | str | None) -> Sequence[Element]:
    """A list, which may also be absent or an empty text."""
    return value if value and not isinstance(value, str) else ()


def _unreadable(error: Exception) -> RecordRefusedError:
    """What msgspec says of a record that is no record, or of a list that is none."""
    found = re.search(r"`\$\.(\w+)", str(error))
    if found:
        return RecordRefusedError(found[1], Reason.MALFORMED, "…")
    return RecordRefusedError("", Reason.NOT_A_RECORD)
