"""Provinces of today and of before July 2025, and their departments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from agencies.models import Agency
from agencies.seed.communes import Point
from agencies.seed.ministries import ROOT
from agencies.seed.rows import SeedRow, read_fixture

#: The last day of the 63 provinces (Resolution 202/2025/QH15 took effect the day after).
LAST_DAY_OF_FORMER = date(2025, 6, 30)


def provinces(centres: Mapping[str, Point]) -> Iterator[SeedRow]:
    """The 34 provinces; ``centres`` gives coordinates by statistics office code."""
    for row in read_fixture("provinces.csv"):
        latitude, longitude = centres[row["gso_code"]]
        yield SeedRow(
            code=row["code"],
            parent=ROOT,
            kind=Agency.Kind.PROVINCE,
            name=row["name"],
            short_name=row["short_name"],
            gso_code=row["gso_code"],
            latitude=latitude,
            longitude=longitude,
            old_code=row["old_code"],
        )


def former_provinces() -> Iterator[SeedRow]:
    """The 29 provinces that ceased on 30 June 2025."""
    for row in read_fixture("former_provinces.csv"):
        yield SeedRow(
            code=row["code"],
            parent=ROOT,
            kind=Agency.Kind.PROVINCE,
            name=row["name"],
            short_name=row["short_name"],
            gso_code=row["gso_code"],
            valid_to=LAST_DAY_OF_FORMER,
            old_code=row["old_code"],
        )


def successions() -> list[tuple[str, str]]:
    """Which province took over which former one, as pairs of seeded codes."""
    return [(row["code"], row["successor"]) for row in read_fixture("former_provinces.csv")]


def departments() -> Iterator[SeedRow]:
    """The departments of every province, where the fixture says that it has one."""
    kinds = list(read_fixture("departments.csv"))
    for province in read_fixture("provinces.csv"):
        code = province["code"]
        of_province = province["name"][0].lower() + province["name"][1:]
        for kind in kinds:
            if not _has(code, kind["provinces"]):
                continue
            yield SeedRow(
                code=f"{code}.{kind['number']}",
                parent=code,
                kind=Agency.Kind.DEPARTMENT,
                name=f"{kind['name']} {of_province}",
                short_name=kind["short_name"],
                old_code=f"000.00.{kind['number']}.{code}",
            )


def _has(province: str, selection: str) -> bool:
    if selection.startswith("!"):
        return province not in selection[1:].split()
    return not selection or province in selection.split()
