"""The four people and the operator at the door of delegation, each signed in, and what they can be told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.admin_people import in_english, signed_in
from tests.people import EVERYBODY, FourPeople, let_in

#: The browsers of everybody, by name.
Doors = dict[str, Client]


@pytest.fixture
def four_people(db: None, monkeypatch: pytest.MonkeyPatch) -> FourPeople:
    """The four people; how one signs in is tried elsewhere."""
    monkeypatch.setattr(settings, "SECOND_FACTOR", "off")
    return let_in()


@pytest.fixture
def doors(four_people: FourPeople) -> Doors:
    """A browser for each, in English."""
    return {name: in_english(signed_in(four_people[name])) for name in EVERYBODY}


def answers(doors: Doors, name: str, *args: Any, data: Any = None) -> dict[str, int]:
    """How a page answers each of them: to GET, or with ``data`` to POST."""
    url = reverse(name, args=args)
    return {
        who: (door.get(url) if data is None else door.post(url, data)).status_code
        for who, door in doors.items()
    }


def everybody(**known: int) -> dict[str, int]:
    """What is expected of each; who is not named is not to find it."""
    return {who: known.get(who, 404) for who in EVERYBODY}


def agree(door: Client, url: str, **fields: Any) -> Any:
    """Read a page that asks, then say yes to what it showed."""
    asked = door.get(url)
    assert asked.status_code == 200, asked.status_code
    hidden = {name: [str(value) for key, value in asked.context["hidden"] if key == name]
              for name, _value in asked.context["hidden"]}  # fmt: skip
    return door.post(
        url, {"confirmed": "yes", "seen": asked.context["seen"], **hidden, **fields}, follow=True
    )


def told(response: Any) -> str:
    """What the messages of a page say."""
    return " ".join(str(message) for message in response.context["messages"])


def names(rows: Iterable[Any]) -> list[str]:
    """The usernames of listed grants, in order."""
    return [row.grant.user.username for row in rows]
