"""Leaving the outbox out while the country comes up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from procedures.signals import catalogue_changed, counts_changed
from scoring import outbox

_LISTENERS = (
    (counts_changed, outbox.on_counts_changed, "scoring.outbox"),
    (catalogue_changed, outbox.on_catalogue_changed, "scoring.outbox.catalogue"),
)


@contextmanager
def unmarked() -> Iterator[None]:
    """Mark nothing for recount in this process: for loads that end in a recount of everything.

    Marks would be a hundred thousand rows written only to be thrown away.
    """
    for signal, _listener, uid in _LISTENERS:
        signal.disconnect(dispatch_uid=uid)
    try:
        yield
    finally:
        for signal, listener, uid in _LISTENERS:
            signal.connect(listener, dispatch_uid=uid)
