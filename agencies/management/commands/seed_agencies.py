"""`manage.py seed_agencies`: the country's offices, from the fixtures and the communes' package."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand

from agencies.models import Agency, AgencyCode
from agencies.planner import look_anew
from agencies.seed import communes, ministries, provinces
from agencies.seed.rows import SeedRow
from agencies.seed.sowing import Sowing


class Command(BaseCommand):
    """Sow the agency tree; safe to repeat: seeded agencies get the seed's values back."""

    help = (
        "Create or refresh the nation, its ministries, provinces, departments and communes. "
        "Repeating it changes nothing; agencies made by hand are left alone."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Sow level by level, parents first, and say what each step did."""
        started = time.monotonic()
        sowing = Sowing()
        steps: list[tuple[str, Callable[[], Iterable[SeedRow]]]] = [
            ("nation", lambda: [ministries.nation()]),
            ("ministries", ministries.ministries),
            ("units of ministries", ministries.ministry_units),
            ("provinces", lambda: provinces.provinces(communes.province_centres())),
            ("provinces until June 2025", provinces.former_provinces),
            ("departments of provinces", provinces.departments),
            ("communes", communes.communes),
        ]
        for name, rows in steps:
            sown = sowing.sow(rows())
            self._say(
                f"{name:<26} {sown.created:>5} new {sown.updated:>5} updated {sown.unchanged:>5} unchanged"
            )
        sowing.succeed(provinces.successions())
        look_anew(Agency, AgencyCode)
        self._say(f"Done in {time.monotonic() - started:.1f} s.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
