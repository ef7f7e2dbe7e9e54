"""A one-stop system's own client, over HTTP, and the scorecard that moves because of it."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from agencies.integration import create_client
from portal.serving.child import Child
from procedures.months import VIETNAM
from scoring.outbox import CATALOGUE, mark
from tests.scoring.country import Country, make_country

pytestmark = pytest.mark.real


class OneStopSystem:
    """Speaks to the portal as the clients in the field do: everything is text."""

    def __init__(self, address: str, username: str, password: str) -> None:
        self.address = f"{address}/api/national"
        answer = self.post("auth", {"username": username, "password": password})
        assert answer["error_code"] == 0
        self.session = answer["session"]

    def post(self, path: str, body: Any) -> Any:
        request = urllib.request.Request(
            f"{self.address}/{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json", "Charset": "utf-8"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def call(self, service: str, path: str = "integration", **parameters: Any) -> Any:
        return self.post(path, {"session": self.session, "madonvi": "", "service": service, **parameters})

    def send(self, dossier: dict[str, Any]) -> None:
        """The usual flow: procedure, known already?, dossier, progress."""
        assert self.call("LayThuTuc", maTTHC=dossier["MaTTHC"])["result"][0]["MATTHC"] == dossier["MaTTHC"]
        known = bool(self.call("TraCuuHoSo", mahoso=dossier["MaHoSo"])["result"])
        answer = self.call("DongBoHoSoMC", isUpdating=str(known), data=[dossier])
        assert answer["error_code"] == "00", answer
        step = {
            "MaHoSo": dossier["MaHoSo"],
            "NguoiXuLy": "Một cửa",
            "ThoiDiemXuLy": dossier["NgayTiepNhan"],
            "TrangThai": dossier["TrangThaiHoSo"],
        }
        assert self.call("CapNhatTienDoHoSoMC", data=[step])["error_code"] == "00"


@pytest.fixture
def country(celery_worker_process: Child) -> Country:
    call_command("load_indicators", verbosity=0)
    country = make_country()
    mark({(agency.pk, CATALOGUE, CATALOGUE) for agency in country.handling})
    return country


def test_dossiers_in_scorecards_out(country: Country, live_server: LiveServer) -> None:
    client, password = create_client(country.north)
    system = OneStopSystem(live_server.url, client.username, password)
    commune = country.north_communes[0]
    received = timezone.now().astimezone(VIETNAM) - timedelta(hours=2)
    period = f"{received:%Y}-M{received:%m}"

    def scorecard(code: str) -> dict[str, Any]:
        with urllib.request.urlopen(
            f"{live_server.url}/api/v1/agencies/{code}/scorecards/{period}/"
        ) as answer:
            return json.load(answer)

    def wait_for(numerator: int, denominator: int) -> None:
        deadline = time.monotonic() + 90
        shown = None
        while time.monotonic() < deadline:
            try:
                shown = scorecard(commune.code)["criteria"]["2.1"]
            except urllib.error.HTTPError as error:
                assert error.code == 404
            if shown and (shown["numerator"], shown["denominator"]) == (numerator, denominator):
                return
            time.sleep(0.1)
        raise AssertionError(shown)

    dossier = {
        "MaHoSo": f"{commune.code}-{received:%y%m%d}-00001",
        "MaTTHC": country.marriage.code,
        "TenTTHC": "Đăng ký kết hôn",
        "MaLinhVuc": "G15-TP01",
        "TenLinhVuc": "Hộ tịch",
        "KenhThucHien": "2",
        "ChuHoSo": "Nguyễn Văn A",
        "SoDienThoai": "0912345678",
        "LoaiDoiTuong": "1",
        "NgayTiepNhan": f"{received:%Y%m%d%H%M%S}",
        "NgayHenTra": f"{received + timedelta(hours=1):%Y%m%d%H%M%S}",
        "NgayTra": "",
        "TrangThaiHoSo": "4",
        "HinhThuc": "0",
        "DonViXuLy": "UBND xã",
    }
    system.send(dossier)
    wait_for(0, 1)  # an hour past its deadline
    done = {**dossier, "TrangThaiHoSo": "10", "NgayTra": f"{received + timedelta(minutes=50):%Y%m%d%H%M%S}"}
    system.send(done)
    wait_for(1, 1)
    for code in (commune.code, country.north.code, country.nation.code):
        card = scorecard(code)
        assert card["criteria"]["2.1"]["points"] == 20.0
        assert card["groups"]["TDGQ"] == {"points": 20.0, "max": 20.0}
    with urllib.request.urlopen(f"{live_server.url}/co-quan/{commune.code}/") as page:
        html = page.read().decode()
    assert "20,00" in html and "Nguyễn Văn A" not in html
