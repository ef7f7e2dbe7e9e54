"""Today: what waits, each leading to its list; and the sidebar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies import integration
from agencies.models import IntegrationClient
from procedures.models import InboxItem, LocalName
from procedures.months import month_of
from scoring.models import DirtyMonth, Tally, TaskPulse
from tests.admin_people import People, in_english, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.scoring.country import Country, make_dossier

INDEX = "admin:index"


def work(client: Client) -> dict[str, Any]:
    """What is to be done, by title, in English."""
    answer = in_english(client).get(reverse(INDEX))
    return {item.title: item for item in answer.context["work"]}


@pytest.fixture
def busy(country: Country) -> Country:
    """Something of everything that waits, in the north; a system of the south sent just now."""
    now = timezone.now()
    for number in range(3):
        InboxItem.objects.create(
            agency=country.north,
            kind="dossier",
            position=number,
            field="code",
            reason="?",
            fingerprint=str(number),
            received_at=now,
            last_at=now,
        )
    LocalName.objects.create(owner=country.north, kind="unit", value="Một cửa", first_seen_at=now)
    integration.create_client(country.north, username="silent")
    heard, _password = integration.create_client(country.south, username="heard")
    integration.note_seen(heard, 1, 0, now)
    TaskPulse.objects.create(
        name="sweep", every=timedelta(seconds=15), last_finished_at=now - timedelta(hours=1)
    )
    mark = DirtyMonth.objects.create(agency=country.north, month=202603)
    DirtyMonth.objects.filter(pk=mark.pk).update(marked_at=now - timedelta(hours=1))
    commune = country.north_communes[0]
    for days in (-1, 3, 30):
        make_dossier(commune, None, now - timedelta(days=20), deadline_at=now + timedelta(days=days))
    for agency, scope in ((country.nation, 2), (country.north, 2), (commune, 3)):
        Tally.objects.create(agency=agency, month=month_of(now), scope=scope, open_late=7, open_on_time=13)
    return country


def test_what_waits_is_counted_and_leads_to_its_list(people: People, busy: Country) -> None:
    found = work(people.operator)
    counts = {title: (item.count, item.look) for title, item in found.items()}
    assert counts == {
        "Due within 7 days": ("1", "warn"),
        "Overdue dossiers": ("7", "bad"),
        "Late petitions": ("0", "good"),
        "Petitions due today": ("0", "good"),
        "Held for review": ("0", "good"),
        "Objections": ("0", "good"),
        "Anomalies": ("0", "good"),
        "Refused records": ("3", "warn"),
        "Names not mapped": ("1", "warn"),
        "Silent systems": ("1", "bad"),
        "Late background tasks": ("1", "bad"),
        "Waiting for recount": ("1", "bad"),
    }
    for item in found.values():
        assert people.operator.get(item.url).status_code == 200
    listed = people.operator.get(found["Silent systems"].url).context["cl"].result_list
    assert [client.username for client in listed] == ["silent"]
    assert "Agency H44 (never)" in found["Silent systems"].note
    due = people.operator.get(found["Due within 7 days"].url).context["cl"].result_list
    assert [dossier.deadline_at > timezone.now() for dossier in due] == [True]


def test_each_sees_the_work_of_their_own_agencies(people: People, busy: Country) -> None:
    assert work(people.administrator)["Refused records"].count == "3"
    assert work(people.administrator)["Due within 7 days"].count == "1"
    theirs = {title: item.count for title, item in work(people.neighbour).items()}
    assert theirs == {
        "Due within 7 days": "0",
        "Overdue dossiers": "0",
        "Anomalies": "0",
        "Refused records": "0",
        "Names not mapped": "0",
        "Silent systems": "0",
    }


def test_an_empty_portal_says_what_to_do(admin_client: Client, settings: Any) -> None:
    settings.SECOND_FACTOR = "off"
    text = in_english(admin_client).get(reverse(INDEX)).content.decode()
    for command in ("seed_agencies", "load_indicators", "demo"):
        assert f"manage.py {command}" in text
    assert "No system is connected yet" in text


def test_the_page_costs_the_same_queries_however_much_waits(people: People, busy: Country) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            people.operator.get(reverse(INDEX))
        return len(captured)

    queries()
    few = queries()
    now = timezone.now()
    LocalName.objects.bulk_create(
        LocalName(owner=busy.north, kind="unit", value=str(number), first_seen_at=now) for number in range(50)
    )
    IntegrationClient.objects.bulk_create(
        IntegrationClient(agency=busy.north, username=f"system-{number}") for number in range(50)
    )
    assert queries() == few <= 30


def test_every_entry_of_the_sidebar_opens(people: People, busy: Country) -> None:
    groups = people.operator.get(reverse(INDEX)).context["sidebar_navigation"]
    links = [item["link"] for group in groups for item in group["items"]]
    assert len(links) >= 16
    for link in links:
        page = people.operator.get(link)
        assert page.status_code == 200, link
        active = [
            item["link"]
            for group in page.context["sidebar_navigation"]
            for item in group["items"]
            if item["active"]
        ]
        assert active == [link]


def test_the_admin_speaks_vietnamese_and_english(people: People) -> None:
    assert "Việc cần làm" in people.operator.get(reverse(INDEX)).content.decode()
    assert "To be done" in in_english(people.operator).get(reverse(INDEX)).content.decode()
