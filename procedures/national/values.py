"""Reading the values of the national protocol: text that means a moment, a number or a yes.

Every function raises RecordRefusedError with the field's own name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache

from procedures.months import VIETNAM
from procedures.national.structs import Loose
from procedures.records import EARLIEST, LATEST
from procedures.refusals import Reason, RecordRefusedError

_YES = frozenset({"1", "true", "True", "TRUE", True})
_NO = frozenset({"0", "false", "False", "FALSE", "", False, None})
_FIRST_YEAR, _LAST_YEAR = str(EARLIEST.year), str(LATEST.year)


def text(value: Loose) -> str:
    """The value as text, without space around it."""
    if type(value) is str:
        return value.strip()
    return "" if value is None else str(value)


def moment(value: Loose, field: str) -> datetime | None:
    """A ``yyyyMMddHHmmss`` in Vietnamese time; None when absent."""
    if not value:
        return None
    written = value if type(value) is str else str(value)
    try:
        return datetime.combine(_day(written[:8]), _time(written[8:]))
    except ValueError:
        if not written.strip():
            return None
        raise RecordRefusedError(field, Reason.MALFORMED_DATE, written) from None


# Days and times come again and again, and are dearer to read than to remember.
@lru_cache(maxsize=4096)
def _day(written: str) -> date:
    if not written.isdigit() or not _FIRST_YEAR < written[:4] < _LAST_YEAR:
        raise ValueError(written)
    return date.fromisoformat(written)


@lru_cache(maxsize=86_400)
def _time(written: str) -> time:
    if not written.isdigit() or len(written) != 6:
        raise ValueError(written)
    return time(int(written[:2]), int(written[2:4]), int(written[4:]), tzinfo=VIETNAM)


def choice(value: Loose, field: str, allowed: Mapping[object, int], absent: int | None) -> int:
    """One of the ``allowed`` numbers, written in any way; ``absent`` stands for nothing sent."""
    found = allowed.get(value)
    if found is not None:
        return found
    written = text(value)
    if not written:
        if absent is None:
            raise RecordRefusedError(field, Reason.MISSING)
        return absent
    try:
        number = int(written)
    except ValueError:
        raise RecordRefusedError(field, Reason.MALFORMED, written) from None
    if number not in allowed.values():
        raise RecordRefusedError(field, Reason.OUT_OF_RANGE, written)
    return number


def choices(first: int, last: int) -> dict[object, int]:
    """The whole numbers from ``first`` to ``last`` in the ways they are usually written."""
    numbers = range(first, last + 1)
    return {number: number for number in numbers} | {str(number): number for number in numbers}


def says_yes(value: Loose) -> bool:
    """Whether a mark is set; anything but a clear yes is a no."""
    return value in _YES


def boolean(value: Loose) -> bool | None:
    """A yes or no; None when nothing was said. Raises ValueError for anything else."""
    if value is None or value == "":
        return None
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise ValueError(value)


_WHOLE = re.compile(r"\d{1,15}(?:[.,]0{1,2})?")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3}){1,4}")


def money(value: Loose, field: str, place: int) -> int | None:
    """An amount in đồng, "50000", "50000.0" or grouped as "50.000"; None when absent.

    ``field`` is the list it stands in, ``place`` where in it.
    """
    if value is None or value == "":
        return None
    written = text(value)
    if written.isdigit() and len(written) < 16:
        return int(written)
    if _GROUPED.fullmatch(written):
        return int(re.sub("[.,]", "", written))
    if _WHOLE.fullmatch(written):
        return int(re.split("[.,]", written)[0])
    raise RecordRefusedError(f"{field}[{place}].Gia", Reason.MALFORMED, written)
