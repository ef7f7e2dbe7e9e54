"""Jobs: taken once, resumed where they were lost, stopped, fetched by those who may, and swept up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.utils.translation import override
from pytest_django import DjangoCaptureOnCommitCallbacks

from agencies import job_files, job_runs, jobs, tasks
from agencies.job_runs import HOLD, KEPT, MOST_LOSSES, JobError, Run, Step, job_kind, run_turn
from agencies.models import Agency, Job, User
from agencies.permissions import EXPORT_RECORDS

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
LINES = 10


class Lost(BaseException):
    """The worker is killed: nothing catches it."""


class Trouble:
    """What befalls the test's own kind of job: at which line, and how."""

    line = -1
    error: BaseException | None = None
    began: list[int] = []

    @classmethod
    def at(cls, line: int, error: BaseException) -> None:
        cls.line, cls.error = line, error


def write_lines(run: Run) -> Iterator[Step]:
    """Writes ten lines into a file, a step a line."""
    first, size = run.checkpoint.get("line", 0), run.checkpoint.get("size", 0)
    Trouble.began.append(first)
    path = run.working_file("lines", size)
    for line in range(first, LINES):
        with path.open("ab") as file:
            file.write(f"{line}\n".encode())
            if line == Trouble.line and Trouble.error:
                raise Trouble.error
        yield Step(line + 1, LINES, {"line": line + 1, "size": path.stat().st_size})
    run.outcome["lines"] = LINES
    run.leave(path, "lines.txt")


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: object) -> None:
    monkeypatch.setattr(job_runs, "_kinds", {})
    job_kind("lines", permission=lambda job: EXPORT_RECORDS)(write_lines)
    Trouble.line, Trouble.error, Trouble.began = -1, None, []
    settings.JOBS_DIR = tmp_path / "jobs"  # type: ignore[attr-defined]


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user("owner", is_superuser=True)


@pytest.fixture
def job(owner: User) -> Job:
    return jobs.start("lines", owner=owner, title="Ten lines", as_of=NOW)


def clock() -> datetime:
    return NOW


def result(job: Job) -> str:
    job.refresh_from_db()
    path = job_files.result_of(job)
    assert path is not None
    return path.read_text()


WHOLE = "".join(f"{line}\n" for line in range(LINES))


def test_a_job_runs_to_its_end_and_leaves_a_file(job: Job) -> None:
    assert run_turn(job.pk, clock) is False
    assert result(job) == WHOLE
    assert (job.state, job.done, job.total) == (Job.State.DONE, LINES, LINES)
    assert job.outcome == {"lines": LINES} and job.file_name == "lines.txt"
    assert job.expires_at == NOW + KEPT
    assert sorted(path.name for path in job_files.folder(job).iterdir()) == ["result", "source"]
    assert job_files.folder(job).stat().st_mode & 0o077 == 0


def test_nobody_takes_a_job_that_another_holds(job: Job) -> None:
    steps = []

    def interrupting_clock() -> datetime:
        if not steps:
            steps.append(1)
            return NOW
        # While the first is at work a second message arrives.
        assert run_turn(job.pk, clock) is False
        return NOW

    run_turn(job.pk, interrupting_clock)
    assert result(job) == WHOLE
    assert Trouble.began == [0]


def test_a_turn_hands_over_and_the_next_goes_on(job: Job) -> None:
    turns = 0
    while run_turn(job.pk, clock, seconds=0):
        turns += 1
        job.refresh_from_db()
        assert job.state == Job.State.WAITING and job.done == turns
    assert turns == LINES and Trouble.began == list(range(LINES + 1))
    assert result(job) == WHOLE


def test_a_killed_worker_s_job_is_taken_up_at_the_last_step_once_its_hold_is_over(job: Job) -> None:
    Trouble.at(6, Lost())
    with pytest.raises(Lost):
        run_turn(job.pk, clock)
    Trouble.line = -1
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING and job.done == 6
    assert jobs.sweep(NOW + HOLD) == 0
    assert run_turn(job.pk, lambda: NOW + HOLD) is False
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    later = NOW + HOLD + timedelta(seconds=1)
    assert jobs.sweep(later) == 1
    run_turn(job.pk, lambda: later)
    # The seventh line, half done when the worker died, is there once.
    assert result(job) == WHOLE and Trouble.began == [0, 6]


def test_a_worker_lost_before_its_first_step_leaves_what_was_there(job: Job) -> None:
    assert run_turn(job.pk, clock, seconds=0)
    for _ in range(2):
        Trouble.at(1, Lost())
        with pytest.raises(Lost):
            run_turn(job.pk, clock)
        Job.objects.update(held_until=NOW - timedelta(seconds=1))
    Trouble.line = -1
    run_turn(job.pk, clock)
    assert result(job) == WHOLE


def test_who_was_taken_for_lost_writes_nothing_more(job: Job) -> None:
    def slow_clock() -> datetime:
        job.refresh_from_db()
        if job.done == 3 and len(Trouble.began) == 1:
            # Away for long: meanwhile another one does it all.
            Job.objects.update(held_until=NOW - timedelta(seconds=1))
            assert run_turn(job.pk, clock) is False
        return NOW

    assert run_turn(job.pk, slow_clock) is False
    assert Trouble.began == [0, 3] and result(job) == WHOLE


def test_a_job_that_kills_its_workers_is_given_up(job: Job) -> None:
    Trouble.at(4, Lost())
    for _ in range(MOST_LOSSES):
        with pytest.raises(Lost):
            run_turn(job.pk, clock)
        Job.objects.update(held_until=NOW - timedelta(seconds=1))
    assert run_turn(job.pk, clock) is False
    job.refresh_from_db()
    assert job.state == Job.State.FAILED and str(MOST_LOSSES) in job.error


def test_losses_far_apart_do_not_add_up(job: Job) -> None:
    for line in range(LINES):
        Trouble.at(line, Lost())
        with pytest.raises(Lost):
            run_turn(job.pk, clock)
        Job.objects.update(held_until=NOW - timedelta(seconds=1))
    Trouble.line = -1
    run_turn(job.pk, clock)
    assert result(job) == WHOLE


def test_what_cannot_be_done_is_told_in_the_owner_s_language_and_leaves_nothing(owner: User) -> None:
    with override("en"):
        job = jobs.start("lines", owner=owner, title="Ten lines", as_of=NOW)
    Trouble.at(2, JobError("No more paper."))
    with override("vi"):
        run_turn(job.pk, clock)
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.FAILED, "No more paper.")
    assert not (Path(job_files.settings.JOBS_DIR) / str(job.pk)).exists()
    Trouble.at(2, ZeroDivisionError("a secret of the code"))
    other = jobs.start("lines", owner=owner, title="Ten lines", as_of=NOW)
    run_turn(other.pk, clock)
    other.refresh_from_db()
    assert other.state == Job.State.FAILED and "secret" not in other.error


def test_a_database_that_is_away_is_no_failure(job: Job) -> None:
    Trouble.at(2, OperationalError("server closed the connection"))
    with pytest.raises(OperationalError):
        run_turn(job.pk, clock)
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING


def test_a_kind_nobody_knows_fails(owner: User) -> None:
    job = jobs.start("former", owner=owner, title="Of an older portal", as_of=NOW)
    run_turn(job.pk, clock)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED and job.error
    assert not jobs.may_open(owner, job)


def test_a_kind_has_one_name() -> None:
    with pytest.raises(ValueError, match="lines"):
        job_kind("lines", permission=lambda job: EXPORT_RECORDS)(write_lines)


def test_stopping_ends_a_job_with_its_files_and_the_worker_notices(job: Job) -> None:
    def stopping_clock() -> datetime:
        job.refresh_from_db()
        if job.done == 2 and job.state == Job.State.RUNNING:
            assert jobs.stop(job)
        return NOW

    assert run_turn(job.pk, stopping_clock) is False
    job.refresh_from_db()
    assert job.state == Job.State.GONE
    assert job_files.result_of(job) is None
    assert not jobs.stop(job)
    assert run_turn(job.pk, clock) is False


def test_one_person_has_a_few_under_way_at_most(owner: User) -> None:
    for _ in range(jobs.AT_ONCE):
        jobs.start("lines", owner=owner, title="Ten lines", as_of=NOW)
    with pytest.raises(ValidationError, match=str(jobs.AT_ONCE)):
        jobs.start("lines", owner=owner, title="One too many", as_of=NOW)
    run_turn(Job.objects.filter(owner=owner).first().pk, clock)
    jobs.start("lines", owner=owner, title="Now there is room", as_of=NOW)


def test_files_go_after_a_week_and_the_row_says_so(job: Job) -> None:
    run_turn(job.pk, clock)
    assert jobs.expire(NOW + KEPT - timedelta(seconds=1)) == 0
    assert result(job) == WHOLE
    assert jobs.expire(NOW + KEPT) == 1
    job.refresh_from_db()
    assert job.state == Job.State.GONE and job_files.result_of(job) is None and job.title == "Ten lines"
    assert jobs.expire(NOW + KEPT) == 0


def test_folders_of_no_job_go_but_not_at_once(job: Job) -> None:
    lost = job_files.folder(Job(pk=job.pk + 1000))
    as_of = datetime.fromtimestamp(lost.stat().st_mtime, UTC)
    jobs.expire(as_of + jobs.ORPHANED_AFTER - timedelta(seconds=1))
    assert lost.exists()
    jobs.expire(as_of + jobs.ORPHANED_AFTER + timedelta(seconds=1))
    assert not lost.exists() and job_files.folder(job).exists()


def test_who_may_open_a_job(country: dict[str, Agency], monkeypatch: pytest.MonkeyPatch) -> None:
    held = {}
    monkeypatch.setattr(
        "agencies.visibility.paths_held", lambda user, permission, as_of=None: held.get(user.username, ())
    )
    officer, colleague, stranger, reviewer = (
        User.objects.create_user(name) for name in ("officer", "colleague", "stranger", "reviewer")
    )
    held |= {
        "officer": (country["H44.01"].path,),
        "colleague": (country["H44"].path,),
        "stranger": (country["H21"].path,),
        "reviewer": ("/",),
    }
    job = jobs.start("lines", owner=officer, title="Of an office", as_of=NOW, agency=country["H44.01"])
    assert [jobs.may_open(person, job) for person in (officer, colleague, stranger, reviewer)] == [
        True,
        True,
        False,
        True,
    ]
    own = jobs.start("lines", owner=officer, title="Of what they may see", as_of=NOW)
    assert [jobs.may_open(person, own) for person in (officer, colleague, stranger, reviewer)] == [
        True,
        False,
        False,
        True,
    ]
    # Whoever lost the right to export has no right to what they exported.
    held["officer"] = ()
    assert not jobs.may_open(officer, job) and not jobs.may_open(officer, own)


def test_a_call_reaches_a_worker_after_the_commit(
    job: Job,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    called = []
    monkeypatch.setattr(
        tasks.run_job, "apply_async", lambda arguments, **options: called.append((*arguments, options))
    )
    with django_capture_on_commit_callbacks(execute=True):
        jobs.call(job.pk)
        assert not called
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_jobs()
    assert called == [(job.pk, {"expires": None}), (job.pk, {"expires": 15.0})]
    tasks.run_job(job.pk)
    assert result(job) == WHOLE
    tasks.expire_jobs()
    assert result(job) == WHOLE
