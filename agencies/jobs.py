"""Jobs as people meet them: asking for one, stopping it, fetching what came of it, sweeping up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies import job_files
from agencies.job_runs import Clock, kind_of, run_turn
from agencies.models import Agency, Job, User
from agencies.visibility import Person, holds_somewhere, may

#: How many jobs one person may have under way.
AT_ONCE = 5
SWEEP_EVERY = timedelta(seconds=15)
EXPIRE_EVERY = timedelta(hours=1)
ORPHANED_AFTER = timedelta(hours=1)


def start(
    kind: str,
    *,
    owner: User,
    title: str,
    as_of: datetime,
    parameters: Mapping[str, Any] | None = None,
    agency: Agency | None = None,
    source: Iterable[bytes] = (),
) -> Job:
    """Ask for a job, to be run in the language of the day; ``call`` tells a worker.

    ``agency`` is whose records it is about: who may export there may fetch the result too. ``source`` is
    a file it is to work on. Raises ValidationError when the owner has too many under way.
    """
    if Job.objects.under_way().filter(owner=owner).count() >= AT_ONCE:
        raise ValidationError(
            _("You have %(count)d jobs under way. Wait for one to end, or stop one.") % {"count": AT_ONCE}
        )
    # One transaction: nobody takes the job before its source is there.
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind,
            title=title[:300],
            parameters=dict(parameters or {}),
            owner=owner,
            language=get_language() or "vi",
            agency=agency,
            created_at=as_of,
        )
        job_files.keep_source(job, source)
    return job


def call(job_id: int, expires: float | None = None) -> None:
    """Call a worker to a job once this transaction commits; without a broker the sweep does it.

    A call not answered in ``expires`` seconds is dropped.
    """
    from agencies.tasks import run_job

    transaction.on_commit(lambda: run_job.apply_async((job_id,), expires=expires), robust=True)


def run(job_id: int, clock: Clock) -> None:
    """Work on a job for a turn, and call for the next one if there is more to do."""
    if run_turn(job_id, clock):
        call(job_id)


def stop(job: Job) -> bool:
    """End a job that waits or runs, its files with it; False if it had ended by then.

    A worker that has it notices at its next step.
    """
    stopped = (
        Job.objects.under_way().filter(pk=job.pk).update(state=Job.State.GONE, claim="", held_until=None)
    )
    if stopped:
        job_files.remove(job.pk)
    return bool(stopped)


def may_open(user: Person, job: Job) -> bool:
    """Whether ``user`` may see a job and fetch its result.

    Its owner, as long as they hold the permission it took; and whoever holds it at the job's agency.
    """
    try:
        permission = kind_of(job).permission(job)
    except LookupError:
        return False
    if user.pk == job.owner_id and job.agency is None:
        return holds_somewhere(user, permission)
    return may(user, permission, job.agency)


def sweep(as_of: datetime) -> int:
    """Call workers to jobs nobody works on; returns how many there are.

    Calling twice does no harm, since only one of them gets the job.
    """
    waiting = list(Job.objects.claimable(as_of).order_by("pk").values_list("pk", flat=True)[:100])
    for job_id in waiting:
        call(job_id, expires=SWEEP_EVERY.total_seconds())
    return len(waiting)


def expire(as_of: datetime) -> int:
    """Remove the files of jobs that were kept long enough, and of jobs that are no more.

    Returns how many jobs went.
    """
    ids = list(Job.objects.expired(as_of).values_list("pk", flat=True))
    for job_id in ids:
        job_files.remove(job_id)
        Job.objects.expired(as_of).filter(pk=job_id).update(state=Job.State.GONE, file_name="", outcome={})
    for job_id in job_files.orphans((as_of - ORPHANED_AFTER).timestamp()):
        job_files.remove(job_id)
    return len(ids)
