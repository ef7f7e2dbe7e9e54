"""Every way a call can fail, and that its developer is told what to do about it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agencies.integration import open_session, revoke, rotate
from agencies.models import IntegrationSession
from procedures.models import Dossier, InboxItem
from tests.procedures.conftest import World
from tests.procedures.national_client import OneStop, example

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vietnamese")]


@pytest.fixture
def one_stop(world: World) -> OneStop:
    return OneStop("h44", world.password)


class TestLogin:
    def login(self, username: object, password: object) -> dict[str, Any]:
        body = json.dumps({"username": username, "password": password})
        return Client().post("/api/national/auth", body, content_type="application/json").json()

    def test_answers_with_a_session_and_the_number_0(self, world: World) -> None:
        answer = self.login("h44", world.password)
        assert answer["session"]
        assert answer["error_code"] == 0
        assert isinstance(answer["error_code"], int)

    def test_wrong_password(self, world: World) -> None:
        answer = self.login("h44", "guess")
        assert (answer["error_code"], answer["message"]) == (1, "Sai tên đăng nhập hoặc mật khẩu.")

    def test_unknown_user_gets_the_same_answer(self, world: World) -> None:
        assert self.login("nobody", "guess") == self.login("h44", "guess")

    def test_guessing_is_stopped(self, world: World) -> None:
        for _ in range(10):
            self.login("h44", "guess")
        answer = self.login("h44", world.password)
        assert answer["error_code"] == 11
        assert "mười lăm phút" in answer["message"]

    def test_revoked(self, world: World) -> None:
        revoke(world.client)
        answer = self.login("h44", world.password)
        assert answer["error_code"] == 13
        assert "thu hồi" in answer["message"]

    @pytest.mark.parametrize("missing", ["username", "password"])
    def test_missing_field(self, world: World, missing: str) -> None:
        values = {"username": "h44", "password": "x", missing: ""}
        answer = self.login(**values)
        assert answer["error_code"] == 5
        assert missing in answer["message"]


class TestSession:
    def test_missing(self, one_stop: OneStop) -> None:
        answer = one_stop.post("integration", {"service": "TraCuuHoSo", "mahoso": "1"})
        assert answer["error_code"] == 2
        assert "auth" in answer["message"]

    @pytest.mark.parametrize("session", ["wrong", "ế", 12345])
    def test_unknown(self, one_stop: OneStop, session: object) -> None:
        answer = one_stop.call("TraCuuHoSo", session=session, mahoso="1")
        assert (answer["error_code"], answer["result"]) == (2, [])

    def test_expired(self, world: World, one_stop: OneStop) -> None:
        IntegrationSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        answer = one_stop.call("TraCuuHoSo", mahoso="1")
        assert answer["error_code"] == 2
        assert "hết hạn" in answer["message"]

    def test_ends_with_the_systems_access(self, world: World, one_stop: OneStop) -> None:
        revoke(world.client)
        assert one_stop.call("TraCuuHoSo", mahoso="1")["error_code"] == 2


class TestCall:
    def test_unknown_service(self, one_stop: OneStop) -> None:
        answer = one_stop.call("DongBoHoSo")
        assert answer["error_code"] == 4
        assert "DongBoHoSoMC" in answer["message"]

    def test_agency_outside_the_subtree(self, one_stop: OneStop) -> None:
        answer = one_stop.call("DongBoHoSoMC", madonvi="H21", data=[example("oldest")])
        assert answer["error_code"] == 7
        assert "H21" in answer["message"]
        assert not Dossier.objects.exists()

    @pytest.mark.parametrize("madonvi", ["H44.01", "000.00.01.H44", "unknown", "", None])
    def test_agency_inside_or_unknown_to_us(self, one_stop: OneStop, madonvi: object) -> None:
        answer = one_stop.call("DongBoHoSoMC", madonvi=madonvi, data=[example("oldest")])
        assert answer["error_code"] == "00"

    @pytest.mark.parametrize("body", [b"", b"{", b"MaHoSo=1", b"\xff\xfe", b"<xml/>"])
    def test_not_json(self, one_stop: OneStop, body: bytes) -> None:
        for path in ("auth", "integration", "share", "DongBoHoSoMC"):
            answer = one_stop.post(path, body)
            assert answer["error_code"] == 10, path
            assert "JSON" in answer["message"]

    @pytest.mark.parametrize("body", [[], "text", 3, None, {"session": {}}])
    def test_json_of_another_form(self, one_stop: OneStop, body: object) -> None:
        assert one_stop.post("integration", body)["error_code"] == 6

    def test_a_mark_of_byte_order_does_not_matter(self, one_stop: OneStop) -> None:
        call = {"session": one_stop.session, "service": "LayDanhSachTTHC"}
        body = b"\xef\xbb\xbf" + json.dumps(call).encode()
        assert one_stop.post("share", body)["error_code"] == 0

    def test_too_many_records(self, one_stop: OneStop) -> None:
        records = [example("oldest", MaHoSo=f"H44.01-{n}") for n in range(1001)]
        answer = one_stop.send(*records)
        assert answer["error_code"] == 9
        assert "1001" in answer["message"]
        assert not Dossier.objects.exists()

    def test_a_body_too_large(self, one_stop: OneStop, settings: Any) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        answer = one_stop.send(*[example("newest")] * 5)
        assert answer["error_code"] == 9

    @pytest.mark.parametrize(("data", "code"), [(..., 5), (None, 6), ("x", 6), ({}, 6)])
    def test_no_list_of_records(self, one_stop: OneStop, data: object, code: int) -> None:
        parameters = {} if data is ... else {"data": data}
        answer = one_stop.call("DongBoHoSoMC", isUpdating="True", **parameters)
        assert answer["error_code"] == code
        assert "data" in answer["message"]

    def test_an_empty_list_is_nothing_to_do(self, one_stop: OneStop) -> None:
        assert one_stop.send()["error_code"] == "00"

    def test_neither_create_nor_update(self, one_stop: OneStop) -> None:
        answer = one_stop.send(example("oldest"), updating="maybe")
        assert answer["error_code"] == 6
        assert "isUpdating" in answer["message"]

    def test_another_method(self, one_stop: OneStop) -> None:
        answer = one_stop.http.get("/api/national/integration")
        assert answer.status_code == 405
        assert answer.json()["error_code"] == 14

    def test_another_address(self, one_stop: OneStop) -> None:
        assert one_stop.post("integration/DongBoHoSo", {})["error_code"] == 4

    def test_our_own_failure_is_json_too(self, one_stop: OneStop, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_args: object, **_options: object) -> None:
            raise RuntimeError("0912345678")

        monkeypatch.setattr("procedures.national.batches.sync_dossiers", fail)
        body = {"session": one_stop.session, "service": "DongBoHoSoMC", "data": [example("oldest")]}
        answer = one_stop.post("integration", body, status=500)
        assert answer["error_code"] == 99
        assert "0912345678" not in answer["message"]


class TestRecord:
    """A bad record among good ones: named by position, code, field and reason; the good ones kept."""

    @pytest.mark.parametrize(
        ("change", "code", "field"),
        [
            ({"MaHoSo": None}, "5", "MaHoSo"),
            ({"MaHoSo": "  "}, "5", "MaHoSo"),
            ({"MaTTHC": ""}, "5", "MaTTHC"),
            ({"TrangThaiHoSo": None}, "5", "TrangThaiHoSo"),
            ({"NgayTiepNhan": ""}, "5", "NgayTiepNhan"),
            ({"NgayTiepNhan": "2026-03-05"}, "6", "NgayTiepNhan"),
            ({"NgayTiepNhan": "20261305080000"}, "6", "NgayTiepNhan"),
            ({"NgayTiepNhan": "20260230080000"}, "6", "NgayTiepNhan"),
            ({"NgayHenTra": "20260305246000"}, "6", "NgayHenTra"),
            ({"NgayHenTra": "202603050800"}, "6", "NgayHenTra"),
            ({"NgayTra": "00010101000000"}, "6", "NgayTra"),
            ({"TrangThaiHoSo": "11"}, "6", "TrangThaiHoSo"),
            ({"TrangThaiHoSo": "xong"}, "6", "TrangThaiHoSo"),
            ({"KenhThucHien": "9"}, "6", "KenhThucHien"),
            ({"LoaiDoiTuong": "x"}, "6", "LoaiDoiTuong"),
            ({"DuocThanhToanTrucTuyen": "7"}, "6", "DuocThanhToanTrucTuyen"),
            ({"DanhSachLePhi": [{"Gia": "miễn"}]}, "6", "DanhSachLePhi"),
            ({"DanhSachLePhi": [{"Gia": "9" * 15}] * 99}, "6", "DanhSachLePhi"),
            ({"DanhSachHoSoBoSung": [{"NgayBoSung": "x"}]}, "6", "DanhSachHoSoBoSung"),
            ({"DanhSachHoSoBoSung": [{"NgayTiepNhanBoSung": "20260306080000"}]}, "5", "DanhSachHoSoBoSung"),
            ({"TaiLieuNop": {"a": 1}}, "6", "TaiLieuNop"),
            ({"MaHoSo": {"a": 1}}, "6", "MaHoSo"),
            ({"MaHoSo": "H44.01-" + "9" * 50}, "6", "MaHoSo"),
            ({"MaHoSo": "H44.01-\u0000"}, "6", "MaHoSo"),
            ({"MaTTHC": "1" * 61}, "6", "MaTTHC"),
            ({"MaHoSo": "H21-260305-00001"}, "7", "MaHoSo"),
        ],
    )
    def test_refused(self, one_stop: OneStop, change: dict[str, Any], code: str, field: str) -> None:
        bad = example("oldest", **change)

        answer = one_stop.send(example("newest"), bad, example("newest", MaHoSo="H44.07-3"))

        assert answer["error_code"] == code, answer
        (refused,) = answer["result"]
        assert (refused["position"], refused["error_code"], refused["field"]) == (1, code, field)
        assert field in refused["reason"]
        assert refused["reason"] in answer["message"]
        assert Dossier.objects.count() == 2
        assert InboxItem.objects.get().position == 1

    @pytest.mark.parametrize("record", ["text", 3, None, [1], True])
    def test_what_is_no_record(self, one_stop: OneStop, record: object) -> None:
        answer = one_stop.send(record, example("newest"))
        assert (answer["error_code"], answer["result"][0]["position"]) == ("6", 0)
        assert Dossier.objects.count() == 1

    def test_several_reasons(self, one_stop: OneStop) -> None:
        bad = [example("oldest", MaTTHC=""), example("oldest", NgayTra="x"), example("newest")]
        answer = one_stop.send(*bad)
        assert answer["error_code"] == "12"
        assert [r["error_code"] for r in answer["result"]] == ["5", "6"]
        assert "Đã nhận 1 bản ghi. Từ chối 2 trên 3 bản ghi" in answer["message"]

    def test_many_are_not_all_spelled_out(self, one_stop: OneStop) -> None:
        answer = one_stop.send(*[example("oldest", MaHoSo=f"H44-{n}", MaTTHC="") for n in range(9)])
        assert len(answer["result"]) == 9
        assert answer["message"].endswith("; …")

    @pytest.mark.parametrize(
        ("change", "code", "field"),
        [
            ({"MaHoSo": ""}, "5", "MaHoSo"),
            ({"ThoiDiemXuLy": ""}, "5", "ThoiDiemXuLy"),
            ({"ThoiDiemXuLy": "09/03/2026"}, "6", "ThoiDiemXuLy"),
            ({"ThoiDiemXuLy": "20590309100000"}, "6", "ThoiDiemXuLy"),
            ({"TrangThai": "0"}, "6", "TrangThai"),
            ({"MaHoSo": "H21-1"}, "7", "MaHoSo"),
            ({"MaHoSo": "H44.01-unknown"}, "8", "MaHoSo"),
        ],
    )
    def test_a_step_refused(self, one_stop: OneStop, change: dict[str, Any], code: str, field: str) -> None:
        one_stop.send(example("oldest"))
        good = {"MaHoSo": example("oldest")["MaHoSo"], "ThoiDiemXuLy": "20260309100000", "TrangThai": "9"}

        answer = one_stop.progress({**good, **change}, good)

        assert answer["error_code"] == code, answer
        (refused,) = answer["result"]
        assert (refused["position"], refused["error_code"]) == (0, code)
        assert refused["field"] == field or code == "8"
        assert Dossier.objects.get().status == 9


def test_another_provinces_system_sees_and_changes_nothing(world: World, one_stop: OneStop) -> None:
    one_stop.send(example("oldest"))
    code = example("oldest")["MaHoSo"]
    one_stop.session = _session(world)
    one_stop.madonvi = "H21"

    assert one_stop.call("TraCuuHoSo", mahoso=code)["result"] == []
    assert one_stop.send(example("oldest", TrangThaiHoSo="9"))["error_code"] == "7"
    step = {"MaHoSo": code, "ThoiDiemXuLy": "20260309100000", "TrangThai": "9"}
    assert one_stop.progress(step)["error_code"] == "7"
    assert Dossier.objects.get().status == 4


def _session(world: World) -> str:
    password = rotate(world.stranger)
    return open_session("h21", password, as_of=timezone.now())
