"""The doors for agencies' own software: ratings, petitions, links; one outcome a record."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agencies.integration import create_client, open_session, revoke
from feedback import rating_links
from feedback.contacts import read
from feedback.models import Door, Petition, Rating
from feedback.receipts import find
from scoring.models import DirtyMonth
from tests.feedback.conftest import HAPPY, Staff, days, give
from tests.scoring.country import Country, make_country, make_dossier

RATINGS, PETITIONS, LINKS = "/api/v1/ratings/", "/api/v1/petitions/", "/api/v1/rating-links/"


class System:
    """The software of H44, or of another agency."""

    def __init__(self, country: Country, agency: Any = None) -> None:
        self.client, password = create_client(agency or country.north)
        self.session = open_session(self.client.username, password, as_of=timezone.now())

    def send(self, address: str, records: Any, **headers: str) -> Any:
        headers = headers or {"Authorization": f"Bearer {self.session}", "Accept-Language": "en"}
        return Client(headers=headers).post(address, records, content_type="application/json")


@pytest.fixture
def country(db: None) -> Country:
    return make_country()


@pytest.fixture
def system(country: Country) -> System:
    return System(country)


@pytest.fixture
def dossier(country: Country) -> Any:
    now = timezone.now()
    return make_dossier(country.north_communes[0], country.marriage, now - days(9), ended_at=now - days(2))


def outcomes(answer: Any) -> list[tuple[str, str, str]]:
    assert answer.status_code == 200, answer.content
    return [(one["outcome"], one["field"], one["reason"]) for one in answer.json()["results"]]


def rating(dossier: Any, ref: str = "r-1", **told: Any) -> dict[str, Any]:
    return {"ref": ref, "dossier": dossier.code, "satisfaction": 1, **told}


def petition(country: Country, ref: str = "p-1", **told: Any) -> dict[str, Any]:
    agency = country.north_communes[0].code
    return {
        "ref": ref,
        "agency": agency,
        "kind": "staff",
        "subject": "Chờ lâu",
        "body": "Chờ ba giờ.",
        **told,
    }


def test_a_rating_is_taken_once_and_changed_under_its_ref(system: System, dossier: Any) -> None:
    told = rating(dossier, factors={"staff": 2}, comment="chậm")
    assert outcomes(system.send(RATINGS, [told, told])) == [("accepted", "", ""), ("unchanged", "", "")]
    assert outcomes(system.send(RATINGS, [{**told, "satisfaction": 2}])) == [("updated", "", "")]
    kept = Rating.objects.get()
    assert (kept.satisfaction, kept.staff, kept.door, kept.client) == (2, 2, Door.SYSTEM, system.client)
    assert DirtyMonth.objects.filter(agency=dossier.agency).exists()
    system.client.refresh_from_db()
    assert system.client.accepted_count == 3


def test_the_good_records_of_a_batch_are_kept(country: Country, system: System, dossier: Any) -> None:
    stranger = make_dossier(country.south_commune, country.marriage, timezone.now() - days(9))
    future = (timezone.now() + days(2)).isoformat()
    answer = system.send(
        RATINGS,
        [
            rating(stranger),
            {"ref": "r-2", "dossier": "H44.101-none", "satisfaction": 1},
            rating(dossier, satisfaction=7),
            rating(dossier, factors={"coffee": 1}),
            {"dossier": dossier.code, "satisfaction": 1},
            rating(dossier, given_at="2026-01-01T00:00:00"),
            rating(dossier, given_at=future),
            rating(dossier, ref="a b"),
            "not a record",
            rating(dossier, ref="good"),
        ],
    )
    assert outcomes(answer) == [
        ("rejected", "dossier", "unknown"),
        ("rejected", "dossier", "unknown"),
        ("rejected", "satisfaction", "malformed"),
        ("rejected", "coffee", "malformed"),
        ("rejected", "ref", "missing"),
        ("rejected", "given_at", "malformed"),
        ("rejected", "given_at", "in_the_future"),
        ("rejected", "ref", "malformed"),
        ("rejected", "", "not_a_record"),
        ("accepted", "", ""),
    ]
    told = answer.json()
    assert (told["taken"], told["rejected"], Rating.objects.get().client_ref) == (1, 9, "good")
    # What is not ours and what does not exist are told alike.
    assert told["results"][0]["message"] == told["results"][1]["message"]


def test_what_the_citizen_said_in_person_stands(system: System, dossier: Any) -> None:
    give(dossier, HAPPY, timezone.now())
    assert outcomes(system.send(RATINGS, [rating(dossier)])) == [("rejected", "", "closed")]


def test_a_ref_stands_for_one_dossier(country: Country, system: System, dossier: Any) -> None:
    other = make_dossier(dossier.agency, country.marriage, timezone.now() - days(9))
    told = system.send(RATINGS, [rating(dossier), rating(other)])
    assert outcomes(told)[1] == ("rejected", "ref", "taken")


def test_a_petition_is_taken_once_with_its_receipt(country: Country, system: System, dossier: Any) -> None:
    staff = Staff(country)
    told = petition(
        country,
        dossier=dossier.code,
        procedure=country.licence.code,
        contact={"name": "Nguyễn Thị Hạnh", "phone": "0912345678"},
    )
    first, second = (system.send(PETITIONS, [told]).json()["results"][0] for _ in range(2))
    assert (first["outcome"], second["outcome"]) == ("accepted", "unchanged")
    assert (first["code"], first["secret"]) == (second["code"], second["secret"])
    kept = find(first["code"], first["secret"], address="")
    assert (kept.agency.code, kept.dossier, kept.procedure) == ("H44.101", dossier, country.licence)
    assert read(kept, by=staff.officer, as_of=timezone.now()).phone == "0912345678"
    changed = system.send(PETITIONS, [{**told, "body": "khác"}])
    assert outcomes(changed) == [("rejected", "ref", "taken")]
    assert Petition.objects.count() == 1


def test_petitions_are_bounded_to_the_system_s_agencies(country: Country, system: System) -> None:
    old = (timezone.now() - days(40)).isoformat()
    answer = system.send(
        PETITIONS,
        [
            petition(country, "1", agency="H19.101"),
            petition(country, "2", agency="H99"),
            petition(country, "3", procedure="9.9"),
            petition(country, "4", kind="weather"),
            petition(country, "5", body=" "),
            petition(country, "6", sent_at=old),
            petition(country, "7", contact={"email": "x"}),
            petition(country, "8"),
        ],
    )
    assert outcomes(answer) == [
        ("rejected", "agency", "unknown"),
        ("rejected", "agency", "unknown"),
        ("rejected", "procedure", "unknown"),
        ("rejected", "kind", "malformed"),
        ("rejected", "body", "invalid"),
        ("rejected", "sent_at", "too_old"),
        ("rejected", "email", "invalid"),
        ("accepted", "", ""),
    ]


def test_links_for_receipts(country: Country, system: System, dossier: Any) -> None:
    stranger = make_dossier(country.south_commune, country.marriage, timezone.now())
    told = system.send(LINKS, [dossier.code, stranger.code, 7]).json()["results"]
    assert rating_links.read(told[0]["token"], timezone.now()) == dossier.pk and told[0]["expires_on"]
    assert [(one["token"], one["expires_on"]) for one in told[1:]] == [("", None)] * 2


@pytest.mark.parametrize("address", [RATINGS, PETITIONS, LINKS])
def test_only_a_system_with_a_session_is_let_in(country: Country, system: System, address: str) -> None:
    strange = "é".encode().decode("latin-1")
    for headers in ({"X-None": "1"}, {"Authorization": "Bearer x"}, {"session": strange}):
        answer = system.send(address, [], **headers)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer", headers
    assert system.send(address, [], session=system.session).status_code == 200
    assert system.send(address, {"no": "list"}).status_code == 400
    assert system.send(address, [{}] * 501).status_code == 400
    assert system.send(address, "[").status_code == 400
    assert Client().get(address).status_code in (401, 405)
    revoke(system.client)
    assert system.send(address, []).status_code == 401
