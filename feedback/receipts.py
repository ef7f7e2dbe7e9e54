"""Receipt codes and secrets of petitions: by these alone a sender follows theirs."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from feedback.guessing import NotProvedError, note_right, note_wrong, refuse_if_locked
from feedback.keys import keyed, keyed_by_all
from feedback.models import Petition
from procedures.months import VIETNAM

PETITION = "petition"
#: Letters and digits that nobody takes for one another.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_PART = 4
_RECEIPT = "petition receipt"


def new_code(as_of: datetime) -> str:
    """A receipt code that says the day and tells nothing else: ``PA261121-7K3Q-F2MX``."""
    letters = "".join(secrets.choice(_ALPHABET) for _letter in range(2 * _PART))
    return f"PA{as_of.astimezone(VIETNAM):%y%m%d}-{letters[:_PART]}-{letters[_PART:]}"


def secret_of(code: str, form_key: str) -> str:
    """The secret told with the receipt code: three times four letters.

    It follows from the key of the form, which only the sender has, so that a form sent twice is
    answered alike although only a hash of the secret is kept.
    """
    number = int(keyed("petition secret", code, form_key, length=64), 16)
    letters = []
    for _letter in range(3 * _PART):
        number, place = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[place])
    text = "".join(letters)
    return "-".join(text[start : start + _PART] for start in range(0, len(text), _PART))


def secret_hash(code: str, secret: str) -> str:
    """What is kept of a secret."""
    return keyed(_RECEIPT, code, _tidy(secret))


def find(code: str, secret: str, *, address: str) -> Petition:
    """The petition of a receipt.

    Raises NotProvedError, the same for a wrong secret and for a code nobody has, and LockedError after
    too many wrong tries.
    """
    code = "".join(code.split()).upper()[:20]
    refuse_if_locked(PETITION, code, address)
    found = Petition.objects.select_related("agency", "procedure").filter(code=code).first()
    kept = found.secret_hash if found else keyed("nobody", code)
    given = keyed_by_all(_RECEIPT, code, _tidy(secret[:40]))
    # All are compared, whoever asks: the time taken tells nothing.
    right = sum(constant_time_compare(one, kept) for one in given) > 0
    if found is None or not right:
        note_wrong(PETITION, code, address)
        raise NotProvedError(_("No petition has this receipt code with this secret."))
    note_right(PETITION, code)
    return found


def _tidy(secret: str) -> str:
    return "".join(c for c in secret.upper() if c in _ALPHABET)
