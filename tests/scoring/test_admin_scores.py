"""Scorecards, counts and the dossiers behind them, as the admin shows them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency
from procedures.models import Dossier
from scoring.models import Scorecard, Tally
from scoring.recount import recount_all
from tests.admin_people import People, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.factories import ScorecardFactory, indicator_set
from tests.scoring.country import NOW, Country, make_dossier, on


@pytest.fixture
def counted(country: Country) -> Country:
    """Two dossiers of a commune in March: one ended late, one in time; all counted and graded."""
    indicator_set()
    office = country.north_communes[0]
    make_dossier(office, country.marriage, on(3, 2), ended_at=on(3, 30))
    make_dossier(office, country.marriage, on(3, 2), ended_at=on(3, 5), channel=2)
    recount_all(NOW)
    return country


def cards(client: Client, **asked: Any) -> list[Scorecard]:
    answer = client.get(reverse("admin:scoring_scorecard_changelist"), asked)
    return list(answer.context["cl"].result_list)


def test_scorecards_are_listed_by_period_and_peers(people: People, counted: Country) -> None:
    march = cards(people.operator, period="2026-M03")
    assert {card.agency.code for card in march} == {"VN", "H44", "H44.101"}
    provinces = cards(people.operator, period="2026-M03", peers="provinces")
    assert {card.agency.code for card in provinces} == {"H44"}
    communes = cards(people.operator, period="2026-M03", peers="communes")
    assert {card.agency.code for card in communes} == {"H44.101"}
    assert cards(people.neighbour, period="2026-M03") == []
    assert {card.agency.code for card in cards(people.officer, period="2026-Q1")} == {"H44.101"}


def test_a_list_of_scorecards_costs_the_same_queries(people: People, country: Country) -> None:
    rules = indicator_set()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            cards(people.operator, period="2026")
        return len(captured)

    ScorecardFactory(agency=country.north, indicator_set=rules)
    queries()
    few = queries()
    for agency in Agency.objects.exclude(pk=country.north.pk):
        ScorecardFactory(agency=agency, indicator_set=rules)
    assert queries() == few <= 14


def test_a_scorecard_leads_to_the_very_dossiers(people: People, counted: Country) -> None:
    card = Scorecard.objects.get(agency__code="H44.101", period="2026-M03")
    page = reverse("admin:scoring_scorecard_change", args=[card.pk])
    text = people.officer.get(page).content.decode()
    link = re.search(r'href="([^"]*counted=ended_late[^"]*)"', text)
    assert link, "criterion 2.1 names those that ended late"
    listed = people.officer.get(link[1].replace("&amp;", "&")).context["cl"].result_list
    assert [dossier.ended_at for dossier in listed] == [on(3, 30)]
    assert reverse("agency", args=["H44.101"]) in text
    assert people.neighbour.get(page).status_code == 302


def test_every_count_of_a_tally_is_the_length_of_its_list(people: People, counted: Country) -> None:
    tally = Tally.objects.get(agency__code="H44.101", month=202603)
    for name in ("received", "received_online", "ended_on_time", "ended_late", "open_on_time"):
        asked: dict[str, Any] = {"agency": tally.agency_id, "counted": f"{name}.202603"}
        listed = people.operator.get(reverse("admin:procedures_dossier_changelist"), asked).context["cl"]
        assert listed.estimate.number == len(listed.result_list) == getattr(tally, name), name


@pytest.mark.parametrize("asked", ["nothing.202603", "received.202613", "received", "handling_x.1"])
def test_an_unknown_count_lists_nothing(asked: str, people: People, counted: Country) -> None:
    listed = people.operator.get(reverse("admin:procedures_dossier_changelist"), {"counted": asked})
    assert list(listed.context["cl"].result_list) == []
    assert Dossier.objects.count() == 2


def test_counts_of_an_agency_are_its_own_rows(people: People, counted: Country) -> None:
    def rows(client: Client, **asked: Any) -> int:
        answer = client.get(reverse("admin:scoring_tally_changelist"), asked)
        return len(answer.context["cl"].result_list)

    assert rows(people.operator, agency=counted.north.pk, month=202603) == 1
    assert rows(people.operator, month=202603) == 3
    assert rows(people.neighbour, month=202603) == 0
    page = reverse("admin:scoring_tally_change", args=[Tally.objects.first().pk])  # type: ignore[union-attr]
    assert people.operator.get(page).status_code == 200
    assert people.operator.post(page, {}).status_code == 403
