"""A trial run says exactly what putting a set in force would do, and does none of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from agencies.job_runs import run_turn
from agencies.models import Job, User
from scoring.drafting import new_draft
from scoring.indicator_sets import install, set_in_force
from scoring.models import Criterion, IndicatorSet, Scorecard, WhatIf
from scoring.periods import Period
from scoring.recount import recount_all
from scoring.what_if_job import ask_what_if, is_stale
from scoring.what_if_results import Moved, Sort, in_order, offices_of, summary
from tests.effort import cases
from tests.people import let_in
from tests.scoring.country import NOW, Country, make_dossier, on

MARCH = Period.parse("2026-M03")


@pytest.fixture
def operator(country: Country) -> User:
    """Who tries a set in a country whose March was counted."""
    people = let_in()
    call_command("load_indicators", verbosity=0)
    for number, office in enumerate(country.handling):
        for day in range(12):
            late = on(3, 28) if day < number * 2 else on(3, 3 + day)
            make_dossier(
                office, country.marriage, on(3, 2 + day), ended_at=late, channel=2 if day % 2 else 1,
                has_attachment=day % 3 == 0, fee_total=10_000, payment=number % 3,
            )  # fmt: skip
    recount_all(NOW)
    return people.operator


@pytest.fixture
def draft(operator: User) -> IndicatorSet:
    """A set that weighs punctuality less, online filing more, and drops a criterion that has no data."""
    found = new_draft(set_in_force(202603), 202603)
    criteria = Criterion.objects.filter(group__indicator_set=found)
    criteria.filter(code="2.1").update(max_points=10)
    criteria.filter(code="3.3").update(
        max_points=16, threshold=Decimal("0.8"), numerator="received_online", denominator="received"
    )
    criteria.filter(code="4.6").update(zero_rule="not_applicable")
    IndicatorSet.objects.filter(pk=found.pk).update(ties="dense", minimum_dossiers=13)
    found.refresh_from_db()
    return found


def tried(draft: IndicatorSet, by: User, period: Period = MARCH) -> WhatIf:
    found = ask_what_if(draft, set_in_force(period.last), period, by=by, as_of=NOW)
    assert found.job is not None
    run_turn(found.job.pk, lambda: NOW, seconds=None)
    found.refresh_from_db()
    assert found.job.__class__.objects.get(pk=found.job.pk).state == Job.State.DONE
    return found


def standing(period: str) -> dict[int, tuple[str, str, int | None, int, dict[str, str]]]:
    rows = Scorecard.objects.filter(period=period)
    return {c.agency_id: (f"{c.total:.2f}", c.band, c.rank, c.ranked, c.groups) for c in rows}


@pytest.mark.parametrize("code", cases("2026-M03", "2026"))
def test_it_says_what_putting_it_in_force_then_does(operator: User, draft: IndicatorSet, code: str) -> None:
    period, before = Period.parse(code), standing(code)
    found = tried(draft, operator, period)
    assert standing(code) == before, "nothing stored moved"
    results = {one.agency_id: one for one in found.results.all()}
    assert found.offices == len(results) == len(before)
    for agency_id, (total, band, rank, ranked, groups) in before.items():
        one = results[agency_id]
        assert (f"{one.before:.2f}", one.band_before, one.rank_before, one.ranked_before) == (
            total, band, rank, ranked,
        )  # fmt: skip
        assert {code: both[0] for code, both in one.groups.items()} == groups
    install(draft, NOW)
    recount_all(NOW)
    after = standing(code)
    assert after != before
    for agency_id, (total, band, rank, ranked, groups) in after.items():
        one = results[agency_id]
        assert (f"{one.after:.2f}", one.band_after, one.rank_after, one.ranked_after) == (
            total, band, rank, ranked,
        )  # fmt: skip
        assert {code: both[1] for code, both in one.groups.items()} == groups


def test_it_is_known_to_be_stale_once_the_draft_changes(operator: User, draft: IndicatorSet) -> None:
    found = tried(draft, operator)
    assert not is_stale(found)
    Criterion.objects.filter(group__indicator_set=draft, code="2.1").update(threshold=Decimal("0.9"))
    assert is_stale(WhatIf.objects.get(pk=found.pk))
    again = tried(draft, operator)
    assert list(WhatIf.objects.all()) == [again], "the newest of a set and a period is kept"
    assert not is_stale(again) and again.results.count() == again.offices
    draft.delete()
    assert not WhatIf.objects.exists()


def test_who_gains_and_who_loses(operator: User, draft: IndicatorSet, country: Country) -> None:
    found = tried(draft, operator)
    everybody = offices_of(found)
    told = summary(everybody)
    assert told.offices == found.offices == told.gain + told.lose + told.same
    assert sum(told.bands_after.values()) == sum(step.after for step in told.steps) == told.offices
    ranked = everybody.exclude(rank_before=None, rank_after=None)
    gains = [one.after - one.before for one in in_order(ranked, Sort.GAIN)]
    assert gains == sorted(gains, reverse=True)
    total = told.means[0]
    assert total.change == total.after - total.before
    assert offices_of(found, moved=Moved.LOSE).count() == told.lose
    assert offices_of(found, moved=Moved.BAND).count() == told.band_changes
    north = offices_of(found, under=country.north)
    assert {one.agency for one in north} == {
        country.north, country.north_department, *country.north_communes,
    }  # fmt: skip
    assert {one.peer_class.partition(":")[0] for one in offices_of(found, peers="communes")} == {"communes"}
    # Thirteen dossiers are needed now, and offices have twelve.
    moved = {one.agency for one in offices_of(found, moved=Moved.RANK)}
    assert country.south_commune in moved
    assert all(one.rank_after is None for one in offices_of(found, peers="communes"))


def test_a_period_with_nothing_counted_is_said_to_have_none(operator: User, draft: IndicatorSet) -> None:
    asked = ask_what_if(draft, set_in_force(202603), Period.parse("2025-M02"), by=operator, as_of=NOW)
    assert asked.job is not None
    run_turn(asked.job.pk, lambda: NOW, seconds=None)
    asked.job.refresh_from_db()
    asked.refresh_from_db()
    assert asked.job.state == Job.State.FAILED and asked.job.error
    assert asked.as_of is None and not asked.results.exists()


def test_a_set_that_could_not_be_graded_by_is_not_tried(operator: User) -> None:
    empty = IndicatorSet.objects.create(code="empty", name="Empty", valid_from=202601)
    with pytest.raises(ValidationError):
        ask_what_if(empty, set_in_force(202603), MARCH, by=operator, as_of=NOW)
    assert not WhatIf.objects.exists() and not Job.objects.exists()


def test_a_run_that_lost_its_worker_is_begun_again(operator: User, draft: IndicatorSet) -> None:
    asked = ask_what_if(draft, set_in_force(202603), MARCH, by=operator, as_of=NOW)
    assert asked.job is not None
    from agencies.job_runs import Run
    from scoring.what_if_job import run_what_if

    steps = run_what_if(Run(asked.job, NOW))
    next(steps), next(steps)
    steps.close()
    run_turn(asked.job.pk, lambda: NOW, seconds=None)
    asked.refresh_from_db()
    assert asked.results.count() == asked.offices == Scorecard.objects.filter(period="2026-M03").count()
