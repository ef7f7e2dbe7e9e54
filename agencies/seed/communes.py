"""Communes, wards and special zones, read from the vietnamadminunits package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from agencies.models import Agency
from agencies.seed.rows import SeedRow, read_fixture

#: The first day of the 3,321 communes.
FIRST_DAY = date(2025, 7, 1)

#: Latitude and longitude in degrees.
Point = tuple[Decimal, Decimal]


def province_centres() -> dict[str, Point]:
    """Where each province lies, by its statistics office code."""
    rows = _package_rows(["provinceCode", "provinceLat", "provinceLon"])
    return {row["provinceCode"]: _point(row["provinceLat"], row["provinceLon"]) for row in rows}


def communes() -> Iterator[SeedRow]:
    """Every commune under its province, with the code ``<province code>.<statistics office code>``."""
    province_codes = {row["gso_code"]: row["code"] for row in read_fixture("provinces.csv")}
    rows = _package_rows(["provinceCode", "ward", "wardCode", "wardLat", "wardLon"])
    for row in sorted(rows, key=lambda row: row["wardCode"]):
        yield commune(row, province_codes)


def commune(row: Mapping[str, Any], province_codes: Mapping[str, str]) -> SeedRow:
    """One commune of the package; its type is in its name (the package's own type has slips)."""
    province = province_codes[row["provinceCode"]]
    latitude, longitude = _point(row["wardLat"], row["wardLon"])
    return SeedRow(
        code=f"{province}.{row['wardCode']}",
        parent=province,
        kind=Agency.Kind.COMMUNE,
        name=row["ward"],
        gso_code=row["wardCode"],
        latitude=latitude,
        longitude=longitude,
        valid_from=FIRST_DAY,
    )


def _package_rows(columns: list[str]) -> list[dict[str, Any]]:
    # Imported late: the package reads its address parser's dictionaries, a second's work.
    from vietnamadminunits.database import get_data

    return get_data(columns)


def _point(latitude: float, longitude: float) -> Point:
    return Decimal(str(latitude)), Decimal(str(longitude))
