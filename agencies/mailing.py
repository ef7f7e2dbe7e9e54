"""Letters that tell of something in the database: sent once it stands, and never in its way."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

log = structlog.get_logger(__name__)


def send_after_commit(addresses: Sequence[str], subject: str, body: str, *, about: str) -> None:
    """Send a letter to each address once this transaction stands.

    One that cannot be sent is named in the log by ``about``, and nothing is raised.
    """

    def send() -> None:
        for address in addresses:
            try:
                send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [address])
            except OSError as error:
                log.warning("letter_not_sent", about=about, error=type(error).__name__)

    if addresses:
        transaction.on_commit(send, robust=True)
