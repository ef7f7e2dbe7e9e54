"""Reading the demo's own small tables, and the patterns that stand for families of names."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
_CHOICE = re.compile(r"\{([^}]*)\}")
_COMMA = re.compile(r"(?<!\\),")


def rows(table: str) -> Iterator[dict[str, str]]:
    """The rows of ``data/<table>.csv``, by the names in its first line."""
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


@cache
def populations() -> dict[str, int]:
    """Inhabitants in thousands by the code of the province: what its share of dossiers follows."""
    return {row["province"]: int(row["thousands"]) for row in rows("populations")}


def expanded(pattern: str) -> list[str]:
    r"""Every name a pattern stands for: ``{Cấp,Cấp lại} giấy phép`` is two; ``\,`` is a comma."""
    parts = _CHOICE.split(pattern)
    choices = [
        [choice.replace("\\,", ",") for choice in _COMMA.split(part)] if index % 2 else [part]
        for index, part in enumerate(parts)
    ]
    return ["".join(choice) for choice in product(*choices)]
