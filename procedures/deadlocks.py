"""Trying a transaction again when the database broke it off to end a deadlock."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_TRIES = 3
_DEADLOCK = "40P01"


def again_after_deadlock(
    write: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Result:
    """Call ``write``, a whole transaction that may be done over, up to three times.

    Batches lock in order of code, so a deadlock takes three of them and is rare. Inside an outer
    transaction nothing can be done over: the error goes up.
    """
    for tried in range(1, _TRIES + 1):
        try:
            return write(*args, **kwargs)
        except OperationalError as error:
            code = getattr(error.__cause__, "sqlstate", None)
            if code != _DEADLOCK or connection.in_atomic_block or tried == _TRIES:
                raise
    raise AssertionError("unreachable")
