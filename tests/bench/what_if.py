"""Row 8: one month of 15,000 agencies tried under a draft, from the button to the page that tells it."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from agencies.job_runs import run_turn
from agencies.models import Agency, User
from scoring.drafting import new_draft
from scoring.graded_rows import IN_HANDLING, lender_of
from scoring.grading import grade, used_names
from scoring.indicator_sets import rule_set, set_in_force
from scoring.models import Criterion, IndicatorSet, WhatIf
from scoring.period_counts import period_counts
from scoring.periods import Period
from scoring.recount import recount_all
from scoring.what_if_job import ask_what_if
from tests.bench.country import MONTHS, NOW, build
from tests.bench.measuring import Row, interleaved, say
from tests.bench.publishing import AGENCIES, add_units
from tests.signing_in import account, prove

ALLOWED = 10.0
ROUNDS = 3


def rows(quick: bool) -> list[Row]:
    """The trial end to end beside the bare reading and grading it cannot do without."""
    dossiers, agencies = (50_000, 6_000) if quick else (2_000_000, AGENCIES)
    say(f"a country with {dossiers:,} dossiers and {agencies:,} agencies, counted")
    build(f"dossiers_{dossiers}", dossiers)
    recount_all(NOW)
    add_units(agencies - Agency.objects.count())
    month = Period.of_month(MONTHS[-2])
    draft, operator = drafted(month), account("bench-trial")
    browser = Client()
    browser.force_login(operator)
    prove(browser, "mfa")
    say("trying a draft on a month")
    taken = interleaved(
        ROUNDS,
        {
            "tried": lambda: tried(draft, month, operator, browser),
            "raw": lambda: bare(draft, month),
        },
    )
    offices = WhatIf.objects.latest("pk").offices
    return [
        Row(
            "8 what if",
            f"a month of {offices:,} agencies under a draft, stored and shown",
            f"{taken['tried']:.1f} s",
            f"{ALLOWED:.0f} s  allowed",
            taken["tried"] / ALLOWED,
            1,
            at_most=True,
        ),
        Row(
            "8 what if",
            "the same beside reading its counts and grading them by both sets, nothing else",
            f"{taken['tried']:.1f} s",
            f"{taken['raw']:.1f} s  bare",
            taken["tried"] / taken["raw"],
            4,
            at_most=True,
        ),
    ]


def drafted(month: Period) -> IndicatorSet:
    """A draft with other weights, thresholds and a formula."""
    found = new_draft(set_in_force(month.last), month.last)
    criteria = Criterion.objects.filter(group__indicator_set=found)
    criteria.filter(code="2.1").update(max_points=15)
    criteria.filter(code="3.3").update(max_points=11, threshold="0.8", numerator="received_online")
    criteria.filter(code="4.2").update(max_points=6)
    return IndicatorSet.objects.get(pk=found.pk)


def tried(draft: IndicatorSet, month: Period, by: User, browser: Client) -> None:
    """Asked for, run by a worker, shown."""
    found = ask_what_if(draft, set_in_force(month.last), month, by=by, as_of=NOW + timedelta(hours=1))
    assert found.job is not None
    run_turn(found.job.pk, lambda: NOW + timedelta(hours=1), seconds=None)
    page = browser.get(reverse("what-if", args=[found.pk]))
    assert page.status_code == 200 and b"spread-table" in page.content


def bare(draft: IndicatorSet, month: Period) -> None:
    """The month's counts read once and graded by both sets."""
    sets = [rule_set(set_in_force(month.last)), rule_set(draft)]
    counts = period_counts(month, None, NOW, IN_HANDLING.union(*(used_names(rules) for rules in sets)))
    places = {pk: (kind, path) for pk, kind, path in Agency.objects.values_list("pk", "kind", "path")}
    for agency_id, own in counts.items():
        kind, path = places[agency_id]
        lender = lender_of(path)
        for rules in sets:
            grade(own, rules, kind, None if lender is None else counts.get(lender))
