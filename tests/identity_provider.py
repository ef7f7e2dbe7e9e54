"""A provider of identities for tests: django-allauth's OpenID Connect provider, in a process of its own.

Nothing of the portal is in it. People sign in there with PASSWORD on its own pages; `/control` says
who they are, and what else a token says of them.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from portal.serving.child import Child
from portal.serving.ports import free_port

CLIENT_ID = "portal"
CLIENT_SECRET = "the portal's own secret at the provider"
PASSWORD = "a phrase only the provider knows"


@dataclass
class Provider:
    """A running provider, as a test sees it."""

    url: str
    printed: io.StringIO = field(default_factory=io.StringIO)

    def knows(self, username: str, *, email: str, verified: bool = True, **says: Any) -> None:
        """Open an account there; ``says`` goes into its tokens as it is."""
        self.control(person={"username": username, "email": email, "verified": verified, "says": says})

    def answers_to(self, *addresses: str) -> None:
        """Where the portal may be answered."""
        self.control(redirect_uris=list(addresses))

    def control(self, **said: Any) -> None:
        """Tell the provider something."""
        requests.post(f"{self.url}/control", json=said, timeout=10).raise_for_status()


@contextmanager
def running() -> Iterator[Provider]:
    """Run a provider; nothing of it remains afterwards."""
    port = free_port()
    provider = Provider(f"http://127.0.0.1:{port}")
    with tempfile.TemporaryDirectory(prefix="test-provider-") as folder:
        env = {
            "PROVIDER_FOLDER": folder,
            "OAUTHLIB_INSECURE_TRANSPORT": "1",
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "DJANGO_SETTINGS_MODULE": "",
        }
        child = Child("provider", [sys.executable, __file__, str(port)], env, output=provider.printed)
        child.start()
        try:
            deadline = time.monotonic() + 60
            while not _answers(provider.url):
                assert child.running and time.monotonic() < deadline, provider.printed.getvalue()
                time.sleep(0.1)
            yield provider
        finally:
            child.ask_to_stop()
            child.wait(5)
            child.kill_group()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/.well-known/openid-configuration", timeout=5).ok
    except requests.ConnectionError:
        return False


def serve(port: int) -> None:
    """Be the provider."""
    import django
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings

    pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    settings.configure(
        SECRET_KEY="the provider's, not the portal's",
        ALLOWED_HOSTS=["*"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": Path(os.environ["PROVIDER_FOLDER"], "provider.sqlite3"),
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        ROOT_URLCONF="tests.identity_provider_site",
        SESSION_COOKIE_NAME="provider_session",
        ACCOUNT_EMAIL_VERIFICATION="none",
        ACCOUNT_RATE_LIMITS=False,
        IDP_OIDC_ADAPTER="tests.identity_provider_site.TokenAdapter",
        IDP_OIDC_PRIVATE_KEY=pem.decode(),
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command
    from django.core.servers.basehttp import run
    from django.core.wsgi import get_wsgi_application

    from tests.identity_provider_site import enrol_portal

    call_command("migrate", verbosity=0)
    enrol_portal(CLIENT_ID, CLIENT_SECRET)
    run("127.0.0.1", port, get_wsgi_application(), threading=True)


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"serving": sys.argv[1]}) + "\n")
    serve(int(sys.argv[1]))
