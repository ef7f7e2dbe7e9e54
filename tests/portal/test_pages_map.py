"""The map: all 34 provinces, the two archipelagos, drawn from the outlines before the mergers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from shapely.geometry import Polygon

from portal.management.commands.draw_map import AGENCY_DATA, PACKAGE, provinces_by_old_name
from portal.map.drawing import drawn, rings
from portal.map.outlines import FILE, outlines


def test_every_province_is_on_the_map_once() -> None:
    codes = [outline.code for outline in outlines().provinces]
    today = set(provinces_by_old_name(Path(settings.BASE_DIR, AGENCY_DATA)).values())
    assert len(codes) == len(set(codes)) == 34
    assert set(codes) == today


def test_the_archipelagos_belong_to_their_provinces() -> None:
    named = {outline.archipelago: outline.code for outline in outlines().provinces if outline.archipelago}
    assert named == {"Hoàng Sa": "H17", "Trường Sa": "H32"}


def test_merged_provinces_are_one_area_and_neighbours_do_not_overlap() -> None:
    shapes = {
        outline.code: [Polygon(ring) for ring in rings(outline.path)] for outline in outlines().provinces
    }
    assert max(shapes["H44"], key=lambda shape: shape.area).area > 0.98 * sum(s.area for s in shapes["H44"])
    assert shapes["H44"][0].intersection(shapes["H26"][0]).area < 1


def test_the_drawing_in_use_is_what_the_command_draws() -> None:
    package = Path(settings.BASE_DIR, PACKAGE)
    assert package.is_dir(), "`make setup` installs the map that the drawing is made of."
    assert drawn(package, provinces_by_old_name(Path(settings.BASE_DIR, AGENCY_DATA))) == json.loads(
        FILE.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("m1 1 2 0 0 2z", [[(1, 1), (3, 1), (3, 3)]]),
        ("M0,0L1,0 1,1zm5 5 1 0 0 1z", [[(0, 0), (1, 0), (1, 1)], [(5, 5), (6, 5), (6, 6)]]),
    ],
)
def test_paths_are_read_relative_and_absolute(path: str, expected: list[list[tuple[float, float]]]) -> None:
    assert list(rings(path)) == expected


def test_a_command_it_cannot_read_is_named() -> None:
    with pytest.raises(ValueError, match="'q'"):
        list(rings("m0 0 q1 1 2 2z"))
