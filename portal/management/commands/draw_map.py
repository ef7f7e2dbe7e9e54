"""Draw the map of the 34 provinces anew, after a change of provinces or of the drawing."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agencies.folding import folded
from portal.map.drawing import drawn
from portal.map.outlines import FILE

PACKAGE = Path("node_modules/@svg-maps/vietnam")
AGENCY_DATA = Path("agencies/data")


class Command(BaseCommand):
    """Write portal/map/provinces.json from the outlines of the 63 former provinces."""

    help = "Draws the map of provinces from the node package @svg-maps/vietnam (run npm ci first)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw, write, and say how many provinces there are."""
        package = Path(settings.BASE_DIR, PACKAGE)
        if not package.is_dir():
            raise CommandError(f"{PACKAGE} is not there. Run npm ci first.")
        province_map = drawn(package, provinces_by_old_name(Path(settings.BASE_DIR, AGENCY_DATA)))
        FILE.write_text(json.dumps(province_map, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        self.stdout.write(f"{len(province_map['provinces'])} provinces drawn.")


def provinces_by_old_name(folder: Path) -> dict[str, str]:
    """The code of today's province by the folded short name of each one before July 2025."""
    with (folder / "provinces.csv").open(encoding="utf-8") as file:
        known = {folded(row["short_name"]): row["code"] for row in csv.DictReader(file)}
    with (folder / "former_provinces.csv").open(encoding="utf-8") as file:
        return known | {folded(row["short_name"]): row["successor"] for row in csv.DictReader(file)}
