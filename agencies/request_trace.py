"""Which request is being answered: what the log of decisions notes, and how long memory may last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Trace:
    """One request: its id and the address it came from. Two requests are never equal."""

    request_id: str = ""
    address: str = ""


_current: ContextVar[Trace | None] = ContextVar("request_trace", default=None)


@contextmanager
def traced(request_id: str, address: str = "") -> Iterator[Trace]:
    """Within: what happens belongs to this request."""
    trace = Trace(request_id, address)
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


def current_trace() -> Trace | None:
    """The request being answered; None in a command, a task or a test without one."""
    return _current.get()
