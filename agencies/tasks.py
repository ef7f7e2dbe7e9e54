"""Background work on grants and jobs: thin, safe to run twice."""

from celery import shared_task
from django.utils import timezone

from agencies import jobs
from agencies.grant_worth import settle_all
from agencies.revoking import expire


@shared_task
def expire_grants() -> None:
    """Close the grants whose time is over, and make every grant's rows what its chain is worth."""
    expire(timezone.now())
    settle_all()


@shared_task
def run_job(job_id: int) -> None:
    """Work on a job for a turn; does nothing if another worker has it."""
    jobs.run(job_id, timezone.now)


@shared_task
def sweep_jobs() -> None:
    """Call workers to jobs whose message or whose worker was lost."""
    jobs.sweep(timezone.now())


@shared_task
def expire_jobs() -> None:
    """Remove the files of jobs that were kept long enough."""
    jobs.expire(timezone.now())
