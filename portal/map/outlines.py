"""The outlines of the 34 provinces as pages draw them.

`provinces.json` is written by `manage.py draw_map` from `@svg-maps/vietnam` (CC BY 4.0, credited
on the page); after a change of provinces, run it again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("provinces.json")

#: How wide the sign of a band is, in units of the drawing.
SIGN_SIZE = 15

#: A point as attributes of a drawing take it: never with a decimal comma.
Point = tuple[str, str]


@dataclass(frozen=True)
class Outline:
    """One province: its land as a path, its small islands as dots, the corner of its sign."""

    code: str
    path: str
    dots: tuple[Point, ...]
    sign: Point
    archipelago: str
    archipelago_at: Point | None


@dataclass(frozen=True)
class Outlines:
    """The whole map."""

    view_box: str
    provinces: tuple[Outline, ...]


@cache
def outlines() -> Outlines:
    """The map as it was drawn."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    provinces = []
    for code, province in data["provinces"].items():
        archipelago = province.get("archipelago") or {}
        at = archipelago.get("at")
        provinces.append(
            Outline(
                code,
                province["path"],
                tuple(_point(dot) for dot in province["dots"]),
                _point([at - SIGN_SIZE / 2 for at in province["label"]]),
                archipelago.get("name", ""),
                _point(at) if at else None,
            )
        )
    return Outlines(data["view_box"], tuple(provinces))


def _point(numbers: list[float]) -> Point:
    return f"{numbers[0]:g}", f"{numbers[1]:g}"
