"""The nation, its ministries and their units (Decision 09/2025/QĐ-TTg)."""

from __future__ import annotations

from collections.abc import Iterator

from agencies.models import Agency
from agencies.seed.rows import SeedRow, optional_date, read_fixture

ROOT = "VN"


def nation() -> SeedRow:
    """The root of the tree."""
    return SeedRow(code=ROOT, parent="", kind=Agency.Kind.NATION, name="Cả nước")


def ministries() -> Iterator[SeedRow]:
    """Ministries, ministerial-level agencies and agencies under the Government."""
    for row in read_fixture("ministries.csv"):
        yield SeedRow(
            code=row["code"],
            parent=ROOT,
            kind=row["kind"],
            name=row["name"],
            valid_from=optional_date(row["valid_from"]),
            old_code=row["old_code"],
        )


def ministry_units() -> Iterator[SeedRow]:
    """Units of ministries that handle dossiers."""
    for row in read_fixture("ministry_units.csv"):
        yield SeedRow(
            code=row["code"],
            parent=row["parent"],
            kind=Agency.Kind.DEPARTMENT,
            name=row["name"],
            old_code=row["old_code"],
        )
