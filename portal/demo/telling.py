"""How a one-stop system tells a life in the national protocol: newest and oldest field sets, steps."""

from __future__ import annotations

from typing import Any

from portal.demo import people
from portal.demo.lives import (
    DONE,
    IN_PROGRESS,
    NEVER,
    NOT_RECEIVED,
    ONLINE,
    RECEIVED,
    RETURNED,
    SUPPLEMENT,
    Life,
)
from portal.demo.timeline import Timeline

Record = dict[str, Any]

#: Fields that newer systems send and the oldest ones do not know.
NEWER = frozenset(
    {
        "KenhThucHien",
        "NgayNopHoSo",
        "NoiNopHoSo",
        "HoSoCoThanhPhanSoHoa",
        "TaiKhoanDuocXacThucVoiVNeID",
        "DuocThanhToanTrucTuyen",
        "DinhDanhCHS",
        "DSKetNoiCSDL",
    }
)


def record(life: Life, at: int, timeline: Timeline) -> Record:
    """The record (DongBoHoSoMC) its system would send of a dossier at a minute.

    The made-up applicant's phone and identity numbers end in the digits the dossier's code ends in, so
    that whoever tries the portal can prove any dossier theirs.
    """
    text, status, service = timeline.text, life.status(at), life.service
    number = int(life.code.rpartition("-")[2])
    name = _APPLICANTS[number % len(_APPLICANTS)]
    called_off = life.ended <= at and life.outcome != DONE
    completed = life.ended <= at and life.outcome == DONE
    told: Record = {
        "MaHoSo": life.code,
        "MaTTHC": service.code,
        "TenTTHC": service.name,
        "MaLinhVuc": service.field_code,
        "TenLinhVuc": service.field_name,
        "KenhThucHien": str(life.channel),
        "ChuHoSo": name,
        "LoaiDoiTuong": str(service.subject),
        "MaDoiTuong": "",
        "SoGiayToChuHoSo": people.identity(number),
        "Email": "",
        "Fax": "",
        "SoDienThoai": people.phone(number),
        "TrichYeuHoSo": service.name,
        "NgayTiepNhan": text(life.received) if life.received <= at else "",
        "NgayNopHoSo": text(life.submitted),
        "NgayHenTra": text(life.due) if life.received <= at else "",
        "NgayTra": text(life.returned) if life.returned <= at else "",
        "NgayKetThucXuLy": text(life.ended) if completed else "",
        "NgayTuChoi": text(life.ended) if called_off else "",
        "ThongTinTra": "",
        "TrangThaiHoSo": str(status),
        "HinhThuc": "0",
        "DonViXuLy": life.office.told_as,
        "SoBienNhan": "",
        "GhiChu": "",
        "NoiNopHoSo": "1" if life.channel == ONLINE else "2",
        "HoSoCoThanhPhanSoHoa": "1" if life.reused else "0",
        "TaiKhoanDuocXacThucVoiVNeID": "1" if life.population else "0",
        "DuocThanhToanTrucTuyen": str(life.payment),
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": people.identity(number)}],
        "TaiLieuNop": [],
        "DanhSachLePhi": [],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [],
    }
    if life.attached or life.stored:
        told["TaiLieuNop"] = [_paper(life)]
    if life.fee is not None:
        told["DanhSachLePhi"] = [
            {
                "TenPhiLePhi": "Lệ phí",
                "MaPhiLePhi": "LP01",
                "HinhThucThu": "1",
                "Gia": str(life.fee),
                "LoaiPhiLePhi": "2",
            }
        ]
    if life.requested <= at:
        told["DanhSachHoSoBoSung"] = _supplements(life, at, timeline)
    if completed and life.result:
        told["DanhSachGiayToKetQua"] = [
            {
                "TenGiayTo": "Kết quả",
                "MaThanhPhanHoSo": "",
                "GiayToId": "",
                "DuongDanTepTinKetQua": f"/ket-qua/{life.code}.pdf",
                "MaGiayToKetQua": "KQ.G15.000001" if life.stored else "",
            }
        ]
    if life.office.oldest:
        for field in NEWER:
            told.pop(field, None)
    return told


def steps(life: Life, since: int, until: int, timeline: Timeline) -> list[Record]:
    """The progress (CapNhatTienDoHoSoMC) reported of a dossier after one minute, up to another."""
    ended = RETURNED if life.outcome == DONE else life.outcome
    taken = [
        (life.received, RECEIVED, "Công chức tiếp nhận"),
        (life.received + 120 if life.received != NEVER else NEVER, IN_PROGRESS, "Công chức thụ lý"),
        (life.requested, SUPPLEMENT, "Công chức thụ lý"),
        (life.answered, IN_PROGRESS, "Công chức thụ lý"),
        (life.ended, DONE if ended == RETURNED else ended, "Lãnh đạo đơn vị"),
        (life.returned, RETURNED, "Bộ phận trả kết quả"),
    ]
    return [
        {
            "MaHoSo": life.code,
            "NguoiXuLy": "Nguyễn Làm Mẫu",
            "ChucDanh": post,
            "ThoiDiemXuLy": timeline.text(minute),
            "PhongBanXuLy": life.office.told_as,
            "NoiDungXuLy": "",
            "TrangThai": str(status),
            "NgayBatDau": "",
            "NgayKetThucTheoQuyDinh": timeline.text(life.due) if life.received != NEVER else "",
        }
        for minute, status, post in taken
        if since < minute <= until and not (status == NOT_RECEIVED and life.received != NEVER)
    ]


def _paper(life: Life) -> Record:
    return {
        "TepDinhKemId": "1",
        "TenTepDinhKem": "to-khai.pdf",
        "IsDeleted": "False",
        "MaThanhPhanHoSo": "TP01",
        "DuongDanTaiTepTin": f"/tep/{life.code}.pdf" if life.attached else "",
        "DuocSoHoa": "0",
        "DuocTaiSuDung": "0",
        "DuocLayTuKhoDMQG": "1" if life.stored else "0",
        "MaKetQuaThayThe": "",
    }


def _supplements(life: Life, at: int, timeline: Timeline) -> list[Record]:
    rounds = ((life.requested, life.answered), (life.requested_again, life.answered_again))
    return [
        {
            "HoSoBoSungId": str(number),
            "NguoiYeuCauBoSung": "Nguyễn Làm Mẫu",
            "NoiDungBoSung": "Bổ sung giấy tờ còn thiếu",
            "NgayBoSung": timeline.text(requested),
            "NguoiTiepNhanBoSung": "",
            "ThongTinTiepNhan": "",
            "NgayTiepNhanBoSung": timeline.text(answered) if answered <= at else "",
            "TrangThaiBoSung": "1" if answered <= at else "0",
            "DanhSachGiayToBoSung": [],
            "DanhSachLePhiBoSung": [],
            "NgayHenTraTruoc": "",
            "NgayHenTraMoi": "",
        }
        for number, (requested, answered) in enumerate(rounds, 1)
        if requested <= at
    ]


_APPLICANTS = tuple(f"{family} {given}" for family in people.FAMILY_NAMES for given in people.GIVEN_NAMES)
