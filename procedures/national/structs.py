"""The records and envelopes of the national protocol, as far as we read them; the rest is passed over.

Values come as text, as numbers or not at all, whatever they mean, so every field takes all of these.
"""

from __future__ import annotations

import msgspec

Loose = str | int | float | bool | None


class Paper(msgspec.Struct, gc=False):
    """A paper of a dossier (TaiLieuNop)."""

    TepDinhKemId: Loose = None
    TenTepDinhKem: Loose = None
    IsDeleted: Loose = None
    DuongDanTaiTepTin: Loose = None
    DuocSoHoa: Loose = None
    DuocLayTuKhoDMQG: Loose = None


class Fee(msgspec.Struct, gc=False):
    """A fee line (DanhSachLePhi)."""

    Gia: Loose = None


class SupplementRequest(msgspec.Struct, gc=False):
    """A request for a supplement and its answer (DanhSachHoSoBoSung)."""

    NgayBoSung: Loose = None
    NgayTiepNhanBoSung: Loose = None
    NgayHenTraTruoc: Loose = None
    NgayHenTraMoi: Loose = None


class ResultPaper(msgspec.Struct, gc=False):
    """A document given as the result (DanhSachGiayToKetQua)."""

    DuongDanTepTinKetQua: Loose = None
    MaGiayToKetQua: Loose = None


class Identity(msgspec.Struct, gc=False):
    """An identity number of the applicant (DinhDanhCHS)."""

    LoaiDinhDanh: Loose = None
    SoDinhDanh: Loose = None


class Connection(msgspec.Struct, gc=False):
    """A database the dossier was checked against (DSKetNoiCSDL)."""

    MaCSDL: Loose = None


class NationalDossier(msgspec.Struct, gc=False):
    """A dossier (DongBoHoSoMC)."""

    MaHoSo: Loose = None
    MaTTHC: Loose = None
    KenhThucHien: Loose = None
    SoGiayToChuHoSo: Loose = None
    SoDienThoai: Loose = None
    LoaiDoiTuong: Loose = None
    NgayTiepNhan: Loose = None
    NgayNopHoSo: Loose = None
    NgayHenTra: Loose = None
    NgayTra: Loose = None
    NgayKetThucXuLy: Loose = None
    NgayTuChoi: Loose = None
    TrangThaiHoSo: Loose = None
    DonViXuLy: Loose = None
    HoSoCoThanhPhanSoHoa: Loose = None
    TaiKhoanDuocXacThucVoiVNeID: Loose = None
    DuocThanhToanTrucTuyen: Loose = None
    DinhDanhCHS: list[Identity] | str | None = None
    DSKetNoiCSDL: list[Connection] | str | None = None
    TaiLieuNop: list[Paper] | str | None = None
    DanhSachLePhi: list[Fee] | str | None = None
    DanhSachHoSoBoSung: list[SupplementRequest] | str | None = None
    DanhSachGiayToKetQua: list[ResultPaper] | str | None = None


class NationalStep(msgspec.Struct, gc=False):
    """A step of progress (CapNhatTienDoHoSoMC)."""

    MaHoSo: Loose = None
    ThoiDiemXuLy: Loose = None
    TrangThai: Loose = None
    ChucDanh: Loose = None
    PhongBanXuLy: Loose = None
    NgayBatDau: Loose = None
    NgayKetThucTheoQuyDinh: Loose = None


class Login(msgspec.Struct):
    """The body of the auth call."""

    username: Loose = None
    password: Loose = None


class Call(msgspec.Struct):
    """The envelope of every other call; records stay raw, so that each is judged by itself."""

    session: Loose = None
    madonvi: Loose = None
    service: Loose = None
    is_updating: Loose = msgspec.field(default=None, name="isUpdating")
    data: msgspec.Raw = msgspec.Raw()
    procedure_code: Loose = msgspec.field(default=None, name="maTTHC")
    dossier_code: Loose = msgspec.field(default=None, name="mahoso")
