"""What one-stop software asks: dictionaries, a procedure, a dossier."""

from __future__ import annotations

from datetime import date

import pytest

from procedures.models import AgencyProcedure, LocalName, Procedure
from tests.factories import AgencyFactory
from tests.procedures.conftest import AS_OF, World
from tests.procedures.national_client import OneStop, example

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vietnamese")]


@pytest.fixture
def one_stop(world: World) -> OneStop:
    return OneStop("h44", world.password)


@pytest.mark.parametrize("path", ["integration", "share", "integration/", "share/"])
def test_each_is_served_at_both_addresses(one_stop: OneStop, path: str) -> None:
    answer = one_stop.call("LayDanhSachTTHC", path=path)
    assert (answer["error_code"], answer["result"]) == (
        0,
        [{"MATTHC": "1.001193", "TENTTHC": "Đăng ký khai sinh"}],
    )


def test_procedures_that_are_not_public_are_left_out(world: World, one_stop: OneStop) -> None:
    Procedure.objects.update(is_public=False)
    assert one_stop.call("LayDanhSachTTHC")["result"] == []


def test_agencies_in_being(world: World, one_stop: OneStop) -> None:
    AgencyFactory(
        code="H45", name="Tỉnh cũ", kind="province", parent=world.nation, valid_to=date(2025, 6, 30)
    )
    agencies = {a["MADONVI"]: a for a in one_stop.call("LayDanhMucCoQuan")["result"]}
    assert agencies["H44.07"] == {"MADONVI": "H44.07", "TENDONVI": "Phường Việt Trì", "CAPDONVI": "3"}
    assert "H45" not in agencies


def test_fields(one_stop: OneStop) -> None:
    assert one_stop.call("LayDanhMucLinhVuc")["result"] == [
        {"MALINHVUC": "G15-TP07", "TENLINHVUC": "Hộ tịch", "MANGANH": "Tư pháp"}
    ]


class TestProcedure:
    def test_in_full(self, world: World, one_stop: OneStop) -> None:
        AgencyProcedure.objects.create(agency=world.commune, procedure=world.procedure)
        AgencyProcedure.objects.create(agency=world.h21, procedure=world.procedure)
        Procedure.objects.update(
            online_level="full",
            fee=8000,
            has_fee=True,
            subjects=["citizen"],
            parts={
                "sequence": [{"case": "Đúng hạn", "steps": ["Nộp hồ sơ", "Nhận kết quả"]}],
                "papers": [
                    {"case": "", "papers": [{"code": "GT1", "name": "Tờ khai", "form": "TK1", "url": "u"}]}
                ],
                "requirements": "Không",
                "results": [{"code": "KQ1", "name": "Giấy khai sinh"}],
                "legal_basis": [{"code": "60/2014/QH13", "name": "Luật Hộ tịch"}],
            },
        )

        (found,) = one_stop.call("LayThuTuc", maTTHC="1.001193")["result"]

        assert found["TENTTHC"] == "Đăng ký khai sinh"
        assert found["LINHVUCTHUCHIEN"] == [{"MALINHVUC": "G15-TP07", "TENLINHVUC": "Hộ tịch"}]
        assert found["MACOQUANCONGBO"] == "H44"
        assert found["TRANGTHAI"] == "1"
        assert found["TRINHTUTHUCHIEN"] == [
            {
                "TRUONGHOP": "Đúng hạn",
                "TRINHTU": [{"TENTRINHTU": "Nộp hồ sơ"}, {"TENTRINHTU": "Nhận kết quả"}],
            }
        ]
        assert [way["KENH"] for way in found["CACHTHUCTHUCHIEN"]] == ["1", "2", "3"]
        (time,) = found["CACHTHUCTHUCHIEN"][0]["THOIGIAN"]
        assert (time["THOIGIANGIAIQUYET"], time["DONVITINH"]) == ("5", "Ngày làm việc")
        assert time["PHILEPHI"][0]["SOTIEN"] == "8000"
        assert found["DOITUONGTHUCHIEN"] == [{"TENDOITUONG": "Công dân Việt Nam"}]
        assert found["KETQUATHUCHIEN"] == [{"MAKETQUA": "KQ1", "TENKETQUA": "Giấy khai sinh"}]
        assert found["CANCUPHAPLY"] == [{"SOVANBAN": "60/2014/QH13", "TENVANBAN": "Luật Hộ tịch"}]
        assert found["COQUANTHUCHIEN"] == [{"TENDONVI": "Phường Việt Trì", "MADONVI": "H44.07"}]
        assert found["THANHPHANHOSO"][0]["GIAYTO"] == [
            {"MAGIAYTO": "GT1", "TENGIAYTO": "Tờ khai", "TENMAUDON": "TK1", "URL": "u"}
        ]
        assert found["YEUCAU"] == "Không"

    def test_every_key_is_there_even_when_nothing_is_described(self, one_stop: OneStop) -> None:
        (found,) = one_stop.call("LayThuTuc", maTTHC="1.001193")["result"]
        assert found.keys() == {
            "MATTHC", "TENTTHC", "TRINHTUTHUCHIEN", "LINHVUCTHUCHIEN", "MACOQUANCONGBO",
            "CACHTHUCTHUCHIEN", "YEUCAU", "DOITUONGTHUCHIEN", "MOTADOITUONGTHUCHIEN", "KETQUATHUCHIEN",
            "CANCUPHAPLY", "TRANGTHAI", "COQUANTHUCHIEN", "THANHPHANHOSO",
        }  # fmt: skip
        assert (found["TRINHTUTHUCHIEN"], found["YEUCAU"]) == ([], "")

    def test_described_in_plain_text(self, one_stop: OneStop) -> None:
        Procedure.objects.update(parts={"sequence": "Nộp\nNhận", "papers": "Tờ khai\nGiấy chứng sinh"})
        (found,) = one_stop.call("LayThuTuc", maTTHC="1.001193")["result"]
        assert [s["TENTRINHTU"] for s in found["TRINHTUTHUCHIEN"][0]["TRINHTU"]] == ["Nộp", "Nhận"]
        assert [p["TENGIAYTO"] for p in found["THANHPHANHOSO"][0]["GIAYTO"]] == ["Tờ khai", "Giấy chứng sinh"]

    def test_unknown_is_empty_and_said(self, one_stop: OneStop) -> None:
        answer = one_stop.call("LayThuTuc", maTTHC="9.999999")
        assert (answer["error_code"], answer["result"]) == (0, [])
        assert "9.999999" in answer["message"]

    def test_a_mapped_local_code_is_known(self, world: World, one_stop: OneStop) -> None:
        LocalName.objects.create(
            owner=world.h44, kind="procedure", value="KS-01", procedure=world.procedure, first_seen_at=AS_OF
        )
        assert one_stop.call("LayThuTuc", maTTHC="KS-01")["result"][0]["MATTHC"] == "1.001193"

    def test_without_a_code(self, one_stop: OneStop) -> None:
        answer = one_stop.call("LayThuTuc")
        assert answer["error_code"] == 5
        assert "maTTHC" in answer["message"]


class TestDossier:
    def test_as_it_stands(self, world: World, one_stop: OneStop) -> None:
        one_stop.send(example("newest"))
        (found,) = one_stop.call("TraCuuHoSo", mahoso="H44.07-260305-00002")["result"]
        assert found == {
            "MaHoSo": "H44.07-260305-00002",
            "MaTTHC": "1.001193",
            "TenTTHC": "Đăng ký khai sinh",
            "MaDonViXuLy": "H44.07",
            "DonViXuLy": "Phường Việt Trì",
            "KenhThucHien": "2",
            "TrangThaiHoSo": "10",
            "NgayNopHoSo": "20260304213000",
            "NgayTiepNhan": "20260305080000",
            "NgayHenTra": "20260312170000",
            "NgayKetThucXuLy": "20260311160000",
            "NgayTra": "20260312100000",
            "NgayTuChoi": "",
        }

    def test_unknown(self, one_stop: OneStop) -> None:
        answer = one_stop.call("TraCuuHoSo", mahoso="H44.07-1")
        assert (answer["error_code"], answer["result"]) == (0, [])

    def test_without_a_code(self, one_stop: OneStop) -> None:
        assert one_stop.call("TraCuuHoSo", mahoso="")["error_code"] == 5
