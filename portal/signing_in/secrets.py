"""Sealing what must be read again, such as the secret of an authenticator app, with SECRET_KEY."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def sealed(text: str) -> str:
    """The text, to be read only by who has SECRET_KEY."""
    return _keys().encrypt(text.encode()).decode()


def unsealed(text: str) -> str:
    """What ``sealed`` was given; raises cryptography.fernet.InvalidToken if no key fits.

    Keys retired into SECRET_KEY_FALLBACKS still fit.
    """
    return _keys().decrypt(text.encode()).decode()


def _keys() -> MultiFernet:
    return MultiFernet(
        [Fernet(_derived(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _derived(key: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"portal.signing_in.secrets")
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
