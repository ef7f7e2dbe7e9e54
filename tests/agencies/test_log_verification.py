"""Verifying the log from its page: by an operator, in the background, the outcome kept in the log."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from agencies import event_log_guard, job_files
from agencies.event_log import flaws
from agencies.job_runs import run_turn
from agencies.log_verification import LOG_VERIFIED, last_verification
from agencies.models import EventLog, Job
from tests.admin_people import People, in_english, people_at_the_door, small_country

__all__ = ["people_at_the_door", "small_country"]

LIST = "/admin/agencies/eventlog/"
VERIFY = f"{LIST}verify/"


@pytest.fixture(autouse=True)
def jobs_folder(settings: Any, tmp_path: Any) -> None:
    settings.JOBS_DIR = tmp_path


def verify(people: People) -> Job:
    answer = people.operator.post(VERIFY)
    job = Job.objects.get()
    assert answer.status_code == 302 and answer["Location"] == reverse("job", args=[job.pk])
    run_turn(job.pk, timezone.now)
    job.refresh_from_db()
    return job


def test_a_sound_log_is_said_to_be_sound(people: People) -> None:
    assert last_verification() is None
    before = EventLog.objects.count()
    job = verify(people)
    assert job.state == Job.State.DONE
    assert job.outcome["flaws"] == 0 and job.outcome["entries"] == before
    event = last_verification()
    assert event is not None and event.verb == LOG_VERIFIED
    assert (event.actor, event.after["entries"], event.after["flaws"]) == (job.owner, before, 0)
    assert list(flaws()) == []
    told = in_english(people.operator).get(LIST).content.decode()
    assert f"{before} entries, none changed or missing" in told
    # Who sees only a part of the log is told too, and has no button.
    theirs = in_english(people.administrator).get(LIST).content.decode()
    assert "none changed or missing" in theirs and VERIFY not in theirs and VERIFY in told


def test_the_report_names_the_last_hash(people: People) -> None:
    last = EventLog.objects.order_by("-number").first()
    job = verify(people)
    report = job_files.result_of(job)
    assert report is not None and last is not None
    assert last.hash in report.read_text(encoding="utf-8-sig")
    assert in_english(people.operator).get(reverse("job", args=[job.pk])).status_code == 200


def test_a_changed_entry_and_a_missing_trigger_are_found(people: People) -> None:
    event = EventLog.objects.order_by("number").first()
    assert event is not None
    event_log_guard.remove(connection)
    EventLog.objects.filter(pk=event.pk).update(reason="another one")
    job = verify(people)
    triggers = len(event_log_guard.missing(connection))
    event_log_guard.install(connection)
    assert triggers and job.outcome["flaws"] == 1 + triggers
    report = job_files.result_of(job)
    assert report is not None
    assert f"{event.number},was changed" in report.read_text(encoding="utf-8-sig")
    assert f"{1 + triggers} flaws in" in in_english(people.operator).get(LIST).content.decode()


def test_only_an_operator_asks_and_only_by_a_button(people: People) -> None:
    for client in (people.reviewer, people.administrator, people.officer, people.neighbour):
        assert client.post(VERIFY).status_code == 403
    assert people.operator.get(VERIFY).status_code == 405
    assert not Job.objects.exists()


def test_asking_twice_waits_for_the_same_job(people: People) -> None:
    people.operator.post(VERIFY)
    people.operator.post(VERIFY)
    assert Job.objects.count() == 1


def test_a_log_too_long_for_a_task_names_the_command(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agencies.log_verification.MOST_ENTRIES", 1)
    job = verify(people)
    assert job.state == Job.State.FAILED and "manage.py verify_log" in job.error
    assert last_verification() is None
