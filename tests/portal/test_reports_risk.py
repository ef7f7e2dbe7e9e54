"""The page of points at risk: to whom it opens, what it says, the very dossiers, and the file of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from agencies.models import EventLog
from portal.figures import points
from scoring.at_risk import at_risk
from scoring.periods import Period
from scoring.recount import recount_all
from tests.admin_people import People, in_english, people_at_the_door, small_country
from tests.scoring.country import NOW, Country, make_dossier, on

__all__ = ["people_at_the_door", "small_country"]

RISK, FILE = "points-at-risk", "points-at-risk-file"


@pytest.fixture(autouse=True)
def now(country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 20 May 2026; two dossiers of one commune of the north and one of the south come due."""
    for module in ("portal.reports.risk_page", "portal.admin.today.page"):
        monkeypatch.setattr(f"{module}.timezone.now", lambda: NOW)
    call_command("load_indicators", verbosity=0)
    for agency, days in (
        (country.north_communes[0], 3),
        (country.north_communes[0], 1),
        (country.south_commune, 2),
    ):
        make_dossier(agency, country.marriage, on(5, 12), deadline_at=NOW + timedelta(days=days))
        make_dossier(agency, country.marriage, on(5, 4), ended_at=on(5, 6))
    recount_all(NOW)


def read(client: Client, query: str = "") -> str:
    response = in_english(client).get(reverse(RISK) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_it_tells_the_cost_the_units_and_the_dossiers_the_next_one_first(
    people: People, country: Country
) -> None:
    html = read(people.administrator)
    told = at_risk(country.north, Period.parse("2026-M05"), NOW)
    assert told.points is not None and told.total is not None
    assert (
        f"−{told.points:.2f}" in html and f"from {told.total:.2f} to {told.total - told.points:.2f}" in html
    )
    assert country.north_communes[0].name in html and country.south_commune.name not in html
    codes = [line for line in html.split('"') if line.endswith("/change/") and "dossier" in line]
    assert len(codes) == 2
    response = people.administrator.get(reverse(RISK))
    deadlines = [dossier.deadline_at for dossier in response.context["page"].rows]
    assert deadlines == sorted(deadlines)


def test_each_sees_their_own_part(people: People, country: Country) -> None:
    assert "2 dossiers turn late" in read(people.administrator)
    assert "2 dossiers turn late" in read(people.officer)
    assert "1 dossier turns late" in read(people.neighbour)
    assert "3 dossiers turn late" in read(people.reviewer)
    for client, code in ((people.officer, "H44"), (people.neighbour, "H44"), (people.administrator, "H19")):
        assert client.get(f"{reverse(RISK)}?agency={code}").status_code == 404
        assert client.post(f"{reverse(FILE)}?agency={code}", {"form": "csv"}).status_code == 404


def test_the_file_holds_the_very_dossiers_and_is_noted(people: People, country: Country) -> None:
    response = people.administrator.post(reverse(FILE), {"form": "csv"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert text.count("H44.101-") == 2 and "H19" not in text
    assert EventLog.objects.get(verb="table.exported").after == {"rows": 2}
    assert people.officer.post(reverse(FILE), {"form": "csv"}).status_code == 403
    assert people.administrator.post(reverse(FILE), {"form": "exe"}).status_code == 404


def test_the_home_says_it_and_leads_there(people: People, country: Country) -> None:
    html = in_english(people.administrator).get(reverse("admin:index")).content.decode()
    told = at_risk(country.north, Period.parse("2026-M05"), NOW)
    assert f"late, they would cost {told.points:.2f} points" in html
    assert f"{reverse(RISK)}?agency=H44" in html


def test_nothing_due_is_said(people: People, country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.reports.risk_page.timezone.now", lambda: NOW - timedelta(days=10))
    assert "Nothing turns late within 7 days" in read(people.administrator)
    assert points(None) == "—"
