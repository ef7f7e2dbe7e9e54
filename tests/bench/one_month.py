"""Row 3: one agency's month recounted up to the root, in a small and in a large country."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

from django.db import connection, transaction

from agencies.models import Agency
from procedures.models import STILL_OPEN
from scoring.models import Scorecard
from scoring.outbox import mark
from scoring.recount import drain, recount_all
from tests.bench import database
from tests.bench.country import MONTHS, NOW, build
from tests.bench.measuring import Row, say, seconds


def rows(quick: bool) -> list[Row]:
    """The same recount with ten times the dossiers."""
    small, large, rounds = (20_000, 100_000, 3) if quick else (200_000, 2_000_000, 6)
    taken: dict[int, list[float]] = {small: [], large: []}
    for dossiers in taken:
        say(f"a country with {dossiers:,} dossiers, counted")
        build(f"dossiers_{dossiers}", dossiers)
        if not Scorecard.objects.exists():
            recount_all(NOW)
    say("one agency's month")
    communes = list(
        Agency.objects.filter(kind="commune").values_list("pk", flat=True)[:: 3321 // (rounds * 6)]
    )
    for turn in range(rounds):
        for dossiers, times in taken.items():
            database.use(f"dossiers_{dossiers}")
            few = communes[turn * 6 : turn * 6 + 6]
            # The first after a change of database fills what a worker keeps between two recounts.
            times += [recount(commune, number) for number, commune in enumerate(few)][1:]
    one, other = median(taken[small]), median(taken[large])
    return [
        Row(
            "3 one month",
            f"an agency's month up to the root, {large:,} dossiers",
            f"{other * 1000:.0f} ms",
            f"{one * 1000:.0f} ms  with {small:,}",
            other / one,
            1.3,
            at_most=True,
        )
    ]


def recount(agency_id: int, number: int) -> float:
    """Change three dossiers of a commune, mark its month, and time the recount."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE procedures_dossier SET has_attachment = NOT has_attachment WHERE id IN (
                SELECT id FROM procedures_dossier WHERE agency_id = %s AND ended_month = %s LIMIT 3
            )
            """,
            [agency_id, STILL_OPEN],
        )
        mark({(agency_id, MONTHS[-1], MONTHS[-1])})
    return seconds(lambda: drain(NOW + timedelta(seconds=number)))
