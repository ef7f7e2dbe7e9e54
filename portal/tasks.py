"""Background work of the portal itself: thin, safe to run twice."""

from celery import shared_task
from django.utils import timezone

from portal.signing_in.sessions import remove_expired


@shared_task
def remove_expired_sessions() -> None:
    """Remove sessions nobody can use any more."""
    remove_expired(timezone.now())
