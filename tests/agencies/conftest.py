"""A small country: a nation, a ministry, two provinces, offices below one of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agencies.models import Agency
from agencies.tree import place

Plant = Callable[..., Agency]
Kind = Agency.Kind


@pytest.fixture
def plant(db: None) -> Plant:
    """Put an agency into the tree: ``plant("H44.01", "Sở Tư pháp", under=province)``."""

    def planted(
        code: str, name: str = "", *, under: Agency | None = None, kind: str = Kind.DEPARTMENT
    ) -> Agency:
        return place(Agency(code=code, name=name or code, kind=kind), under)

    return planted


@pytest.fixture
def country(plant: Plant) -> dict[str, Agency]:
    """Agencies by code: VN, H44 with H44.01 and its H44.01.01, and H21 beside it."""
    nation = plant("VN", "Cả nước", kind=Kind.NATION)
    phu_tho = plant("H44", "Tỉnh Phú Thọ", under=nation, kind=Kind.PROVINCE)
    gia_lai = plant("H21", "Tỉnh Gia Lai", under=nation, kind=Kind.PROVINCE)
    justice = plant("H44.01", "Sở Tư pháp", under=phu_tho)
    desk = plant("H44.01.01", "Bộ phận Một cửa", under=justice, kind=Kind.UNIT)
    return {agency.code: agency for agency in (nation, phu_tho, gia_lai, justice, desk)}
