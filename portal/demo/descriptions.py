"""The demo's catalogue: hundreds of procedures from two small tables, and each province's own ones.

Names are those of real procedures; codes are of the right form but, a few apart, invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

from portal.demo.tables import expanded, rows
from procedures.models import Procedure

UNITS = {
    "h": Procedure.Unit.HOUR,
    "d": Procedure.Unit.DAY,
    "w": Procedure.Unit.WORKING_DAY,
    "m": Procedure.Unit.MONTH,
}
SUBJECTS = {
    "c": Procedure.Subject.CITIZEN,
    "o": Procedure.Subject.OVERSEAS,
    "f": Procedure.Subject.FOREIGNER,
    "b": Procedure.Subject.BUSINESS,
    "g": Procedure.Subject.ORGANISATION,
}
#: How many of the local procedures in ``data/local.csv`` a province has announced.
LOCAL_VARIANTS = range(6, 11)


@dataclass(frozen=True)
class FieldDescription:
    """A field, who answers for it, and who handles it: the ministry's unit, a province's departments.

    ``departments`` names alternatives for each department, the first one a province has.
    """

    code: str
    name: str
    sector: str
    ministry: str
    unit: str
    departments: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Description:
    """A procedure of the demo. ``weight`` is how much it is asked for; ``announced_by`` an agency code."""

    code: str
    name: str
    field: FieldDescription
    level: str
    time: int
    unit: str
    fee: int
    subjects: tuple[str, ...]
    online: str
    weight: float
    needs_result: bool
    announced_by: str

    @property
    def parts(self) -> dict[str, str | list[str]]:
        """The mandatory parts of its description, in Vietnamese as they are published."""
        return {
            "name": self.name,
            "sequence": ["Nộp hồ sơ", "Tiếp nhận, kiểm tra hồ sơ", "Thẩm định, giải quyết", "Trả kết quả"],
            "manner": MANNERS[self.online],
            "papers": ["Tờ khai theo mẫu: 01 bản chính", "Giấy tờ kèm theo: 01 bản sao", "Số lượng: 01 bộ"],
            "deadline": f"{self.time} {UNIT_WORDS[self.unit]} kể từ ngày nhận đủ hồ sơ hợp lệ",
            "subjects": ", ".join(SUBJECT_WORDS[subject] for subject in self.subjects),
            "implementing_agency": LEVELS[self.level],
        }


UNIT_WORDS = {"h": "giờ", "d": "ngày", "w": "ngày làm việc", "m": "tháng"}
SUBJECT_WORDS = {
    "c": "Công dân Việt Nam",
    "o": "Người Việt Nam định cư ở nước ngoài",
    "f": "Người nước ngoài",
    "b": "Doanh nghiệp",
    "g": "Tổ chức",
}
LEVELS = {
    "ministry": "Đơn vị thuộc Bộ",
    "province": "Cơ quan chuyên môn thuộc Ủy ban nhân dân cấp tỉnh",
    "commune": "Ủy ban nhân dân cấp xã",
}
MANNERS = {
    "none": "Trực tiếp; qua dịch vụ bưu chính.",
    "partial": "Trực tiếp; qua dịch vụ bưu chính; trực tuyến một phần.",
    "full": "Trực tiếp; qua dịch vụ bưu chính; trực tuyến toàn trình.",
}


@cache
def fields() -> dict[str, FieldDescription]:
    """The demo's fields by code."""
    return {
        row["code"]: FieldDescription(
            code=row["code"],
            name=row["name"],
            sector=row["sector"],
            ministry=row["ministry"],
            unit=row["unit"],
            departments=tuple(tuple(place.split("|")) for place in row["departments"].split("+") if place),
        )
        for row in rows("fields")
    }


@cache
def national() -> tuple[Description, ...]:
    """Every procedure announced by a ministry."""
    found: list[Description] = []
    for row in rows("procedures"):
        for name in expanded(row["name"]):
            code, _equals, bare = name.rpartition("=")
            found.append(_described(row, code or f"1.{8000 + 3 * len(found):06}", bare))
    return tuple(found)


def local(provinces: Mapping[str, str], seed: int) -> list[Description]:
    """The procedures that provinces (code and name) announced for themselves."""
    table = list(rows("local"))
    found: list[Description] = []
    for province, name in sorted(provinces.items()):
        random = Random(f"{seed} local {province}")  # noqa: S311
        for row in random.sample(table, random.choice(LOCAL_VARIANTS)):
            code = f"3.{100 + 7 * len(found):06}.000.00.00.{province}"
            found.append(_described(row, code, row["name"].replace("{place}", name), province))
    return found


def _described(row: dict[str, str], code: str, name: str, announced_by: str = "") -> Description:
    field = fields()[row["field"]]
    return Description(
        code=code,
        name=name,
        field=field,
        level=row["level"],
        time=int(row["time"]),
        unit=row["unit"],
        fee=int(row["fee"]),
        subjects=tuple(row["subjects"].split(",")),
        online=row["online"],
        weight=float(row["weight"]),
        needs_result=row.get("result") != "n",
        announced_by=announced_by or field.ministry,
    )
