"""A small country with a month to publish, and the two people it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core.management import call_command

from agencies import roles
from agencies.granting import grant
from agencies.models import User
from scoring.freezing import freeze
from scoring.models import Publication
from scoring.periods import Period
from scoring.publishing import approve, close, propose
from scoring.recount import recount_all
from tests.people import LET_IN, FourPeople, account, let_in, role
from tests.scoring.country import NOW, Country, make_country, make_dossier, on

MARCH = Period.parse("2026-M03")


@dataclass
class Results:
    """A country that counted March 2026, and who may publish it."""

    country: Country
    people: FourPeople
    proposer: User
    approver: User


def make_results() -> Results:
    """Dossiers of March in every office that handles any, some of them late, counted and scored."""
    country = make_country()
    people = let_in()
    second = account("second-reviewer")
    grant(people.operator, second, role(roles.REVIEWER), people.nation, reason="hai người", as_of=LET_IN)
    call_command("load_indicators")
    for index, office in enumerate(country.handling):
        for number in range(12):
            received = on(3, 2 + number)
            ended = received + timedelta(days=3 + (number * (index + 1)) % 12)
            make_dossier(office, country.marriage, received, ended_at=ended, channel=2, has_attachment=True)
    recount_all(NOW)
    return Results(country, people, people.reviewer, second)


def closed(results: Results, period: Period = MARCH, reason: str = "") -> Publication:
    """A publication of the period, frozen."""
    publication = close(period, by=results.proposer, reason=reason, as_of=NOW)
    freeze(publication, NOW)
    return publication


def published(results: Results, period: Period = MARCH, reason: str = "") -> Publication:
    """A publication of the period, as everybody sees it."""
    publication = closed(results, period, reason)
    propose(publication, by=results.proposer, reason=reason or "Kết quả tháng 3", as_of=NOW)
    approve(publication, by=results.approver, as_of=NOW + timedelta(hours=1))
    return publication
