"""What a person tries who wants more than is theirs: forged fields, ids, filters, names, columns."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Grant, IntegrationClient
from procedures.models import AgencyProcedure, Announcement, Dossier, InboxItem, LocalName, ReportedVolume
from tests.doors.conftest import SignIn
from tests.doors.world import MARKS, SEES, World

#: Whose records each of the four may not see.
BEYOND = [
    (person, place)
    for person in ("stranger", "officer", "administrator")
    for place in MARKS
    if place not in SEES[person]
]
HASH = f"{2:032}"


def records(world: World, model: Any) -> dict[str, Any]:
    return world.records[model._meta.label_lower]


def shown(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode().lower()


def refused(client: Client, page: str, values: dict[str, Any]) -> bool:
    """Whether a form was turned back: not theirs to open, or with an error at a field."""
    answer = client.post(reverse(page), values)
    if answer.status_code == 403:
        return True
    return answer.status_code == 200 and bool(answer.context["adminform"].form.errors)


@pytest.mark.parametrize(("person", "place"), BEYOND)
@pytest.mark.parametrize("model", [Agency, Dossier, InboxItem, LocalName, IntegrationClient, Announcement])
def test_an_id_in_an_address(world: World, as_person: SignIn, person: str, place: str, model: Any) -> None:
    record = records(world, model)[place]
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[record.pk])
    for address in (page, f"{page}?agency={record.pk}", page.replace("change", "history")):
        answer = as_person(person).get(address)
        assert answer.status_code in (302, 403) and MARKS[place] not in shown(answer)


@pytest.mark.parametrize("place", ["other", "nation"])
def test_a_foreign_key_in_a_form(world: World, as_person: SignIn, place: str) -> None:
    administrator, foreign = as_person("administrator"), world.agency(place).pk
    procedure = records(world, AgencyProcedure)[place].procedure_id
    assert refused(
        administrator,
        "admin:procedures_announcement_add",
        {
            "agency": foreign, "procedure": procedure, "change": "new", "decision_number": "1/QĐ",
            "decided_on": "02/03/2026", "effective_on": "02/04/2026",
        },
    )  # fmt: skip
    assert refused(
        administrator,
        "admin:procedures_reportedvolume_add",
        {"agency": foreign, "month": "202604", "dossiers": "1"},
    )
    assert refused(
        administrator, "admin:agencies_integrationclient_add", {"agency": foreign, "username": "cua-toi"}
    )
    assert refused(
        administrator,
        "admin:agencies_agency_add",
        {"code": "H44.99", "kind": "commune", "name": "Xã mới", "parent": foreign},
    )
    assert ReportedVolume.objects.filter(month=202604).count() == 0
    assert not Agency.objects.filter(code="H44.99").exists()
    assert not IntegrationClient.objects.filter(username="cua-toi").exists()


def test_the_same_form_for_ones_own_is_taken(world: World, as_person: SignIn) -> None:
    own = {"agency": world.people.commune.pk, "month": "202604", "dossiers": "1"}
    assert not refused(as_person("administrator"), "admin:procedures_reportedvolume_add", own)
    assert ReportedVolume.objects.filter(month=202604).count() == 1


@pytest.mark.parametrize("place", ["other", "nation"])
def test_an_agency_is_not_moved_out_of_the_subtree(world: World, as_person: SignIn, place: str) -> None:
    page = reverse("admin:agencies_agency_move_elsewhere", args=[world.people.commune.pk])
    as_person("administrator").post(page, {"confirmed": "yes", "parent": world.agency(place).pk})
    assert Agency.objects.get(pk=world.people.commune.pk).parent_id == world.people.province.pk


def test_a_name_means_nothing_of_another_province(world: World, as_person: SignIn) -> None:
    names = records(world, LocalName)
    accept = reverse("admin:procedures_localname_accept")
    for person in ("officer", "administrator", "stranger"):
        for place, foreign in (("commune", "other"), ("other", "commune")):
            as_person(person).post(accept, {"accept": f"{names[place].pk}.{world.agency(foreign).pk}"})
    assert not LocalName.objects.filter(agency__isnull=False).exists()


@pytest.mark.parametrize(("person", "place"), BEYOND)
@pytest.mark.parametrize("action", ["retry_chosen", "dismiss_chosen"])
def test_others_ids_in_a_bulk_action(
    world: World, as_person: SignIn, person: str, place: str, action: str
) -> None:
    item = records(world, InboxItem)[place]
    values = {"action": action, "confirmed": "yes", "select_across": "1", ACTION_CHECKBOX_NAME: [item.pk]}
    as_person(person).post(reverse("admin:procedures_inboxitem_changelist"), values)
    item.refresh_from_db()
    assert (item.state, item.times) == (InboxItem.State.WAITING, 1)


@pytest.mark.parametrize(("person", "place"), BEYOND)
def test_others_names_in_an_autocomplete(world: World, as_person: SignIn, person: str, place: str) -> None:
    agency = world.agency(place)
    for source, field in (("dossier", "agency"), ("procedure", "announcing_agency"), ("localname", "owner")):
        for term in ("", agency.name, agency.code):
            asked = {"app_label": "procedures", "model_name": source, "field_name": field, "term": term}
            answer = as_person(person).get(reverse("admin:autocomplete"), asked)
            assert str(agency.pk) not in {choice["id"] for choice in answer.json()["results"]}


@pytest.mark.parametrize("field", ["user", "granted_by", "invited_by", "owner", "actor"])
def test_an_autocomplete_of_people_is_for_who_operates(world: World, as_person: SignIn, field: str) -> None:
    for model in ("grant", "invitation", "job", "eventlog"):
        asked = {"app_label": "agencies", "model_name": model, "field_name": field, "term": ""}
        assert as_person("administrator").get(reverse("admin:autocomplete"), asked).status_code == 403


@pytest.mark.parametrize(("person", "place"), BEYOND)
def test_another_agency_in_a_filter(world: World, as_person: SignIn, person: str, place: str) -> None:
    client = as_person(person)
    for page in ("procedures_dossier", "procedures_inboxitem", "procedures_localname", "scoring_scorecard"):
        answer = client.get(reverse(f"admin:{page}_changelist"), {"agency": world.agency(place).pk})
        assert MARKS[place] not in shown(answer)
        paths = {getattr(row, "owner", None) or row.agency for row in answer.context["cl"].result_list}
        assert all(agency.path.startswith(tuple(_own(world, person))) for agency in paths)


def _own(world: World, person: str) -> list[str]:
    return [world.agency(place).path for place in SEES[person]]


@pytest.mark.parametrize("person", ["administrator", "reviewer"])
@pytest.mark.parametrize(
    "lookup",
    [
        "phone_hash", "phone_hash__startswith", "identity_hash__gte", "client__password_hash__startswith",
        "agency__path__startswith", "agency__grants__reason__contains", "supplements__contains",
    ],
)  # fmt: skip
def test_a_column_that_no_filter_offers(world: World, as_person: SignIn, person: str, lookup: str) -> None:
    for name in ("changelist", "export"):
        answer = as_person(person).get(reverse(f"admin:procedures_dossier_{name}"), {lookup: HASH[:3]})
        assert answer.status_code == 400, "nothing is told, not even whether a record was found"


def test_an_order_by_what_is_not_shown(world: World, as_person: SignIn) -> None:
    for order in ("phone_hash", "-client__password_hash", "99", "-1.x"):
        answer = as_person("administrator").get(reverse("admin:procedures_dossier_changelist"), {"o": order})
        assert answer.status_code in (200, 302)


@pytest.mark.parametrize("place", ["other", "nation"])
def test_another_agency_in_an_export(world: World, as_person: SignIn, place: str) -> None:
    administrator, foreign = as_person("administrator"), world.agency(place)
    for page in ("procedures_dossier", "procedures_inboxitem", "scoring_scorecard", "scoring_tally"):
        for asked in ({"agency": foreign.pk}, {"q": foreign.code}, {"q": MARKS[place]}):
            answer = administrator.get(reverse(f"admin:{page}_export"), asked)
            assert MARKS[place] not in shown(answer).replace(f"q={MARKS[place]}", "")
    for table in ("announcements", "volumes", "offers", "agencies"):
        page = reverse("table-export", args=[table])
        assert administrator.post(page, {"form": "csv", "agency": foreign.code}).status_code == 403
        assert foreign.code not in [
            cell
            for line in shown(administrator.post(page, {"form": "csv"})).splitlines()
            for cell in line.split(",")
        ]


@pytest.mark.parametrize("person", ["officer", "stranger"])
def test_who_may_only_look_takes_nothing_away(world: World, as_person: SignIn, person: str) -> None:
    client = as_person(person)
    for page in ("procedures_dossier", "procedures_inboxitem", "scoring_scorecard", "scoring_tally"):
        assert client.get(reverse(f"admin:{page}_export")).status_code == 403
    assert client.post(reverse("table-export", args=["volumes"]), {"form": "csv"}).status_code == 403


@pytest.mark.parametrize("filters", [{"q": "qz"}, {"parent": "H44", "format": "csv"}, {"phone_hash": HASH}])
def test_a_filter_of_the_api(world: World, as_person: SignIn, filters: dict[str, str]) -> None:
    for person in ("stranger", "officer", "reviewer"):
        for name in ("api-agencies", "api-standings"):
            answer = as_person(person).get(reverse(name), filters)
            assert answer.status_code in (200, 400, 404)
            assert not any(mark in shown(answer) for mark in MARKS.values())


def test_nobody_raises_their_own_access_by_a_form(world: World, as_person: SignIn) -> None:
    before = Grant.objects.count()
    officer = world.people.officer
    page = reverse("admin:agencies_user_change", args=[officer.pk])
    for person in ("officer", "administrator", "reviewer"):
        answer = as_person(person).post(page, {"username": "officer", "is_superuser": "on", "is_staff": "on"})
        assert answer.status_code == 403
    officer.refresh_from_db()
    assert not officer.is_superuser and Grant.objects.count() == before
