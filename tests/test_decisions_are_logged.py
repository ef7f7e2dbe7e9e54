"""Every decision of a person stands in the log: who, what, where, and from which request."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from agencies import integration
from agencies.models import EventLog
from agencies.moving import move
from procedures.inbox import dismiss, mend, retry
from procedures.mapping import map_local_name
from procedures.models import InboxItem, LocalName
from scoring.models import Criterion, Group, IndicatorSet
from scoring.set_approval import approve, propose
from tests.admin_people import People, people_at_the_door, small_country
from tests.people import FourPeople, four_people

__all__ = ["four_people", "people_at_the_door", "small_country"]

NOW = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)


def logged(verb: str) -> EventLog:
    return EventLog.objects.get(verb=verb)


def refused(people: FourPeople, code: str = "H44.07900-1", **record: str) -> InboxItem:
    return InboxItem.objects.create(
        agency=people.commune,
        kind="dossier",
        dossier_code=code,
        position=0,
        field="received_at",
        reason="không phải ngày",
        record={"code": code, **record},
        fingerprint=hashlib.blake2b(code.encode(), digest_size=16).hexdigest(),
        received_at=NOW,
        last_at=NOW,
    )


def test_credentials_of_systems(four_people: FourPeople) -> None:
    by = four_people.administrator
    client, password = integration.create_client(four_people.commune, username="mot-cua", by=by, as_of=NOW)
    integration.rotate(client, by=by, reason="lộ mật khẩu", as_of=NOW)
    integration.revoke(client, by=by, reason="thôi dùng", as_of=NOW)
    integration.revoke(client, by=by, reason="lần nữa", as_of=NOW)
    for verb, reason in (
        ("system.created", ""),
        ("system.rotated", "lộ mật khẩu"),
        ("system.revoked", "thôi dùng"),
    ):
        event = logged(verb)
        assert (event.actor, event.agency, event.object_label, event.reason, event.at) == (
            by,
            four_people.commune,
            "mot-cua",
            reason,
            NOW,
        )
        assert password not in str(event.after)


def test_what_is_done_with_refused_records(four_people: FourPeople) -> None:
    by = four_people.officer
    items = [refused(four_people, f"H44.07900-{number}") for number in range(3)]
    mend(items[0], {"received_at": "mai"}, NOW, by=by)
    retry(items[1:2], NOW, by=by)
    dismiss(items[2:], NOW, by=by, reason="trùng")
    mended, retried, dismissed = (logged(f"inbox.{done}") for done in ("mended", "retried", "dismissed"))
    assert mended.after["fields"] == ["received_at"]
    assert "mai" not in str(mended.after)
    assert retried.object_label == "H44.07900-1"
    assert (dismissed.actor, dismissed.agency, dismissed.reason) == (by, four_people.commune, "trùng")
    assert dismissed.after == {
        "count": 1,
        "records": [{"id": items[2].pk, "dossier": "H44.07900-2"}],
    }


def test_what_nobody_decided_is_not_a_decision(four_people: FourPeople) -> None:
    item = refused(four_people)
    before = EventLog.objects.count()
    retry([item], NOW)
    dismiss([item], NOW)
    assert EventLog.objects.count() == before


def test_what_a_local_name_means(four_people: FourPeople) -> None:
    name = LocalName.objects.create(
        owner=four_people.province, kind="unit", value="Một cửa Việt Trì", first_seen_at=NOW
    )
    map_local_name(name, four_people.commune, NOW, by=four_people.administrator)
    map_local_name(name, four_people.commune, NOW, by=four_people.administrator)
    event = logged("name.mapped")
    assert (event.object_label, event.agency, event.before, event.after) == (
        "Một cửa Việt Trì",
        four_people.province,
        {"meaning": None},
        {"meaning": four_people.commune.pk, "code": "H44.07900"},
    )


def test_approving_an_indicator_set(four_people: FourPeople) -> None:
    draft = IndicatorSet.objects.create(code="thu", name="Bộ chỉ số thử", valid_from=202601)
    group = Group.objects.create(indicator_set=draft, code="A", name="A", position=1)
    Criterion.objects.create(
        group=group,
        code="1",
        name="Một",
        position=1,
        max_points=10,
        numerator="received",
        denominator="received",
        rule="như nhau",
        legal_source="QĐ",
    )
    propose(draft, by=four_people.reviewer, reason="thống nhất", as_of=NOW)
    approve(draft, by=four_people.operator, as_of=NOW)
    event = logged("indicators.approved")
    assert (event.actor, event.agency, event.object_id) == (four_people.operator, None, str(draft.pk))
    assert logged("indicators.proposed").actor == four_people.reviewer
    assert event.after == {"code": "thu", "version": 1, "valid_from": 202601, "content": draft.content}
    assert event.reason == "thống nhất"


def test_moving_an_agency(four_people: FourPeople) -> None:
    move(four_people.commune, four_people.other, by=four_people.operator, reason="điều chỉnh", as_of=NOW)
    event = logged("agency.moved")
    assert (event.before, event.after, event.reason) == ({"parent": "H44"}, {"parent": "H19"}, "điều chỉnh")


def test_a_decision_on_a_page_names_the_person_and_the_request(people: People, country: object) -> None:
    answer = people.administrator.post(
        reverse("admin:agencies_integrationclient_add"),
        {"agency": country.north.pk, "username": "one-stop"},  # type: ignore[attr-defined]
    )
    event = logged("system.created")
    assert event.actor is not None and event.actor.username == "administrator"
    assert event.request_id == answer.headers["X-Request-ID"]
    assert event.address == "127.0.0.1"


@pytest.mark.parametrize("name", ["H44.07900-1", "H44.07900-1" * 40])
def test_a_long_list_of_records_is_cut_to_what_fits(four_people: FourPeople, name: str) -> None:
    items = [refused(four_people, f"{name[:180]}-{number}") for number in range(120)]
    dismiss(items, NOW, by=four_people.officer)
    event = logged("inbox.dismissed")
    assert event.after["count"] == 120 and len(event.after["records"]) == 100
    assert len(event.object_label) <= 300
