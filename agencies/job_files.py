"""Where the files of jobs lie: a folder for each, which no address leads into.

Pages and workers on several machines must share ``JOBS_DIR``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from agencies.models import Job

#: What a job leaves to be fetched, and what it was given.
RESULT, SOURCE = "result", "source"
_WORK = "work"


def folder(job: Job) -> Path:
    """The job's folder, made if it is not there; readable by the portal's own account alone."""
    found = _folder(job.pk)
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def result_of(job: Job) -> Path | None:
    """The file a job left to be fetched; None if there is none, or none on this machine."""
    found = _folder(job.pk) / RESULT
    return found if found.is_file() else None


def working_file(job: Job, name: str, size: int, before: str) -> Path:
    """This turn's own copy of a file the turn ``before`` had written ``size`` good bytes of.

    A copy, so that a worker taken for lost, and still writing, spoils nothing. That of the turn before
    stays until the next one: only then is it sure that nobody has to begin at it again.
    """
    work = folder(job) / _WORK
    work.mkdir(exist_ok=True)
    mine, theirs = work / f"{name}.{job.claim}", work / f"{name}.{before}"
    for older in work.glob(f"{name}.*"):
        if older not in (mine, theirs):
            older.unlink(missing_ok=True)
    if size and mine != theirs:
        shutil.copyfile(theirs, mine)
    with mine.open("ab") as file:
        file.truncate(size)
    return mine


def keep_source(job: Job, content: Iterable[bytes]) -> Path:
    """Write down what a job was given to work on."""
    path = folder(job) / SOURCE
    with path.open("wb") as file:
        file.writelines(content)
    return path


def clear_work(job: Job) -> None:
    """Remove what only the turns needed."""
    shutil.rmtree(_folder(job.pk) / _WORK, ignore_errors=True)


def remove(job_id: int) -> None:
    """Remove all files of a job."""
    shutil.rmtree(_folder(job_id), ignore_errors=True)


def orphans(older_than: float) -> list[int]:
    """The ids of folders that no job needs any more: it is gone, or the database was restored.

    Only those last changed before ``older_than`` (epoch seconds): a new one's job may not be there yet.
    """
    base = Path(settings.JOBS_DIR)
    if not base.is_dir():
        return []
    folders = [path for path in base.iterdir() if path.name.isdigit() and path.stat().st_mtime < older_than]
    ids = {int(path.name) for path in folders}
    alive = Job.objects.filter(pk__in=ids).exclude(state=Job.State.GONE)
    return sorted(ids - set(alive.values_list("pk", flat=True)))


def _folder(job_id: int) -> Path:
    return Path(settings.JOBS_DIR) / str(job_id)
