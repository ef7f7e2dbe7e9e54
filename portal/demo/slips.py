"""The mistakes systems make: a few records that must be refused and land in the inbox."""

from __future__ import annotations

from random import Random

from portal.demo.telling import Record

#: How many of a thousand records are sent wrong.
IN_A_THOUSAND = 2

_DATES = ("NgayTiepNhan", "NgayHenTra")


def spoil(record: Record, foreign_prefix: str, random: Random) -> None:
    """Make one of the usual mistakes in a record; ``foreign_prefix`` is another system's agency."""
    kind = random.random()
    if kind < 0.45:
        field = random.choice(_DATES)
        text = record[field] or record["NgayTiepNhan"]
        # As people write dates, not as the protocol does.
        record[field] = f"{text[6:8]}/{text[4:6]}/{text[:4]}" if text else "chưa có"
    elif kind < 0.65:
        record["MaTTHC"] = ""
    elif kind < 0.8:
        record["TrangThaiHoSo"] = random.choice(("0", "11", "Đang xử lý"))
    elif kind < 0.9:
        record["LoaiDoiTuong"] = "9"
    else:
        _prefix, rest = record["MaHoSo"].split("-", 1)
        record["MaHoSo"] = f"{foreign_prefix}-{rest}"
