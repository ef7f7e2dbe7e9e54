"""A night's search for anomalies: every rule over the month under way and the one before."""

from __future__ import annotations

from scoring.anomalies.finding import look
from scoring.anomalies.rules import ensure_rules
from scoring.anomalies.searching import months_under_way
from scoring.models import Anomaly, AnomalyRule, Scorecard
from scoring.recount import recount_all
from scoring.tally import recount_month
from scoring.turn import turn
from tests.bench.country import NOW, build
from tests.bench.measuring import Row, say, seconds


def rows(quick: bool) -> list[Row]:
    """The search against counting the same two months anew, in the same country."""
    dossiers = 100_000 if quick else 2_000_000
    say(f"a country with {dossiers:,} dossiers, counted")
    build(f"dossiers_{dossiers}", dossiers)
    if not Scorecard.objects.exists():
        recount_all(NOW)
    ensure_rules()
    months = months_under_way(NOW)
    say("a night's search, and once more")
    first, again = seconds(lambda: night(months)), seconds(lambda: night(months))
    say("the same months counted")
    counted = seconds(lambda: [count(month) for month in months])
    found = Anomaly.objects.count()
    return [
        Row(
            "9 anomalies",
            f"a night's search, {dossiers:,} dossiers, {found:,} found",
            f"{first:.1f} s, again {again:.1f} s",
            f"{counted:.1f} s  counting the same months",
            again / counted,
        )
    ]


def night(months: tuple[int, int]) -> None:
    """Every rule over these months."""
    for month in months:
        for rule in AnomalyRule.objects.all():
            taken = seconds(lambda rule=rule, month=month: look(rule, month, NOW))  # type: ignore[misc]
            if taken > 1:
                say(f"  {rule.code} {month}: {taken:.1f} s")


def count(month: int) -> None:
    """Count a month anew for everybody."""
    with turn():
        recount_month(month, None, NOW)
