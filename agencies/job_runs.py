"""Running jobs: taken by one worker at a time, in turns of minutes, from the last step on.

A kind of job is a generator that yields a ``Step`` whenever what it did is safe, and can begin again
at any step it yielded::

    @job_kind("count-to-ten", permission=lambda job: SEE_RECORDS)
    def count_to_ten(run):
        for number in range(run.checkpoint.get("number", 0), 10):
            yield Step(number + 1, 10, {"number": number + 1})
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import override

from agencies import job_files
from agencies.models import Job

log = structlog.get_logger(__name__)

#: How long a worker may be silent between two steps before it counts as lost.
HOLD = timedelta(seconds=60)
#: How long one turn lasts before it lets others have the worker: well under a task's limit.
TURN_SECONDS = 100
#: How often a job may lose its worker before it is given up: it may be what kills them.
MOST_LOSSES = 3
#: How long files can be fetched.
KEPT = timedelta(days=7)


class JobError(Exception):
    """The job cannot be done; the message tells its owner why, in the job's language."""


@dataclass(frozen=True)
class Step:
    """What has been done is safe: how far the job is, and where to go on after a loss.

    ``hold`` is how long the next step may take without a sign of life. Where ``may_pause`` is false the
    turn does not end: what was done is only in memory.
    """

    done: int
    total: int | None
    checkpoint: dict[str, Any]
    hold: timedelta = HOLD
    may_pause: bool = True


@dataclass
class Run:
    """One turn of a job, as its kind sees it."""

    job: Job
    as_of: datetime
    outcome: dict[str, Any] = field(default_factory=dict)
    file_name: str = ""

    @property
    def checkpoint(self) -> dict[str, Any]:
        """Where the last turn left off; empty at the beginning."""
        return self.job.checkpoint

    @property
    def folder(self) -> Path:
        """The job's own folder."""
        return job_files.folder(self.job)

    def working_file(self, name: str, size: int) -> Path:
        """A file that grows from step to step, cut to what is known to be good of it."""
        return job_files.working_file(self.job, name, size, self.checkpoint.get("claim", ""))

    def leave(self, path: Path, file_name: str) -> None:
        """Make a finished file the one to be fetched, under this name."""
        path.replace(self.folder / job_files.RESULT)
        self.file_name = file_name


Handler = Callable[[Run], Iterator[Step]]
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class JobKind:
    """What is run for a kind of job, and the permission that its results take."""

    handler: Handler
    permission: Callable[[Job], str]


_kinds: dict[str, JobKind] = {}


def job_kind(name: str, *, permission: Callable[[Job], str]) -> Callable[[Handler], Handler]:
    """Declare a kind of job; raises ValueError for a name that is taken."""

    def declare(handler: Handler) -> Handler:
        if name in _kinds:
            raise ValueError(f"There is a kind of job called {name} already.")
        _kinds[name] = JobKind(handler, permission)
        return handler

    return declare


def kind_of(job: Job) -> JobKind:
    """The kind of a job; raises LookupError for one that nobody declares any more."""
    return _kinds[job.kind]


def run_turn(job_id: int, clock: Clock, seconds: float | None = TURN_SECONDS) -> bool:
    """Take a job, if it is to be had, and work on it for a turn; whether there is more to do.

    ``seconds`` None: until it is finished. Whatever goes wrong ends in the job's own row, except
    that a database that is away raises: the job is taken again once its hold is over.
    """
    job = _claim(job_id, clock())
    if job is None:
        return False
    with override(job.language):
        if job.losses >= MOST_LOSSES:
            _fail(job, clock(), _("Its worker was lost %(count)d times.") % {"count": job.losses})
            return False
        try:
            return _work(job, clock, seconds)
        except JobError as error:
            _fail(job, clock(), str(error))
        except SoftTimeLimitExceeded:
            log.error("job_too_long", job=job.pk, kind=job.kind)
            _fail(job, clock(), _("It took too long and was stopped; nothing of it was written."))
        except (OperationalError, InterfaceError):
            log.exception("job_interrupted", job=job.pk, kind=job.kind)
            raise
        except Exception:
            log.exception("job_failed", job=job.pk, kind=job.kind)
            _fail(job, clock(), _("Something unexpected went wrong; the operators can see what, in the log."))
    return False


def _work(job: Job, clock: Clock, seconds: float | None) -> bool:
    until = None if seconds is None else monotonic() + seconds
    run = Run(job, clock())
    try:
        steps = kind_of(job).handler(run)
    except LookupError:
        raise JobError(_("The portal no longer knows this kind of job.")) from None
    for step in steps:
        if not _keep(job, step, clock()):
            steps.close()  # type: ignore[attr-defined]
            return False
        if until is not None and step.may_pause and monotonic() > until:
            steps.close()  # type: ignore[attr-defined]
            return _release(job)
    _finish(job, run, clock())
    return False


def _claim(job_id: int, as_of: datetime) -> Job | None:
    claim = secrets.token_hex(16)
    ours = Job.objects.claimable(as_of).filter(pk=job_id)
    lost = ours.filter(state=Job.State.RUNNING).update(losses=F("losses") + 1, state=Job.State.WAITING)
    taken = ours.update(
        state=Job.State.RUNNING,
        claim=claim,
        held_until=as_of + HOLD,
        started_at=Coalesce("started_at", Value(as_of)),
    )
    if taken != 1:
        return None
    if lost:
        log.warning("job_taken_over", job=job_id)
    return Job.objects.select_related("owner", "agency").filter(pk=job_id, claim=claim).first()


def _keep(job: Job, step: Step, now: datetime) -> bool:
    """Write a step down; False if the job is no longer ours."""
    before, job.checkpoint = job.checkpoint, {**step.checkpoint, "claim": job.claim}
    if {**before, "claim": job.claim} != job.checkpoint:
        # It got further than whoever was lost with it.
        job.losses = 0
    return _update(
        job,
        done=step.done,
        total=step.total,
        checkpoint=job.checkpoint,
        held_until=now + step.hold,
        losses=job.losses,
    )


def _release(job: Job) -> bool:
    return _update(job, state=Job.State.WAITING, claim="", held_until=None)


def _finish(job: Job, run: Run, now: datetime) -> None:
    if _update(
        job,
        state=Job.State.DONE,
        done=Coalesce("total", "done"),
        outcome=run.outcome,
        file_name=run.file_name,
        **_ended(now),
    ):
        job_files.clear_work(job)


def _fail(job: Job, now: datetime, error: str) -> None:
    if _update(job, state=Job.State.FAILED, error=error[:1000], **_ended(now)):
        job_files.remove(job.pk)


def _ended(now: datetime) -> dict[str, Any]:
    return {
        "finished_at": now,
        "expires_at": now + KEPT,
        "claim": "",
        "held_until": None,
        "checkpoint": {},
    }


def _update(job: Job, **values: Any) -> bool:
    mine = Job.objects.filter(pk=job.pk, claim=job.claim, state=Job.State.RUNNING)
    return mine.update(**values) == 1
