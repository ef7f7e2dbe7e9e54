"""A country, the people who handle, review and send, and short ways to do what they do."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from agencies import roles
from agencies.granting import grant, make_operator
from agencies.models import Agency, User
from feedback.models import Door, Opinion, Petition
from feedback.petitions import Receipt, Told, send
from feedback.ratings import Rated, Said, rate
from procedures.applicants import applicant_hash
from procedures.models import Dossier
from procedures.months import VIETNAM
from tests.people import LET_IN, account, role
from tests.scoring.country import Country, make_country, make_dossier

_forms = count(1)
TOLD = ("kind", "subject", "body", "dossier", "procedure")
#: A Monday without holidays near.
NOW = datetime(2026, 5, 18, 9, 0, tzinfo=VIETNAM)
UNHAPPY = Said(Opinion.Satisfaction.NOT_SATISFIED)
HAPPY = Said(Opinion.Satisfaction.VERY_SATISFIED)


def at(day: str, hour: int = 9) -> datetime:
    """A moment of 2026 in Vietnam: ``at("05-18")``."""
    return datetime.fromisoformat(f"2026-{day}").replace(hour=hour, tzinfo=VIETNAM)


class Staff:
    """Who works where.

    ::

        VN      reviewer
        ├── H44         administrator
        │   └── H44.101     officer
        └── H19.101     stranger
    """

    def __init__(self, country: Country) -> None:
        operator = account("operator")
        make_operator(operator, reason="first", as_of=LET_IN)
        self.operator = operator
        for name, code, agency in (
            ("reviewer", roles.REVIEWER, country.nation),
            ("administrator", roles.ADMINISTRATOR, country.north),
            ("officer", roles.OFFICER, country.north_communes[0]),
            ("stranger", roles.OFFICER, country.south_commune),
        ):
            person = account(name)
            grant(operator, person, role(code), agency, reason="their work", as_of=LET_IN)
            setattr(self, name, person)

    reviewer: User
    administrator: User
    officer: User
    stranger: User


@pytest.fixture
def country(db: None) -> Country:
    return make_country()


@pytest.fixture
def staff(country: Country) -> Staff:
    return Staff(country)


@pytest.fixture
def commune(country: Country) -> Agency:
    return country.north_communes[0]


def dossier_of(agency: Agency, country: Country, **facts: Any) -> Dossier:
    """A dossier received on 4 May, whose applicant's phone ends in 4321."""
    facts.setdefault("ended_at", at("05-12"))
    dossier = make_dossier(agency, country.marriage, at("05-04"), **facts)
    dossier.phone_hash = applicant_hash(dossier.code, "0912344321")
    dossier.save()
    return dossier


@pytest.fixture
def dossier(country: Country, commune: Agency) -> Dossier:
    return dossier_of(commune, country)


def give(dossier: Dossier, said: Said = UNHAPPY, as_of: datetime = NOW, **more: Any) -> Rated:
    """Rate a dossier on the public page."""
    return rate(dossier, said, door=more.pop("door", Door.PAGE), as_of=as_of, **more)


def write(agency: Agency, as_of: datetime = NOW, **more: Any) -> Receipt:
    """Send a petition about an agency."""
    told = {
        "kind": Petition.Kind.RULES,
        "subject": "Chờ lâu",
        "body": "Tôi chờ ba giờ mà không ai gọi số.",
        **{name: more.pop(name) for name in TOLD if name in more},
    }
    more.setdefault("form_key", f"form-{next(_forms)}")
    return send(Told(agency=agency, **told), door=more.pop("door", Door.PAGE), as_of=as_of, **more)


def days(count: float) -> timedelta:
    return timedelta(days=count)
