"""Keys of this app's own, one for each purpose, none of them usable for another."""

from __future__ import annotations

import base64
import hmac
import os
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@cache
def key_for(purpose: str) -> bytes:
    """The 32 bytes of the key for ``purpose``, derived from FEEDBACK_KEY of the environment or, without
    it, from SECRET_KEY."""
    return _derived(purpose, _secrets()[0])


def keyed(purpose: str, *parts: str, length: int = 32) -> str:
    """A keyed hash of the parts, ``length`` hexadecimal digits; nobody without the key can try values."""
    return hmac.digest(key_for(purpose), "\n".join(parts).encode(), "sha256").hex()[:length]


def keyed_by_all(purpose: str, *parts: str, length: int = 32) -> list[str]:
    """As ``keyed``, by the key of now and by those of retired secrets."""
    told = "\n".join(parts).encode()
    return [hmac.digest(key, told, "sha256").hex()[:length] for key in keys_for(purpose)]


@cache
def sealer(purpose: str) -> MultiFernet:
    """What seals and opens texts; what was sealed with a retired key (SECRET_KEY_FALLBACKS) still opens."""
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(purpose, secret))) for secret in _secrets()])


def keys_for(purpose: str) -> list[bytes]:
    """The key for ``purpose`` now, then those of retired secrets."""
    return [_derived(purpose, secret) for secret in _secrets()]


def _secrets() -> list[str]:
    own = os.environ.get("FEEDBACK_KEY")
    return [*([own] if own else []), settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _derived(purpose: str, secret: str) -> bytes:
    return hmac.digest(f"feedback: {purpose}".encode(), secret.encode(), "sha256")
