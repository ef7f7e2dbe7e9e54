"""One-stop systems of provinces: what they send, and how they send it."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import msgspec

from agencies.integration import create_client
from agencies.models import Agency, IntegrationClient
from procedures.months import VIETNAM
from tests.bench.country import COMMUNE_PROCEDURES, NOW

Record = dict[str, Any]


class Http:
    """A connection kept open, as one-stop software keeps it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.connection = http.client.HTTPConnection(address, timeout=60)

    def post(self, path: str, body: bytes, **headers: str) -> bytes:
        """The answer's body; raises RuntimeError when it is not a 200."""
        self.connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
        return self._answer(path, 200)

    def get(self, path: str) -> Any:
        """The JSON at an address, None if there is none (404)."""
        self.connection.request("GET", path)
        body = self._answer(path, 200, 404)
        return msgspec.json.decode(body) if body else None

    def _answer(self, path: str, *expected: int) -> bytes:
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status not in expected:
            raise RuntimeError(f"{path}: {answer.status} {body[:500]!r}")
        return body if answer.status == 200 else b""


@dataclass
class OneStop:
    """The one-stop system of a province, logged in."""

    client: IntegrationClient
    communes: list[str]
    http: Http
    session: str

    @classmethod
    def of(cls, province: Agency, address: str) -> OneStop:
        """Give the province's system its credentials and open a session over HTTP."""
        client, password = create_client(province)
        http = Http(address)
        login = {"username": client.username, "password": password}
        session = msgspec.json.decode(http.post("/api/national/auth", msgspec.json.encode(login)))["session"]
        communes = province.children.filter(kind="commune").order_by("pk").values_list("code", flat=True)
        return cls(client, list(communes), http, session)

    def body(self, records: list[Record]) -> bytes:
        """The call that sends these dossiers."""
        return msgspec.json.encode(
            {
                "session": self.session,
                "madonvi": self.client.agency.code,
                "service": "DongBoHoSoMC",
                "isUpdating": "True",
                "data": records,
            }
        )

    def send(self, body: bytes) -> None:
        """Send a call; raises RuntimeError unless every record of it was taken."""
        answer = self.http.post("/api/national/integration", body)
        if msgspec.json.decode(answer)["error_code"] != "00":
            raise RuntimeError(answer[:500].decode())


_numbers = count(1)


def new_dossiers(communes: list[str], amount: int) -> list[Record]:
    """Dossiers just received, most of this month, in the newest clients' fields."""
    return [_received(communes, number) for number, _ in zip(_numbers, range(amount), strict=False)]


def returned(records: list[Record]) -> Iterator[Record]:
    """The same dossiers some days later: done, with a result."""
    for record in records:
        received = datetime.strptime(record["NgayTiepNhan"], "%Y%m%d%H%M%S").replace(tzinfo=VIETNAM)
        ended = f"{received + timedelta(days=2):%Y%m%d%H%M%S}"
        yield {
            **record,
            "TrangThaiHoSo": "10",
            "NgayKetThucXuLy": ended,
            "NgayTra": ended,
            "DanhSachGiayToKetQua": [
                {
                    "TenGiayTo": "Kết quả",
                    "GiayToId": "g1",
                    "DuongDanTepTinKetQua": "https://motcua.example/kq1",
                    "MaGiayToKetQua": "KQ.G15.000001",
                }
            ],
        }


def _received(communes: list[str], number: int) -> Record:
    code = communes[number * 7919 % len(communes)]
    received = NOW - timedelta(days=3 + (number % 400) // 10, minutes=number % 600)
    procedure = 1 + (number % 15 if number % 14 else number % COMMUNE_PROCEDURES)
    return {
        "MaHoSo": f"{code}-{received:%y%m%d}-9{number:07}",
        "MaTTHC": f"1.{procedure:06}",
        "TenTTHC": f"Thủ tục {procedure}",
        "MaLinhVuc": "G15-TP01",
        "TenLinhVuc": "Hộ tịch",
        "KenhThucHien": "1" if number % 20 == 0 else "2",
        "ChuHoSo": "Nguyễn Văn Mẫu",
        "LoaiDoiTuong": "1",
        "MaDoiTuong": f"DT-{number}",
        "SoGiayToChuHoSo": f"{number:012}",
        "Email": "",
        "Fax": "",
        "SoDienThoai": f"09{number:08}",
        "TrichYeuHoSo": "Hồ sơ mẫu",
        "NgayNopHoSo": f"{received - timedelta(hours=2):%Y%m%d%H%M%S}",
        "NgayTiepNhan": f"{received:%Y%m%d%H%M%S}",
        "NgayHenTra": f"{received + timedelta(days=10):%Y%m%d%H%M%S}",
        "NgayTra": "",
        "ThongTinTra": "",
        "HinhThuc": "0",
        "NgayKetThucXuLy": "",
        "NgayTuChoi": "",
        "DonViXuLy": "Trung tâm Phục vụ hành chính công",
        "GhiChu": "",
        "TrangThaiHoSo": "4",
        "SoBienNhan": "",
        "NoiNopHoSo": "1",
        "HoSoCoThanhPhanSoHoa": str(number % 2),
        "TaiKhoanDuocXacThucVoiVNeID": "1",
        "DuocThanhToanTrucTuyen": str(number % 3),
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": f"{number:012}"}],
        "DSKetNoiCSDL": [{"MaCSDL": "7"}],
        "TaiLieuNop": [
            {
                "TepDinhKemId": "f1",
                "TenTepDinhKem": "don.pdf",
                "IsDeleted": "False",
                "MaThanhPhanHoSo": "TP-1",
                "DuongDanTaiTepTin": "https://motcua.example/f1",
                "DuocSoHoa": "1",
                "DuocTaiSuDung": "0",
                "DuocLayTuKhoDMQG": "0",
                "MaKetQuaThayThe": "",
            }
        ],
        "DanhSachLePhi": [
            {
                "TenPhiLePhi": "Lệ phí",
                "MaPhiLePhi": "LP1",
                "HinhThucThu": "1",
                "Gia": "8000",
                "LoaiPhiLePhi": "1",
            }
        ],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [],
    }
