"""Background work of the portal itself: thin, safe to run twice."""

from celery import shared_task
from django.utils import timezone

from portal.reports.digest_sending import send_digests
from portal.signing_in.sessions import remove_expired


@shared_task
def remove_expired_sessions() -> None:
    """Remove sessions nobody can use any more."""
    remove_expired(timezone.now())


@shared_task
def weekly_digests() -> None:
    """On Monday morning, tell administrators how their agencies stand; go on with what is left at once."""
    _sent, more = send_digests(timezone.now)
    if more:
        weekly_digests.delay()
