"""Background work on petitions and ratings: thin, safe to run twice."""

from celery import shared_task
from django.utils import timezone

from feedback import contacts, reminders, sources


@shared_task
def watch_deadlines() -> None:
    """Remind of deadlines that come near, and pass up what is past them."""
    reminders.remind(timezone.now())
    reminders.escalate(timezone.now())


@shared_task
def forget() -> None:
    """Delete contacts and sources that were kept long enough."""
    contacts.forget(timezone.now())
    sources.forget_sources(timezone.now())
