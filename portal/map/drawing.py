"""Draw the 34 provinces from the outlines of the 63 before July 2025, in `@svg-maps/vietnam`.

Whole old provinces make up each new one, so their outlines are united, then thinned together so
that neighbours keep one common border. Small islands become dots that a phone can still show.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from agencies.folding import folded

#: Outlines are thinned by the area of the triangles they lose, in squared units of the drawing.
THINNING = 2.0
#: What is smaller than this area is drawn as a dot.
DOT_AREA = 14.0
#: Dots closer than this are one: reefs of an archipelago lie nearer than a pixel.
DOT_DISTANCE = 7.0
#: The name of an archipelago stands so far above its northernmost island.
NAME_DISTANCE = 14.0
#: Seams between outlines drawn by hand are closed over this width.
SEAM = 0.8
CURVE_STEPS = 4

#: Names that the drawing writes otherwise than the law; archipelagos belong to a province.
OTHER_NAMES = {
    "thua thien-hue": "hue",
    "ba ria–vung tau": "ba ria - vung tau",
    "hoang sa": "da nang",
    "truong sa": "khanh hoa",
}
ARCHIPELAGOS = {"hoang sa": "Hoàng Sa", "truong sa": "Trường Sa"}

_TOKEN = re.compile(r"[a-zA-Z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ARGUMENTS = {"m": 2, "l": 2, "c": 6, "z": 0}


def drawing_of(package: Path) -> dict[str, Any]:
    """The package's module as data: view box and the outline of each old province."""
    text = (package / "index.js").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text.removeprefix("export default ").rstrip().rstrip(";"))
    return data


def rings(path: str) -> Iterator[list[tuple[float, float]]]:
    """The closed rings of an SVG path of moves, lines and curves, in absolute coordinates."""
    tokens = _TOKEN.findall(path)
    command, index = "", 0
    x = y = 0.0
    ring: list[tuple[float, float]] = []
    while index < len(tokens):
        if tokens[index].isalpha():
            command = tokens[index]
            index += 1
        kind, relative = command.lower(), command.islower()
        if kind not in _ARGUMENTS:
            raise ValueError(f"The drawing uses {command!r}, which this module does not read.")
        if kind == "z":
            if ring:
                yield ring
                x, y = ring[0]
            ring = []
            continue
        count = _ARGUMENTS[kind]
        numbers = [float(token) for token in tokens[index : index + count]]
        index += count
        if relative:
            numbers = [n + (x, y)[i % 2] for i, n in enumerate(numbers)]
        if kind == "m":
            if ring:
                yield ring
            ring = []
            command = "l" if relative else "L"
        if kind == "c":
            ring += list(_curve((x, y), numbers))[:-1]
        x, y = numbers[-2:]
        ring.append((x, y))
    if ring:
        yield ring


def _curve(start: tuple[float, float], numbers: list[float]) -> Iterator[tuple[float, float]]:
    points = [start, *zip(numbers[::2], numbers[1::2], strict=True)]
    for step in range(1, CURVE_STEPS + 1):
        t = step / CURVE_STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        yield (
            sum(w * p[0] for w, p in zip(weights, points, strict=True)),
            sum(w * p[1] for w, p in zip(weights, points, strict=True)),
        )


def shape_of(path: str) -> BaseGeometry:
    """The area an outline encloses."""
    polygons = [shapely.make_valid(Polygon(ring)) for ring in rings(path) if len(ring) > 2]
    return shapely.unary_union(polygons)


def drawn(package: Path, province_of: Mapping[str, str]) -> dict[str, Any]:
    """The map as data: `view_box` and, by province code, its `path`, `dots` and `label` point.

    `province_of` gives the code of the new province by the folded short name of an old one.
    Raises KeyError for an outline whose name no province had.
    """
    data = drawing_of(package)
    parts: dict[str, list[BaseGeometry]] = {}
    archipelagos = {}
    for location in data["locations"]:
        name = folded(location["name"])
        code = province_of[OTHER_NAMES.get(name, name)]
        shape = shape_of(location["path"])
        parts.setdefault(code, []).append(shape)
        if name in ARCHIPELAGOS:
            archipelagos[code] = {
                "name": ARCHIPELAGOS[name],
                "at": _point(_above(shapely.MultiPoint(_dots(shape)))),
            }
    codes = sorted(parts)
    land = shapely.coverage_simplify(_without_overlaps([_united(parts[c]) for c in codes]), THINNING)
    provinces = {}
    for code, shape in zip(codes, land, strict=True):
        mainland = [p for p in _polygons(shape) if p.area >= DOT_AREA]
        small = [p for part in parts[code] for p in _polygons(part) if p.area < DOT_AREA]
        province: dict[str, Any] = {
            "path": "".join(_path(polygon) for polygon in mainland),
            "dots": [_point(dot) for dot in _dots(shapely.unary_union(small))],
            "label": _point(shapely.maximum_inscribed_circle(max(mainland, key=_area)).interpolate(0)),
        }
        if code in archipelagos:
            province["archipelago"] = archipelagos[code]
        provinces[code] = province
    return {"view_box": data["viewBox"], "provinces": provinces}


def _united(shapes: list[BaseGeometry]) -> BaseGeometry:
    """One shape of several, seams closed, without the islands that become dots."""
    land = [p for shape in shapes for p in _polygons(shape) if p.area >= DOT_AREA]
    closed = shapely.unary_union([p.buffer(SEAM) for p in land]).buffer(-SEAM / 2)
    return shapely.set_precision(MultiPolygon([Polygon(p.exterior) for p in _polygons(closed)]), 0.01)


def _without_overlaps(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """Neighbours sharing their borders exactly, as thinning them together asks for."""
    borders = shapely.set_precision(
        shapely.MultiLineString([ring for shape in shapes for ring in _rings(shape)]), 0.01
    )
    cells: list[list[Polygon]] = [[] for _ in shapes]
    for cell in _polygons(shapely.polygonize([shapely.unary_union(borders, grid_size=0.01)])):
        inside = cell.representative_point()
        owner = next((i for i, shape in enumerate(shapes) if shape.contains(inside)), None)
        if owner is not None:
            cells[owner].append(cell)
    return [shapely.coverage_union_all(owned) for owned in cells]


def _rings(shape: BaseGeometry) -> list[Any]:
    return [ring for p in _polygons(shape) for ring in (p.exterior, *p.interiors)]


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    return [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]


def _area(polygon: Polygon) -> float:
    return float(polygon.area)


def _dots(shape: BaseGeometry) -> list[Any]:
    """Where small islands lie, those that would touch counted once, the largest first."""
    kept: list[Any] = []
    for polygon in sorted(_polygons(shape), key=_area, reverse=True):
        if all(polygon.centroid.distance(other) >= DOT_DISTANCE for other in kept):
            kept.append(polygon.centroid)
    return kept


def _above(dots: shapely.MultiPoint) -> shapely.Point:
    """Where the name of an archipelago stands: over the middle of its islands."""
    west, north, east, _south = dots.bounds
    return shapely.Point((west + east) / 2, north - NAME_DISTANCE)


def _point(point: Any) -> list[float]:
    return [round(point.x, 1), round(point.y, 1)]


def _path(polygon: Polygon) -> str:
    """Relative lines on a grid of tenths: the shortest a path can be written."""
    points = [(round(x * 10), round(y * 10)) for x, y in polygon.exterior.coords[:-1]]
    text = f"M{points[0][0] / 10:g} {points[0][1] / 10:g}l"
    for (x, y), (next_x, next_y) in pairwise(points):
        if (x, y) != (next_x, next_y):
            text += f"{(next_x - x) / 10:g} {(next_y - y) / 10:g} "
    return text.rstrip() + "z"
