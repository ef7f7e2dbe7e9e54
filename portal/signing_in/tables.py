"""The tables behind signing in have no pages in the admin: they hold secrets and other people's sessions."""

from __future__ import annotations

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin

HIDDEN = (
    EmailAddress, EmailConfirmation, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession,
)  # fmt: skip


def hide() -> None:
    """Take away the admin pages that allauth made for its tables."""
    for model in HIDDEN:
        if admin.site.is_registered(model):
            admin.site.unregister(model)
