"""Proof that a dossier is the applicant's own, without keeping who the applicant is.

Kept are two keyed hashes: of the last four digits of the phone number, and of the identity number.
Each is bound to its dossier's code, so equal digits do not show across dossiers, and without the key
nobody can try the ten thousand possibilities.
"""

from __future__ import annotations

import hmac
import os
import re
from functools import cache
from hashlib import blake2b
from typing import Protocol

from django.conf import settings
from django.utils.crypto import constant_time_compare

DIGITS = 4
HASH_LENGTH = 32


class Provable(Protocol):
    """What a dossier must have for its applicant to be recognised."""

    code: str
    phone_hash: str
    identity_hash: str


def applicant_hash(code: str, number: str) -> str:
    """The hash that stands for a phone or identity number in the dossier ``code``.

    Empty when ``number`` has fewer than four digits. The key is APPLICANT_HASH_KEY of the environment,
    else derived from SECRET_KEY; changing it makes older dossiers unprovable until they are sent again.
    """
    last = number[-DIGITS:]
    if len(last) < DIGITS or not last.isdecimal() or not last.isascii():
        last = re.sub(r"[^0-9]", "", number)[-DIGITS:]
        if len(last) < DIGITS:
            return ""
    return blake2b(f"{code}\n{last}".encode(), key=_key(), digest_size=HASH_LENGTH // 2).hexdigest()


def proves(dossier: Provable, digits: str) -> bool:
    """Whether ``digits`` are the last four of the applicant's phone or identity number.

    The caller limits how often one may guess.
    """
    digits = digits.strip()
    if len(digits) != DIGITS or not digits.isdecimal() or not digits.isascii():
        return False
    given = applicant_hash(dossier.code, digits)
    known = [stored for stored in (dossier.phone_hash, dossier.identity_hash) if stored]
    # All are compared, so that the time taken does not tell which one matched.
    return sum(constant_time_compare(given, stored) for stored in known) > 0


@cache
def _key() -> bytes:
    secret = os.environ.get("APPLICANT_HASH_KEY") or settings.SECRET_KEY
    return hmac.digest(b"applicant of a dossier", secret.encode(), "sha256")
