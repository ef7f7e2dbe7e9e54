"""Who has to prove themselves by more than a password, and whether they can."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from agencies.permissions import CODENAMES, EXPORT_RECORDS, SEE_LOG, SEE_RECORDS
from agencies.visibility import holds_somewhere

#: Permissions that change nothing.
READING = frozenset({SEE_RECORDS, EXPORT_RECORDS, SEE_LOG})
WRITING = tuple(codename for codename in CODENAMES if codename not in READING)

REQUIRED = "required"


def needs_second_factor(user: Any) -> bool:
    """Whether ``user`` may do nothing here without a second factor: all who may write.

    Nobody while the setting SECOND_FACTOR is "off".
    """
    return settings.SECOND_FACTOR == REQUIRED and may_write(user)


def may_write(user: Any) -> bool:
    """Whether ``user`` may change anything anywhere, by a grant or by Django's own permissions."""
    if not (user.is_authenticated and user.is_active):
        return False
    if user.is_superuser or any(holds_somewhere(user, permission) for permission in WRITING):
        return True
    names = ModelBackend().get_all_permissions(user)
    return any(not name.partition(".")[2].startswith("view_") for name in names)


def has_second_factor(user: Any) -> bool:
    """Whether ``user`` set up an authenticator app or a passkey; recovery codes alone are none."""
    return (
        Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
    )
