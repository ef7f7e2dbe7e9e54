"""The world with its marks, and a browser for each person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.doors.world import World, make_world
from tests.signing_in import signed_in

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def files_of_their_own(settings: Any, tmp_path: Path) -> None:
    """What is attached to petitions here lies beside nobody else's."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def world(db: None) -> World:
    return make_world(timezone.now())


@pytest.fixture
def as_person(world: World) -> SignIn:
    """A browser in which the person of this name has just signed in, second factor and all."""

    def browser(name: str) -> Any:
        return signed_in(world.people[name])

    return browser
