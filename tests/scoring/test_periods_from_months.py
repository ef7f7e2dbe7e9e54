"""Quarters, half-years and years follow exactly from their months."""

import random
from datetime import timedelta

from django.db import transaction

from procedures.models import STILL_OPEN, Dossier
from procedures.months import edge_of, month_of
from scoring.period_counts import period_counts
from scoring.periods import Period
from scoring.tally import recount_month
from tests.scoring.country import NOW, Country, make_dossier, on

HANDLING = ("carried_over", "received", "ended_on_time", "ended_late", "open_on_time", "open_late")


def counted_one_by_one(agency, period: Period) -> dict[str, int]:
    """The same counts by reading every dossier in turn: slow, plain, and written apart."""
    counts = dict.fromkeys(HANDLING, 0)
    services = set()
    edge_month = min(period.last, month_of(NOW))
    edge = edge_of(edge_month, NOW)
    for dossier in Dossier.objects.filter(agency__path__startswith=agency.path):
        in_time = dossier.ended_at <= dossier.deadline_at if dossier.ended_at else dossier.deadline_at >= edge
        if dossier.started_month < period.first <= dossier.ended_month:
            counts["carried_over"] += 1
        if period.first <= dossier.started_month <= period.last:
            counts["received"] += 1
            services |= {dossier.procedure_id} if dossier.channel == 2 else set()
        if dossier.ended_at and period.first <= dossier.ended_month <= period.last:
            counts["ended_on_time" if in_time else "ended_late"] += 1
        elif dossier.started_month <= edge_month < dossier.ended_month:
            still_in_time = dossier.deadline_at >= edge
            counts["open_on_time" if still_in_time else "open_late"] += 1
    # Only the marriage procedure is offered online.
    counts["online_services_used"] = len(services - {None}) and int(
        Dossier.objects.filter(
            agency__path__startswith=agency.path,
            channel=2,
            procedure__code="1.000001",
            started_month__range=(period.first, period.last),
        ).exists()
    )
    return counts


def test_every_period_counts_what_counting_one_by_one_does(country: Country) -> None:
    chance = random.Random(766)
    for _ in range(150):
        received = on(chance.randint(1, 5), chance.randint(1, 19))
        ended = received + timedelta(days=chance.randint(0, 90)) if chance.random() < 0.8 else None
        if ended and ended > NOW:
            ended = None
        make_dossier(
            chance.choice(country.handling),
            chance.choice([country.marriage, country.licence, None]),
            received,
            ended_at=ended,
            deadline_at=received + timedelta(days=chance.randint(1, 60)),
            channel=chance.choice([1, 2]),
        )
    assert Dossier.objects.filter(ended_month=STILL_OPEN).exists()
    with transaction.atomic():
        for month in range(202601, 202606):
            recount_month(month, None, NOW)
    for code in ("2026-M01", "2026-M03", "2026-M05", "2026-Q1", "2026-Q2", "2026-H1", "2026"):
        period = Period.parse(code)
        counts = period_counts(period, None, NOW)
        for agency in (country.nation, country.north, country.south_commune, country.ministry):
            expected = counted_one_by_one(agency, period)
            assert {name: counts[agency.pk][name] for name in expected} == expected, (code, agency)


def test_only_agencies_asked_for_and_none_without_counts(country: Country) -> None:
    make_dossier(country.south_commune, country.marriage, on(4, 1), ended_at=on(4, 5))
    with transaction.atomic():
        recount_month(202604, None, NOW)
    april = Period.parse("2026-M04")
    assert set(period_counts(april, None, NOW)) == {
        country.south_commune.pk,
        country.south.pk,
        country.nation.pk,
    }
    assert set(period_counts(april, [country.south.pk, country.north.pk], NOW)) == {country.south.pk}
    assert period_counts(april, [], NOW) == {}
    assert period_counts(Period.parse("2026-M03"), None, NOW) == {}
