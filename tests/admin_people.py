"""Who comes to the admin's door: an operator, a reviewer, a province's administrator, an officer of one
of its communes, and a data steward of another province; each let in by a grant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from agencies import roles
from agencies.granting import grant, make_operator
from tests.people import LET_IN, account, role
from tests.scoring.country import Country, make_country
from tests.signing_in import prove


@dataclass
class People:
    """Each signed in.

    ::

        VN      operator, reviewer
        ├── H44         administrator
        │   └── H44.101     officer
        └── H19         neighbour
    """

    operator: Client
    reviewer: Client
    administrator: Client
    officer: Client
    neighbour: Client


def signed_in(user: Any) -> Client:
    """A browser in which ``user`` has just signed in."""
    client = Client()
    client.force_login(user)
    prove(client, "password")
    return client


def in_english(client: Client) -> Client:
    """The same browser, its switch set to English."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture(name="country")
def small_country(db: None) -> Country:
    """Two provinces, one with a department and two communes; a ministry."""
    return make_country()


@pytest.fixture(name="people")
def people_at_the_door(country: Country, monkeypatch: pytest.MonkeyPatch) -> People:
    """The five, each with a role in their part of the tree."""
    # How one signs in is tried elsewhere.
    monkeypatch.setattr(settings, "SECOND_FACTOR", "off")
    people = {name: account(name) for name in People.__dataclass_fields__}
    operator = people["operator"]
    make_operator(operator, reason="first", as_of=LET_IN)
    for name, code, agency in (
        ("reviewer", roles.REVIEWER, country.nation),
        ("administrator", roles.ADMINISTRATOR, country.north),
        ("officer", roles.OFFICER, country.north_communes[0]),
        ("neighbour", roles.DATA_STEWARD, country.south),
    ):
        grant(operator, people[name], role(code), agency, reason="their work", as_of=LET_IN)
    return People(**{name: signed_in(user) for name, user in people.items()})
