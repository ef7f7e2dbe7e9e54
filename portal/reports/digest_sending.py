"""Sending the weekly digests: each once, a few minutes' worth at a turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from agencies.models import User
from agencies.weekly_digests import going, gone, refused, take, waiting_for, week_due
from portal.reports.digest import Digest, digest, letter_of

log = structlog.get_logger(__name__)

#: How long one turn goes on before it lets others have the worker.
TURN = timedelta(seconds=100)


def send_digests(clock: Callable[[], datetime]) -> tuple[int, bool]:
    """Send what is to go out now; returns how many went, and whether more wait for another turn.

    Safe to run twice at once, and after a worker was lost: each letter is taken up by one of them.
    """
    begun = clock()
    week = week_due(begun)
    if week is None:
        return 0, False
    sent = 0
    for user_id in waiting_for(week, begun):
        now = clock()
        if now - begun > TURN:
            return sent, True
        letter = take(user_id, week, now)
        if letter is None:
            continue
        user = User.objects.get(pk=user_id)
        told = digest(user, now)
        # Without an agency in reach nothing is sent, and nothing is asked again this week.
        if not going(letter, clock()) or told is None:
            continue
        try:
            _send(user, told)
        except (OSError, SMTPException) as error:
            refused(letter)
            log.warning("digest_not_sent", user=user_id, error=type(error).__name__)
            continue
        gone(letter, clock())
        sent += 1
    return sent, False


def _send(user: User, told: Digest) -> None:
    written = letter_of(told)
    message = EmailMultiAlternatives(
        written.subject,
        written.text,
        settings.DEFAULT_FROM_EMAIL,
        [user.email],
        headers={"Auto-Submitted": "auto-generated"},
        connection=get_connection(),
    )
    message.attach_alternative(written.html, "text/html")
    message.send()
