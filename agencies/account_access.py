"""What an operator does for people who cannot sign in: unlocking, taking a lost second factor off."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import lockout
from agencies.event_log import record
from agencies.event_words import declare
from agencies.models import User

SECOND_FACTOR_RESET = declare("account.second_factor_reset", gettext_lazy("took the second factor off"))
UNLOCKED = declare("account.unlocked", gettext_lazy("unlocked an account"))


@transaction.atomic
def reset_second_factor(user: User, *, by: User | None, reason: str, as_of: datetime) -> None:
    """Take every second factor and recovery code off an account, and end all its sessions.

    The person sets up new ones with the next sign-in. ``by`` None is the command line. Raises
    ValidationError without a reason: who asked, and how it was made sure that it was them.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say who asked, and how you made sure that it was them.")})
    kinds = sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    Authenticator.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    record(SECOND_FACTOR_RESET, user, actor=by, as_of=as_of, before={"kinds": kinds}, reason=reason)


@transaction.atomic
def unlock(user: User, *, by: User | None, as_of: datetime) -> bool:
    """End the lock that wrong passwords and codes put on an account; False if there was none."""
    if not lockout.is_locked(user):
        return False
    record(UNLOCKED, user, actor=by, as_of=as_of)
    lockout.unlock(user)
    return True
