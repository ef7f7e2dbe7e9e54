"""One agency to be sown, as the fixtures describe it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True, kw_only=True)
class SeedRow:
    """An agency by its seeded code; ``parent`` is a seeded code too, empty for the root."""

    code: str
    parent: str
    kind: str
    name: str
    short_name: str = ""
    gso_code: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    old_code: str = ""


def read_fixture(name: str) -> Iterator[dict[str, str]]:
    """The rows of a fixture in ``agencies/data``, by column name."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def optional_date(text: str) -> date | None:
    """A date of a fixture, None where it is empty."""
    return date.fromisoformat(text) if text else None
