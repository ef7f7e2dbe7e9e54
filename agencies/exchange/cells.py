"""What stands in a cell of a file: nothing that a spreadsheet would run, on the way out or in."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Any

from django.utils import timezone

#: What makes a spreadsheet take a text for a formula, the full-width forms it also knows included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Put before such a text, it makes it one again.
MARK = "'"

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

Cell = str | int | float | bool | date | datetime | None


def harmless(value: Any) -> Any:
    """The value as a cell that no spreadsheet runs: a text it would run gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return MARK + value
    return value


def given(text: str) -> str:
    """What a text cell meant: without the apostrophe of ``harmless``, composed, trimmed, printable.

    So that a file written here reads back as what was in it, however its letters were typed.
    """
    text = _UNPRINTABLE.sub("", unicodedata.normalize("NFC", text))
    marked = text.startswith(MARK) and text[1:].startswith(FORMULA_STARTS)
    return (text[1:] if marked else text).strip()


def shown(value: Any) -> Cell:
    """A value as it stands in a file: moments in Vietnamese time, without a zone."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if value is None or isinstance(value, str | int | float | bool | date):
        return value
    return str(value)
