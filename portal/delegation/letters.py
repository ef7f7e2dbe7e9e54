"""Sending the letters of invitations, one or many, and saying what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage, get_connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.invitations import letter
from agencies.models import Invitation

log = structlog.get_logger(__name__)


def send_letter(request: HttpRequest, invitation: Invitation, token: str) -> None:
    """Send one letter and tell the inviter that it went, or that it could not and what to do."""
    if send_letters(request, [(invitation, token)]):
        messages.error(
            request,
            _("%(email)s is invited, but the letter could not be sent. Send it again from the list below.")
            % {"email": invitation.email},
        )
        return
    told = _("A letter to %(email)s is on its way; its link is good until %(until)s.") % {
        "email": invitation.email,
        "until": timezone.localtime(invitation.expires_at).strftime("%d/%m/%Y %H:%M"),
    }
    messages.success(request, told)
    if not settings.PASSWORD_RESET:
        messages.warning(request, _("No mail server is set up: the letter was printed by the server alone."))


def send_letters(request: HttpRequest, invited: Iterable[tuple[Invitation, str]]) -> list[Invitation]:
    """Send a letter for each invitation and its token; returns those whose letter could not be sent."""
    failed: list[Invitation] = []
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        log.warning("letters_not_sent", error=type(error).__name__)
        return [invitation for invitation, _token in invited]
    try:
        for invitation, token in invited:
            link = request.build_absolute_uri(reverse("invitation", args=[token]))
            subject, text = letter(invitation, link)
            try:
                EmailMessage(subject, text, None, [invitation.email], connection=connection).send()
            except (OSError, SMTPException) as error:
                log.warning("letter_not_sent", invitation=invitation.pk, error=type(error).__name__)
                failed.append(invitation)
    finally:
        connection.close()
    return failed
