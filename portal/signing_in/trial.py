"""What every admin page says while second factors are off."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_logged_in
from django.conf import settings
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from agencies.second_factor import REQUIRED, may_write


def banner(request: HttpRequest) -> list[str] | None:
    """A text and its tone for the head of the page; None where second factors are required."""
    if settings.SECOND_FACTOR == REQUIRED:
        return None
    return [_("Trial: no second factor"), "danger"]


@receiver(user_logged_in)
def warn(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Say at sign-in what the banner has no room for."""
    if settings.SECOND_FACTOR != REQUIRED and may_write(user):
        messages.warning(
            request,
            _("Second factors are off: a password alone gets in. Not for a server that others reach."),
        )
