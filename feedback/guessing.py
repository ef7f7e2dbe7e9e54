"""Guessing digits and secrets: counted by code and by address, for codes that exist and those that do not.

A lock is the same for both, so it does not tell which codes there are. Counts live in the cache, under
keyed hashes; an address is given more, because an office shares one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from feedback.keys import keyed
from feedback.sources import source_of


class Limit(NamedTuple):
    """So many wrong tries in a time, then no more until that time is over."""

    tries: int
    within: timedelta


#: Ten thousand possibilities of four digits: five a quarter of an hour and ten a day are years.
PER_CODE = (Limit(5, timedelta(minutes=15)), Limit(10, timedelta(days=1)))
PER_ADDRESS = (Limit(30, timedelta(minutes=15)), Limit(200, timedelta(days=1)))


class LockedError(ValidationError):
    """Too many wrong tries, for this code or from this address; the right answer is refused as well."""

    def __init__(self) -> None:
        super().__init__(_("Too many wrong tries. Try again later."), code="locked")


class NotProvedError(ValidationError):
    """Code and proof do not belong together, or there is no such code: nobody learns which."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="not_proved")


def refuse_if_locked(what: str, code: str, address: str) -> None:
    """Raise LockedError when ``code`` (of a dossier, of a petition: ``what``) or ``address`` is locked."""
    counters = _counters(what, code, address)
    found = cache.get_many([key for key, _limit in counters])
    if any(found.get(key, 0) >= limit.tries for key, limit in counters):
        raise LockedError


def note_wrong(what: str, code: str, address: str) -> None:
    """Count a wrong try."""
    for key, limit in _counters(what, code, address):
        seconds = int(limit.within.total_seconds())
        cache.add(key, 0, seconds)
        try:
            cache.incr(key)
        except ValueError:  # it ran out between the two calls
            cache.set(key, 1, seconds)


def note_right(what: str, code: str) -> None:
    """Forget the wrong tries for a code once it was proved; those of the address stay."""
    cache.delete_many([key for key, _limit in _by_code(what, code)])


def _counters(what: str, code: str, address: str) -> list[tuple[str, Limit]]:
    source = source_of(address)
    by_address = _keys("address", source, PER_ADDRESS) if source else []
    return [*_by_code(what, code), *by_address]


def _by_code(what: str, code: str) -> list[tuple[str, Limit]]:
    return _keys(what, code.strip().upper(), PER_CODE)


def _keys(what: str, told: str, limits: Sequence[Limit]) -> list[tuple[str, Limit]]:
    about = f"feedback-wrong:{keyed('guessing', what, told)}"
    return [(f"{about}:{int(limit.within.total_seconds())}", limit) for limit in limits]
