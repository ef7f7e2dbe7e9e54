"""The inbox in the admin: mended, tried again or let go, each by those who may see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies import integration
from agencies.models import Agency
from procedures.models import Dossier, InboxItem
from procedures.refused_records import fingerprint_of
from tests.admin_people import People, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.scoring.country import NOW, Country

LIST = "admin:procedures_inboxitem_changelist"


def refused(agency: Agency, code: str, *, position: int = 0, **record: Any) -> InboxItem:
    """A record that waits in the inbox of ``agency``."""
    client, _password = (
        (agency.integration_clients.first(), "")
        if agency.integration_clients.exists()
        else integration.create_client(agency)
    )
    facts = {
        "code": code,
        "procedure_code": "1.000001",
        "status": 2,
        "received_at": "20260302080000",
        **record,
    }
    return InboxItem.objects.create(
        agency=agency,
        client=client,
        kind=InboxItem.Kind.DOSSIER,
        dossier_code=code,
        position=position,
        field="due_at",
        reason="due_at: “hôm qua” không đọc được.",
        record=facts,
        fingerprint=fingerprint_of("dossier", facts),
        received_at=NOW,
        last_at=NOW,
    )


@pytest.fixture
def items(country: Country) -> dict[str, InboxItem]:
    """A good record of the north and a broken one, and one of the south."""
    return {
        "good": refused(country.north, "H44.101-260302-00001"),
        "broken": refused(country.north, "H44.101-260302-00002", position=7, due_at="hôm qua"),
        "south": refused(country.south, "H19.101-260302-00001"),
    }


def address(name: str, item: InboxItem) -> str:
    return reverse(f"admin:procedures_inboxitem_{name}", args=[item.pk])


def state(item: InboxItem) -> str:
    item.refresh_from_db()
    return item.state


def test_the_list_gives_code_field_reason_and_position(people: People, items: dict[str, InboxItem]) -> None:
    text = people.administrator.get(reverse(LIST), {"state": "waiting"}).content.decode()
    for expected in ("H44.101-260302-00002", "due_at", "“hôm qua” không đọc được", ">7<"):
        assert expected in text
    assert "H19.101" not in text


def test_a_mended_record_is_taken(people: People, items: dict[str, InboxItem]) -> None:
    answer = people.administrator.post(address("mend", items["broken"]), {"value": "12/03/2026 17:00"})
    assert answer.status_code == 302
    assert state(items["broken"]) == InboxItem.State.RETRIED
    dossier = Dossier.objects.get(code="H44.101-260302-00002")
    assert dossier.due_at is not None and dossier.due_at.isoformat() == "2026-03-12T10:00:00+00:00"


def test_a_value_that_is_no_date_is_refused_before_anything_is_tried(
    people: People, items: dict[str, InboxItem]
) -> None:
    people.administrator.post(address("mend", items["broken"]), {"value": "31/02/2026"})
    assert state(items["broken"]) == InboxItem.State.WAITING
    assert items["broken"].record["due_at"] == "hôm qua"


def test_a_record_still_broken_stays_with_its_reason(people: People, items: dict[str, InboxItem]) -> None:
    answer = people.administrator.post(address("retry", items["broken"]), follow=True)
    assert state(items["broken"]) == InboxItem.State.WAITING
    assert items["broken"].times == 2
    assert items["broken"].reason in answer.content.decode()


def act(client: Client, action: str, *items: InboxItem, **more: str) -> Any:
    chosen = {"action": action, "_selected_action": [str(item.pk) for item in items], "index": "0"}
    return client.post(reverse(LIST), {**chosen, **more})


def test_several_are_tried_again_and_the_good_ones_taken(people: People, items: dict[str, InboxItem]) -> None:
    act(people.administrator, "retry_chosen", *items.values())
    assert state(items["good"]) == InboxItem.State.RETRIED
    assert state(items["broken"]) == InboxItem.State.WAITING
    assert state(items["south"]) == InboxItem.State.WAITING, "out of the administrator's sight"


def test_dismissing_asks_first_in_numbers(people: People, items: dict[str, InboxItem]) -> None:
    chosen = (items["good"], items["broken"], items["south"])
    asked = act(people.administrator, "dismiss_chosen", *chosen)
    assert asked.status_code == 200
    assert "2" in asked.context["consequences"][0]
    assert state(items["good"]) == InboxItem.State.WAITING
    act(people.administrator, "dismiss_chosen", *chosen, confirmed="yes")
    assert [state(item) for item in chosen] == ["dismissed", "dismissed", "waiting"]


def test_one_is_dismissed_from_its_page_after_confirming(people: People, items: dict[str, InboxItem]) -> None:
    assert people.administrator.get(address("dismiss", items["good"])).status_code == 405
    assert people.administrator.post(address("dismiss", items["good"])).context["consequences"]
    assert state(items["good"]) == InboxItem.State.WAITING
    people.administrator.post(address("dismiss", items["good"]), {"confirmed": "yes"})
    assert state(items["good"]) == InboxItem.State.DISMISSED
    assert "Dismiss" not in people.administrator.get(address("change", items["good"])).content.decode()


@pytest.mark.parametrize("name", ["mend", "retry", "dismiss"])
def test_others_cannot_touch_it(name: str, people: People, items: dict[str, InboxItem]) -> None:
    values = {"value": "12/03/2026 17:00", "confirmed": "yes"}
    for client in (people.neighbour, people.officer):
        assert client.post(address(name, items["broken"]), values).status_code == 403
    assert state(items["broken"]) == InboxItem.State.WAITING


def test_a_record_is_shown_as_text(people: People, country: Country) -> None:
    item = refused(country.north, "H44.101-1", unit_name="<script>alert(1)</script>")
    text = people.operator.get(address("change", item)).content.decode()
    assert "<script>alert(1)" not in text and "&lt;script&gt;alert(1)" in text
