"""What nobody refuses and nobody should believe: a few offices' records for the search for anomalies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from portal.demo.lives import NEVER, Life
from portal.demo.telling import Record
from portal.demo.timeline import MINUTES

#: For so many days before the end of the story; of their dossiers, one in so many.
LATELY, ONE_IN = 50, 2
#: Offices by the beginning of their dossiers' codes. Those of the accounts find something at home.
EARLY = frozenset({"H44.07900", "H31.03", "H19.05"})
UNPAID = frozenset({"H44.03", "H17.07", "H60.02"})
TWICE = frozenset({"H44.05", "H15.04"})
_DATE = "%Y%m%d%H%M%S"


def doubted(life: Life, written: Record, end: int) -> Iterator[Record]:
    """The record as sent, perhaps with a moment or a payment that cannot be, perhaps twice.

    Which ones depends on the dossier alone, so that whatever is told of it later says the same.
    """
    number = int(life.code.rpartition("-")[2])
    lately = life.submitted >= end - LATELY * MINUTES
    if number % ONE_IN or life.received == NEVER or not lately:
        yield written
        return
    prefix = life.office.prefix
    if prefix in EARLY and written["NgayKetThucXuLy"]:
        before = datetime.strptime(written["NgayTiepNhan"], _DATE) - timedelta(hours=5)  # noqa: DTZ007
        written["NgayKetThucXuLy"] = before.strftime(_DATE)
    elif prefix in UNPAID and "DuocThanhToanTrucTuyen" in written:
        written["DuocThanhToanTrucTuyen"], written["DanhSachLePhi"] = "1", [_FREE]
    yield written
    if prefix in TWICE:
        # Entered a second time, under a number further on.
        begun = life.code.rpartition("-")[0]
        yield {**written, "MaHoSo": f"{begun}-{number + 70_000:05}"}


_FREE = {"TenPhiLePhi": "Lệ phí", "MaPhiLePhi": "LP01", "HinhThucThu": "1", "Gia": "0", "LoaiPhiLePhi": "2"}
