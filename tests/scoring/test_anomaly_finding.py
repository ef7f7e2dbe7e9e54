"""A search run again changes nothing; what is mended is closed, what comes back is opened again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.job_runs import run_turn
from agencies.models import Job
from procedures.models import Dossier
from scoring import tasks
from scoring.anomalies import searching
from scoring.anomalies.finding import look
from scoring.anomalies.settling import dismiss, settle
from scoring.models import Anomaly, AnomalyRule, AnomalySearch, TaskPulse
from scoring.periods import Period
from tests.people import FourPeople, four_people
from tests.scoring.anomalies import ended_before, found, rule, search
from tests.scoring.country import NOW, Country

__all__ = ["four_people"]

CODE = "ended-before-received"
LATER = NOW + timedelta(days=1)


def steps(anomaly: Anomaly) -> list[str]:
    return [step.verb for step in anomaly.steps.all()]


def test_found_twice_is_one(country: Country) -> None:
    ended_before(country, country.south_commune, 2)
    assert search(CODE) == (1, 1, 0, 0)
    assert search(CODE, as_of=LATER) == (1, 0, 0, 0)
    (anomaly,) = found(CODE).values()
    assert (anomaly.found_at, anomaly.changed_at, steps(anomaly)) == (NOW, NOW, ["found"])
    assert AnomalySearch.objects.get(rule__code=CODE, month=202604).searched_at == LATER


def test_its_figures_follow_the_data(country: Country) -> None:
    ended_before(country, country.south_commune)
    search(CODE)
    ended_before(country, country.south_commune)
    assert search(CODE, as_of=LATER) == (1, 0, 0, 0)
    (anomaly,) = found(CODE).values()
    assert (anomaly.size, anomaly.found, anomaly.changed_at) == (2, {"dossiers": 2}, LATER)


def test_mended_closed_and_opened_again(country: Country) -> None:
    codes = ended_before(country, country.south_commune)
    search(CODE)
    Dossier.objects.filter(code__in=codes).update(finished_at=None)
    assert search(CODE, as_of=LATER) == (0, 0, 0, 1)
    (anomaly,) = found(CODE).values()
    assert (anomaly.state, anomaly.mended_at) == ("mended", LATER)
    assert search(CODE, as_of=LATER) == (0, 0, 0, 0)
    ended_before(country, country.south_commune)
    assert search(CODE, as_of=LATER) == (1, 0, 1, 0)
    anomaly.refresh_from_db()
    assert (anomaly.state, anomaly.mended_at) == ("open", None)
    assert steps(anomaly) == ["found", "mended", "back"]


@pytest.mark.parametrize("verb", [settle, dismiss])
def test_what_was_decided_stays_until_it_doubles(
    country: Country, four_people: FourPeople, verb: object
) -> None:
    commune = country.south_commune
    ended_before(country, commune, 2)
    search(CODE)
    (anomaly,) = found(CODE).values()
    verb(anomaly, by=four_people.reviewer, reason="đã giải trình", as_of=NOW)  # type: ignore[operator]
    decided = anomaly.state
    ended_before(country, commune, 1)
    assert search(CODE, as_of=LATER) == (1, 0, 0, 0)
    anomaly.refresh_from_db()
    assert (anomaly.state, anomaly.size) == (decided, 3)
    ended_before(country, commune, 1)
    assert search(CODE, as_of=LATER) == (1, 0, 1, 0)
    anomaly.refresh_from_db()
    assert (anomaly.state, steps(anomaly)[-1]) == ("open", "grew")


def test_what_was_decided_stays_when_it_is_gone(country: Country, four_people: FourPeople) -> None:
    codes = ended_before(country, country.south_commune)
    search(CODE)
    (anomaly,) = found(CODE).values()
    settle(anomaly, by=four_people.reviewer, reason="sửa rồi", as_of=NOW)
    Dossier.objects.filter(code__in=codes).update(finished_at=None)
    assert search(CODE, as_of=LATER) == (0, 0, 0, 0)
    anomaly.refresh_from_db()
    assert anomaly.state == "settled"


def test_a_rule_switched_off_finds_nothing_and_closes_what_waits(country: Country) -> None:
    ended_before(country, country.south_commune)
    search(CODE)
    AnomalyRule.objects.filter(code=CODE).update(enabled=False)
    assert look(rule(CODE), 202604, LATER) == (0, 0, 0, 1)


def test_another_month_is_another_anomaly(country: Country) -> None:
    ended_before(country, country.south_commune, month=4)
    ended_before(country, country.south_commune, month=3)
    search(CODE, 202604)
    search(CODE, 202603)
    assert sorted(Anomaly.objects.values_list("month", flat=True)) == [202603, 202604]


def test_a_search_costs_the_same_however_many_agencies_there_are(country: Country) -> None:
    def queries(month: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            search(CODE, month)
        return len(captured)

    ended_before(country, country.south_commune, month=3)
    for agency in country.handling:
        ended_before(country, agency, 2, month=4)
    assert queries(202604) == queries(202603)
    assert found(CODE).keys() == {agency.code for agency in country.handling}


def test_a_night_searches_this_month_and_the_last_once(country: Country) -> None:
    ended_before(country, country.south_commune)
    rules = AnomalyRule.objects.count()
    night = searching.search_nightly(NOW)
    next(night)
    night.close()
    # A worker was lost after one search; whoever comes next goes on with the rest.
    assert len(list(searching.search_nightly(NOW + timedelta(hours=1)))) == 2 * rules - 1
    assert not list(searching.search_nightly(NOW + timedelta(hours=2)))
    assert found(CODE).keys() == {country.south_commune.code}
    assert len(list(searching.search_nightly(LATER))) == 2 * rules


def test_a_task_hands_over_when_its_turn_is_over(country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[bool] = []
    monkeypatch.setattr(tasks, "TURN_SECONDS", -1)
    monkeypatch.setattr(tasks.find_anomalies, "delay", lambda: called.append(True))
    tasks.find_anomalies()
    assert called == [True] and AnomalySearch.objects.count() == 1
    monkeypatch.setattr(tasks, "TURN_SECONDS", 60)
    tasks.find_anomalies()
    assert called == [True] and AnomalySearch.objects.count() == 2 * AnomalyRule.objects.count()
    assert TaskPulse.objects.get(name="find_anomalies").last_finished_at is not None


def test_a_job_searches_a_period_and_goes_on_after_a_loss(country: Country, four_people: FourPeople) -> None:
    for month in (2, 4):
        ended_before(country, country.south_commune, month=month)
    job = searching.ask_search(Period.parse("2026-Q1"), by=four_people.reviewer, as_of=NOW)
    assert run_turn(job.pk, lambda: NOW, seconds=0), "a turn of no time does one step and gives it back"
    while run_turn(job.pk, lambda: NOW, seconds=0):
        pass
    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.DONE, 3 * AnomalyRule.objects.count())
    assert list(Anomaly.objects.values_list("month", flat=True)) == [202602]
    assert "period=2026-Q1" in job.outcome["back"]
