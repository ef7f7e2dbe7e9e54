"""Passwords that are long enough and still among the first to be tried."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agencies.folding import folded

#: What guessers here try first, without diacritics; the longer before what they contain.
WELL_KNOWN = (
    "hanhchinhcong", "dichvucong", "uybannhandan", "chuyenvien", "matkhau", "taikhoan", "quantri", "vietnam",
    "hanoi", "saigon", "hochiminh", "anhyeuem", "iloveyou", "password", "passw0rd", "p@ssword", "p@ssw0rd",
    "welcome", "letmein", "administrator", "admin", "qwertyuiop", "qwerty", "asdfghjkl", "asdfgh", "zxcvbnm",
    "1qaz2wsx", "abcdef", "abc123", "ubnd", "vpcp", "dvc",
)  # fmt: skip
#: Characters that must be left when what is well known is taken out.
REMAINING = 6
DISTINCT = 5

_YEARS = re.compile(r"(?:19|20)\d\d")
_RUNS = re.compile(r"(.)\1{2,}")
_SEPARATORS = re.compile(r"[\W_]+")
_SEQUENCES = ("01234567890", "09876543210", "abcdefghijklmnopqrstuvwxyz")


class GuessablePasswordValidator:
    """Refuses a password that is little but common words, years, sequences and repetition.

    ``Matkhau@123456`` is fourteen characters long, and among the first that anybody tries.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError if too little is left of ``password`` without what is well known."""
        words = (*WELL_KNOWN, *_own_words(user))
        # Once as it was typed, once with what stands between the letters left out.
        rest = _SEPARATORS.sub("", _without(words, folded(password)))
        rest = _without(words, rest)
        rest = _RUNS.sub(r"\1", _YEARS.sub("", rest))
        for sequence in _SEQUENCES:
            rest = _without_parts_of(sequence, rest)
        if len(rest) < REMAINING or len(set(password)) < DISTINCT:
            raise ValidationError(
                _("This password is easily guessed: it is made of common words, years or sequences."),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        """What a person is told before choosing one."""
        return _("A sentence of several unrelated words is good: easy to remember, hard to guess.")


def _own_words(user: Any) -> list[str]:
    name = getattr(user, "username", "") or ""
    return [word for word in _SEPARATORS.split(folded(name)) if len(word) > 3]


def _without(words: Iterable[str], text: str) -> str:
    for word in words:
        text = text.replace(word, "")
    return text


def _without_parts_of(sequence: str, text: str) -> str:
    """``text`` without stretches of four and more characters that follow one another in ``sequence``."""
    kept, at = "", 0
    while at < len(text):
        end = at + 1
        while end < len(text) and text[at : end + 1] in sequence:
            end += 1
        kept += "" if end - at >= 4 else text[at:end]
        at = end
    return kept
