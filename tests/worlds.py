"""Worlds that the tests of a module share: built once, and every test starts from the same one.

What a test changes is rolled back with it, as ever. Take one only where every test of the module that
uses the database asks for it: between two of them it is there for the others too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction


def built_once(build: Callable[[], Any]) -> Any:
    """A fixture that keeps what ``build`` makes for a whole module; give tests a deep copy of it."""

    @pytest.fixture(scope="module")
    def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
        with django_db_blocker.unblock(), transaction.atomic():
            yield build()
            transaction.set_rollback(True)

    return built
