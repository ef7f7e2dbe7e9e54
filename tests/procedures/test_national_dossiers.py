"""DongBoHoSoMC and CapNhatTienDoHoSoMC as the oldest and the newest clients send them."""

from __future__ import annotations

from typing import Any

import pytest

from procedures.applicants import proves
from procedures.models import Dossier, DossierStep, InboxItem
from tests.procedures.conftest import World, at
from tests.procedures.national_client import OneStop, example

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vietnamese")]


@pytest.fixture
def one_stop(world: World) -> OneStop:
    return OneStop("h44", world.password)


def test_the_oldest_clients_dossier(world: World, one_stop: OneStop) -> None:
    answer = one_stop.send(example("oldest"), updating="False")

    # It compares the text of the code with "00"; later clients read it as the number 0.
    assert answer["error_code"] == "00"
    assert int(answer["error_code"]) == 0
    assert answer["result"] == []
    found = Dossier.objects.get()
    assert (found.agency, found.procedure, found.status) == (world.justice, world.procedure, 4)
    assert (found.channel, found.subject_type, found.payment) == (1, 1, 0)
    assert (found.received_at, found.due_at) == (at("03-05"), at("03-12", 17))
    assert (found.submitted_at, found.finished_at, found.fee_total) == (None, None, None)
    assert not any(
        (
            found.has_attachment,
            found.has_result_file,
            found.reuses_data,
            found.from_personal_store,
            found.uses_population_data,
        )
    )
    assert proves(found, "5678")
    assert proves(found, "4567")


def test_the_newest_clients_dossier(world: World, one_stop: OneStop) -> None:
    assert one_stop.send(example("newest"), updating=False)["error_code"] == "00"

    found = Dossier.objects.get()
    assert (found.agency, found.status, found.channel, found.payment) == (world.commune, 10, 2, 1)
    assert found.fee_total == 10_000
    assert all(
        (
            found.has_attachment,
            found.has_result_file,
            found.reuses_data,
            found.from_personal_store,
            found.uses_population_data,
        )
    )
    assert (found.ended_at, found.late_by_rule) == (at("03-11", 16), False)
    assert found.supplements == [[int(at("03-06", 9).timestamp()), int(at("03-08", 9).timestamp())]]
    # The due date was moved for the supplement: not again by us.
    assert found.deadline_at == at("03-14", 17)
    assert proves(found, "4321")
    assert proves(found, "5555")
    assert not proves(found, "4999")


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ({"KenhThucHien": 3}, "channel", 3),
        ({"KenhThucHien": ""}, "channel", 1),
        ({"LoaiDoiTuong": 2}, "subject_type", 2),
        ({"TrangThaiHoSo": 9}, "status", 9),
        ({"TrangThaiHoSo": " 09 "}, "status", 9),
        ({"DuocThanhToanTrucTuyen": ""}, "payment", 0),
        ({"DuocThanhToanTrucTuyen": 3}, "payment", 3),
        ({"DanhSachLePhi": []}, "fee_total", None),
        ({"DanhSachLePhi": ""}, "fee_total", None),
        ({"DanhSachLePhi": [{"Gia": "0"}, {"Gia": 0}]}, "fee_total", 0),
        ({"DanhSachLePhi": [{"Gia": "50000.0"}]}, "fee_total", 50_000),
        ({"DanhSachLePhi": [{"Gia": "1.250.000"}]}, "fee_total", 1_250_000),
        ({"DanhSachLePhi": [{"Gia": ""}]}, "fee_total", None),
        ({"TaiLieuNop": [{"TepDinhKemId": "1", "IsDeleted": "True"}]}, "has_attachment", False),
        ({"TaiLieuNop": [{"TepDinhKemId": "", "DuongDanTaiTepTin": ""}]}, "has_attachment", False),
        ({"TaiLieuNop": None, "HoSoCoThanhPhanSoHoa": "0"}, "reuses_data", False),
        (
            {"DanhSachGiayToKetQua": [{"TenGiayTo": "x", "DuongDanTepTinKetQua": ""}]},
            "has_result_file",
            False,
        ),
        ({"DanhSachGiayToKetQua": [], "TaiLieuNop": []}, "from_personal_store", False),
        ({"DanhSachHoSoBoSung": []}, "deadline_at", at("03-14", 17)),
        ({"NgayKetThucXuLy": ""}, "ended_at", at("03-12", 10)),
        ({"DonViXuLy": 7}, "local_unit", "7"),
    ],
)
def test_values_as_clients_write_them(
    one_stop: OneStop, change: dict[str, Any], column: str, value: object
) -> None:
    answer = one_stop.send(example("newest", **change))
    assert answer["error_code"] == "00", answer
    assert getattr(Dossier.objects.get(), column) == value


@pytest.mark.parametrize(
    ("change", "uses"),
    [
        ({"TaiKhoanDuocXacThucVoiVNeID": "1"}, True),
        ({"DSKetNoiCSDL": [{"MaCSDL": "7"}]}, True),
        ({"DSKetNoiCSDL": [{"MaCSDL": "3"}, {"MaCSDL": ""}]}, False),
        ({"TaiLieuNop": [{"DuocLayTuKhoDMQG": 1}]}, True),
    ],
)
def test_what_counts_as_population_data(one_stop: OneStop, change: dict[str, Any], uses: bool) -> None:
    without = {"TaiKhoanDuocXacThucVoiVNeID": "0", "DSKetNoiCSDL": [], "TaiLieuNop": []}
    one_stop.send(example("newest", **{**without, **change}))
    assert Dossier.objects.get().uses_population_data is uses


class TestCreateAndUpdate:
    @pytest.mark.parametrize("updating", ["False", "false", False, "0"])
    def test_creating_what_exists_tells_the_client_to_update(
        self, one_stop: OneStop, updating: object
    ) -> None:
        one_stop.send(example("oldest"), updating=updating)

        answer = one_stop.send(example("oldest"), updating=updating)

        assert answer["error_code"] == "3"
        assert "đã tồn tại" in answer["message"]
        assert "đã tồn tại" in answer["result"][0]["reason"]
        assert not InboxItem.objects.exists()

    def test_the_new_ones_of_such_a_batch_are_taken(self, one_stop: OneStop) -> None:
        one_stop.send(example("oldest"), updating="False")

        answer = one_stop.send(example("oldest"), example("newest"), updating="False")

        assert answer["error_code"] == "3"
        assert [refused["position"] for refused in answer["result"]] == [0]
        assert Dossier.objects.count() == 2

    @pytest.mark.parametrize("updating", ["True", True, "true", 1, None, ""])
    def test_updating_takes_new_and_known_alike(self, one_stop: OneStop, updating: object) -> None:
        for _ in range(2):
            assert one_stop.send(example("oldest"), updating=updating)["error_code"] == "00"
        assert Dossier.objects.count() == 1

    def test_the_usual_flow(self, one_stop: OneStop) -> None:
        code = example("oldest")["MaHoSo"]
        assert one_stop.call("TraCuuHoSo", mahoso=code)["result"] == []
        assert one_stop.send(example("oldest"), updating="False")["error_code"] == "00"
        step = {
            "MaHoSo": code,
            "NguoiXuLy": "Lê Thị Cẩm",
            "ThoiDiemXuLy": "20260309100000",
            "TrangThai": "9",
            "ChucDanh": "Chuyên viên",
            "PhongBanXuLy": "Phòng Hộ tịch",
            "NoiDungXuLy": "Trình ký",
            "NgayBatDau": "",
            "NgayKetThucTheoQuyDinh": "20260312170000",
        }
        assert one_stop.progress(step)["error_code"] == "00"
        assert one_stop.progress(step)["error_code"] == "00"

        found = one_stop.call("TraCuuHoSo", mahoso=code)["result"][0]
        assert (found["TrangThaiHoSo"], found["NgayTiepNhan"]) == ("9", "20260305080000")
        kept = DossierStep.objects.get()
        assert (kept.post, kept.unit, kept.due_at) == ("Chuyên viên", "Phòng Hộ tịch", at("03-12", 17))


class TestBareList:
    """The variant with the bare array as the body and the rest in the address."""

    def post(self, one_stop: OneStop, path: str, body: object, **headers: str) -> dict[str, Any]:
        return one_stop.post(path, body, **headers)

    @pytest.mark.parametrize("prefix", ["", "integration/", "share/"])
    def test_create_update_and_progress(self, one_stop: OneStop, prefix: str) -> None:
        query = f"MaDinhDanhDV=000.00.00.H44&session={one_stop.session}"
        sync = f"{prefix}DongBoHoSoMC?{query}"
        created = one_stop.post(f"{sync}&isUpdating=False", [example("oldest")])
        again = one_stop.post(f"{sync}&isUpdating=False", [example("oldest")])
        updated = one_stop.post(f"{sync}&isUpdating=True", [example("oldest", TrangThaiHoSo="9")])
        step = {"MaHoSo": example("oldest")["MaHoSo"], "ThoiDiemXuLy": "20260309100000", "TrangThai": "10"}
        progress = one_stop.post(f"{prefix}CapNhatTienDoHoSoMC?{query}", [step])

        assert (created["error_code"], again["error_code"]) == ("00", "3")
        assert "đã tồn tại" in again["message"]
        assert (updated["error_code"], progress["error_code"]) == ("00", "00")
        assert Dossier.objects.get().status == 10

    @pytest.mark.parametrize("header", ["session", "Authorization"])
    def test_the_session_may_be_a_header(self, one_stop: OneStop, header: str) -> None:
        value = one_stop.session if header == "session" else f"Bearer {one_stop.session}"
        answer = one_stop.post("DongBoHoSoMC?isUpdating=True", [example("oldest")], **{header: value})
        assert answer["error_code"] == "00"

    def test_without_a_session(self, one_stop: OneStop) -> None:
        assert one_stop.post("DongBoHoSoMC?isUpdating=True", [example("oldest")])["error_code"] == 2


def test_unknown_procedures_are_taken_and_named(one_stop: OneStop) -> None:
    answer = one_stop.send(example("oldest", MaTTHC="3.000181.000.00.00.H44"))
    assert answer["error_code"] == "00"
    assert "3.000181.000.00.00.H44" in answer["message"]
    assert Dossier.objects.get().procedure is None


def test_what_was_sent_is_counted_for_the_system(world: World, one_stop: OneStop) -> None:
    one_stop.send(example("oldest"), example("newest"), example("newest", MaTTHC=""))
    world.client.refresh_from_db()
    assert (world.client.accepted_count, world.client.rejected_count) == (2, 1)
    assert world.client.last_seen_at is not None
