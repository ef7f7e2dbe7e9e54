"""The log of decisions in the admin: found, narrowed, read, taken away as a file, and never changed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.event_log import record
from agencies.event_words import AGENCY_MOVED, GRANT_CONFIRMED, ROLE_CHANGED
from agencies.models import Agency, EventLog, Role, User
from agencies.request_trace import traced
from tests.admin_people import People, in_english, people_at_the_door, small_country
from tests.scoring.country import Country

__all__ = ["people_at_the_door", "small_country"]

LIST = "/admin/agencies/eventlog/"
NOW = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)


def noted(agency: Agency | None, label: str, **facts: Any) -> EventLog:
    """An entry of somebody in the north, unless ``facts`` say otherwise."""
    facts = {"actor": User.objects.get(username="administrator"), "as_of": NOW} | facts
    verb = facts.pop("verb", AGENCY_MOVED)
    return record(verb, facts.pop("subject", agency), agency=agency, label=label, **facts)


def labels(client: Client, query: str = "") -> list[str]:
    """What the entries on the first page are about, less what letting the people in left there."""
    found = client.get(LIST + query).context["cl"].result_list
    return [event.object_label for event in found if event.at.year == NOW.year]


@pytest.fixture
def entries(people: People, country: Country) -> Country:
    noted(country.north, "north")
    noted(country.north_communes[0], "commune", verb=GRANT_CONFIRMED, as_of=NOW + timedelta(days=1))
    noted(country.south, "south", actor=None, as_of=NOW + timedelta(days=2))
    noted(None, "nobody's", verb=ROLE_CHANGED, as_of=NOW + timedelta(days=3))
    return country


def test_each_sees_the_entries_of_where_they_may_see_the_log(people: People, entries: Country) -> None:
    everything = ["nobody's", "south", "commune", "north"]
    assert labels(people.operator) == everything
    assert labels(people.reviewer) == everything
    assert labels(people.administrator) == ["commune", "north"]
    # An officer and a data steward hold no log.
    assert people.officer.get(LIST).status_code == 403
    assert people.neighbour.get(LIST).status_code == 403


def test_an_entry_of_another_province_is_not_there(people: People, entries: Country) -> None:
    page = reverse("admin:agencies_eventlog_change", args=[EventLog.objects.get(object_label="south").pk])
    assert people.operator.get(page).status_code == 200
    assert people.administrator.get(page).status_code == 302
    assert people.neighbour.get(page).status_code == 403
    assert people.administrator.get(LIST + "oops/change/").status_code == 302


def test_it_is_narrowed_by_decision_person_agency_and_days(people: People, entries: Country) -> None:
    client = people.operator
    assert labels(client, f"?verb={GRANT_CONFIRMED}") == ["commune"]
    assert labels(client, "?person=ADMINISTR") == ["nobody's", "commune", "north"]
    assert labels(client, f"?agency={entries.north.pk}") == ["commune", "north"]
    assert labels(client, "?from=2026-10-16&to=2026-10-17") == ["south", "commune"]
    assert labels(client, "?to=2026-10-15") == ["north"]
    assert labels(client, "?from=tomorrow") == ["nobody's", "south", "commune", "north"]
    assert labels(client, "?q=commune") == ["commune"]
    assert labels(people.administrator, f"?agency={entries.south.pk}") == []


def test_days_begin_at_midnight_in_vietnam(people: People, country: Country) -> None:
    noted(country.north, "late", as_of=datetime(2026, 10, 15, 16, 59, tzinfo=UTC))
    noted(country.north, "early", as_of=datetime(2026, 10, 15, 17, 0, tzinfo=UTC))
    assert labels(people.operator, "?to=2026-10-15") == ["late"]
    assert labels(people.operator, "?from=2026-10-16") == ["early"]


def test_a_person_is_found_without_diacritics_and_by_a_name_of_then(people: People, country: Country) -> None:
    administrator = User.objects.get(username="administrator")
    administrator.first_name, administrator.last_name = "Trần Mạnh", "Hùng"
    administrator.save()
    noted(country.north, "theirs", actor=administrator)
    User.objects.filter(pk=administrator.pk).update(first_name="Lê", last_name="Mai")
    assert labels(people.operator, "?person=hung") == []
    assert labels(people.operator, "?person=Mạnh Hùng") == ["theirs"]
    assert labels(people.operator, "?person=le mai") == ["theirs"]


def test_an_entry_reads_as_a_table_of_differences(people: People, country: Country) -> None:
    role = Role.objects.get(code="officer")
    with traced("request-7", "192.0.2.7"):
        event = noted(
            country.north,
            "Officer",
            subject=country.north,
            before={"permissions": ["see_records"], "role": role.code, "review_due_on": "2026-10-01"},
            after={"permissions": ["see_records", "see_log"], "role": role.code, "valid_until": None},
            reason="<b>asked</b>",
        )
    answer = in_english(people.operator).get(reverse("admin:agencies_eventlog_change", args=[event.pk]))
    text = answer.content.decode()
    for told in (
        "moved an agency",
        "&lt;b&gt;asked&lt;/b&gt;",
        "192.0.2.7",
        "request-7",
        event.hash,
        event.previous_hash,
        "See the log of decisions",
        "01/10/2026",
        role.name_en,
        reverse("admin:agencies_agency_change", args=[country.north.pk]),
    ):
        assert told in text, told
    assert text.count('class="differs"') == 2


def test_the_file_tells_the_same_and_runs_no_formula(people: People, entries: Country) -> None:
    noted(entries.north, "=1+1", reason="@SUM(A1)")
    answer = in_english(people.administrator).get(LIST + f"export/?agency={entries.north.pk}")
    lines = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    told = [line for line in lines if line["when"].startswith(str(NOW.year))]
    assert [line["subject of the decision"] for line in told] == ["'=1+1", "commune", "north"]
    assert told[0]["reason"] == "'@SUM(A1)" and told[0]["when"] == "2026-10-15 10:00:00"
    assert told[1]["hash of the entry"] == EventLog.objects.get(object_label="commune").hash
    assert people.neighbour.get(LIST + "export/").status_code == 403


def test_nobody_adds_changes_or_removes(people: People, entries: Country) -> None:
    event = EventLog.objects.get(object_label="north")
    page = reverse("admin:agencies_eventlog_change", args=[event.pk])
    assert people.operator.get(LIST + "add/").status_code == 403
    assert people.operator.post(page, {"reason": "forged"}).status_code == 403
    assert people.operator.post(LIST + f"{event.pk}/delete/", {"post": "yes"}).status_code == 403
    event.refresh_from_db()
    assert event.reason == ""


def test_a_page_costs_the_same_queries_however_long_the_log(people: People, country: Country) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert people.operator.get(LIST).status_code == 200
        return len(captured)

    noted(country.north, "one")
    queries()
    few = queries()
    for number in range(60):
        noted(country.north, f"entry {number}", actor=None)
    assert queries() == few <= 20
    first = people.operator.get(LIST).context["cl"]
    assert len(first.result_list) == 50
    second = people.operator.get(LIST + first.older_query).context["cl"]
    assert second.result_list[0].number == first.result_list[-1].number - 1
