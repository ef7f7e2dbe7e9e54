"""What `manage.py check --deploy` says about signing in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from agencies.second_factor import REQUIRED


@register(Tags.security, deploy=True)
def second_factor_required(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A server without second factors is one guessed password away from a published result."""
    if settings.SECOND_FACTOR == REQUIRED:
        return []
    return [
        Warning(
            "SECOND_FACTOR is off: who may write signs in with a password alone.",
            hint="Remove SECOND_FACTOR from the environment.",
            id="portal.W001",
        )
    ]


@register(Tags.security, deploy=True)
def provider_over_tls(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What a provider of identities says is believed because of the connection it came by."""
    if not settings.OIDC_SERVER_URL or settings.OIDC_SERVER_URL.startswith("https://"):
        return []
    return [Error("OIDC_SERVER_URL must begin with https://.", id="portal.E001")]
