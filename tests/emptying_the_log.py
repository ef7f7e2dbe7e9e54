"""Between tests that commit, Django empties every table; the log of decisions and what was published let
nobody do that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase

from agencies import event_log_guard
from scoring import publication_guard


@pytest.fixture(scope="session", autouse=True)
def log_emptied_between_tests() -> Iterator[None]:
    """Take the triggers away while Django empties the tables, and put them back."""
    empty: Any = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def without_triggers(case: Any) -> None:
        event_log_guard.remove(connection)
        publication_guard.remove(connection)
        try:
            empty(case)
        finally:
            event_log_guard.install(connection)
            publication_guard.install(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", without_triggers)
        yield
