"""Background work on petitions and ratings: thin, safe to run twice."""

import structlog
from celery import shared_task
from django.utils import timezone

from feedback import attachments, contacts, lapsing, reminders, sources

log = structlog.get_logger(__name__)


@shared_task
def watch_deadlines() -> None:
    """Remind of deadlines that come near, and pass up what is past them."""
    reminders.remind(timezone.now())
    reminders.escalate(timezone.now())


@shared_task
def forget() -> None:
    """Delete contacts, sources and files that were kept long enough."""
    now = timezone.now()
    log.info(
        "forgotten",
        contacts=contacts.forget(now),
        sources=sources.forget_sources(now),
        files=attachments.forget(now),
    )


@shared_task
def lapse_petitions() -> None:
    """Close petitions that wait for a supplement which never comes."""
    log.info("petitions_lapsed", petitions=lapsing.lapse(timezone.now()))
