"""Signing in as people do, and the short way for tests of something else."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from agencies.models import User

PASSWORD = "tre già măng mọc sớm"
#: The secret of everybody's authenticator app.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def account(username: str = "reviewer", *, factor: bool = True, **fields: Any) -> User:
    """An account that may write, with an authenticator app unless ``factor`` is False."""
    fields = {"is_staff": True, "is_superuser": True, **fields}
    user = User.objects.create_user(username, password=PASSWORD, **fields)
    if factor:
        give_app(user)
    return user


def give_app(user: User) -> Authenticator:
    """An authenticator app with SECRET."""
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(SECRET)}
    )


def code(steps: int = 0, secret: str = SECRET) -> str:
    """What the app shows now, or ``steps`` half minutes from now."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


def send_password(client: Client, username: str, password: str = PASSWORD, **more: Any) -> Any:
    """Send the sign-in form."""
    return client.post(reverse("account_login"), {"login": username, "password": password, **more})


def send_code(client: Client, value: str) -> Any:
    """Send the form of the second factor."""
    return client.post(reverse("mfa_authenticate"), {"code": value})


def signed_in(user: User, **headers: Any) -> Client:
    """A client that signed in as ``user``, with a password and a second factor, just now."""
    client = Client(**headers)
    client.force_login(user)
    prove(client, "password", "mfa")
    return client


def prove(client: Client, *methods: str, seconds_ago: int = 0) -> None:
    """Note in a client's session that its user proved themselves by these methods."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": method, "at": time.time() - seconds_ago} for method in methods
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    session.save()
