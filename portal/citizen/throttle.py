"""How often one address may do what costs work or space; a flood is refused in words.

Many telephones share an address, so the limits are wide: what a crowd says in earnest passes, what a
program sends does not. Whether voices count is decided elsewhere (``feedback.bursts``).
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from feedback.keys import keyed
from feedback.sources import source_of


class Pace(NamedTuple):
    """So many in a time."""

    most: int
    within: timedelta


RATE, WRITE, SEND = "rate", "write", "send"
PACES: dict[str, Pace] = {
    # A counter's tablet takes one in ten seconds on a busy day.
    RATE: Pace(60, timedelta(minutes=1)),
    # Each begins a draft that is kept for some hours.
    WRITE: Pace(60, timedelta(hours=1)),
    # Each may bring five pictures to be drawn anew.
    SEND: Pace(30, timedelta(hours=1)),
}


class TooOftenError(ValidationError):
    """More from one address than its pace allows."""

    def __init__(self) -> None:
        super().__init__(
            _("Too much is coming from your connection at once. Wait a little, then try again."),
            code="too_often",
        )


def count_one(what: str, address: str) -> None:
    """Count one act of ``what`` from ``address``. Raises TooOftenError when that is one too many."""
    source = source_of(address)
    if not source:
        return
    pace = PACES[what]
    key = f"citizen-pace:{keyed('pace', what, source)}"
    seconds = int(pace.within.total_seconds())
    if cache.add(key, 1, seconds):
        return
    try:
        done = cache.incr(key)
    except ValueError:  # it ran out between the two calls
        cache.set(key, 1, seconds)
        return
    if done > pace.most:
        raise TooOftenError
