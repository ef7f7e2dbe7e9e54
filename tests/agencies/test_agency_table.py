"""Agencies from a table: placed, moved, amended, and refused where the tree could not hold them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from agencies.exchange.checking import Action, findings_in
from agencies.exchange.importing import ask_apply, ask_check, report_of
from agencies.exchange.uploads import Format
from agencies.job_runs import run_turn
from agencies.keeping import save_agencies
from agencies.models import Agency, AgencyCode, EventLog, Job, User
from agencies.resources import AgencyResource
from agencies.signals import agency_moved
from agencies.tree import flaws

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
HEADER = "code,name,kind,parent_code"


@pytest.fixture(autouse=True)
def english(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.JOBS_DIR = tmp_path
    with override("en"):
        yield


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_user("operator", is_superuser=True)


@pytest.fixture
def moves() -> Iterator[list[tuple[str, set[int]]]]:
    """What is told of agencies that moved: the code, and the branches concerned."""
    told: list[tuple[str, set[int]]] = []

    def note(agency: Agency, parents: set[int], **_: Any) -> None:
        told.append((agency.code, parents))

    agency_moved.connect(note)
    yield told
    agency_moved.disconnect(note)


def check(owner: User, *rows: str) -> Job:
    job = ask_check(
        AgencyResource,
        owner=owner,
        content=["\n".join(rows).encode()],
        form=Format.CSV,
        file_name="a.csv",
        as_of=NOW,
    )
    run_turn(job.pk, lambda: NOW)
    job.refresh_from_db()
    return job


def found(job: Job) -> list[tuple[int, str, list[tuple[str, str]]]]:
    path = report_of(job)
    assert path, job.error
    with path.open("rb") as lines:
        return [(finding.number, finding.action, finding.errors) for finding in findings_in(lines)]


def write(owner: User, *rows: str) -> list[str]:
    job = check(owner, *rows)
    assert not job.outcome["counts"][Action.WRONG], found(job)
    applied = ask_apply(job, owner=owner, as_of=NOW)
    run_turn(applied.pk, lambda: NOW)
    applied.refresh_from_db()
    assert applied.state == Job.State.DONE, applied.error
    return [action for _number, action, _errors in found(job)]


def wrong(owner: User, *rows: str) -> list[tuple[int, str]]:
    return [
        (number, column) for number, _action, errors in found(check(owner, *rows)) for column, _ in errors
    ]


def places() -> dict[str, str | None]:
    return dict(Agency.objects.values_list("code", "parent__code"))


def test_new_agencies_are_placed_below_each_other_in_any_order(
    country: dict[str, Agency], operator: User
) -> None:
    actions = write(
        operator,
        HEADER,
        "H44.02.01,Phòng A,Unit,H44.02",
        "H44.02,Sở Y tế,DEPARTMENT,H44",
        "H44.01,Sở Tư pháp,department,H44",
    )
    assert actions == [Action.NEW, Action.NEW, Action.UNCHANGED]
    assert places()["H44.02"] == "H44" and places()["H44.02.01"] == "H44.02"
    made = Agency.objects.get(code="H44.02.01")
    assert made.depth == 3 and made.path.startswith(country["H44"].path) and made.name_folded == "phong a"
    assert not flaws()


def test_a_moved_agency_takes_all_below_it_along_and_both_branches_hear(
    country: dict[str, Agency], operator: User, moves: list[tuple[str, set[int]]]
) -> None:
    write(operator, HEADER, "H44.01,Sở Tư pháp,department,H21")
    assert places()["H44.01"] == "H21"
    assert Agency.objects.get(code="H44.01.01").path.startswith(country["H21"].path)
    assert moves == [("H44.01", {country["H44"].pk, country["H21"].pk})]
    event = EventLog.objects.get(verb="agency.moved")
    assert (event.actor, event.before, event.after) == (operator, {"parent": "H44"}, {"parent": "H21"})
    assert not flaws()


def test_another_kind_of_office_is_graded_anew(
    country: dict[str, Agency], operator: User, moves: list[tuple[str, set[int]]]
) -> None:
    write(operator, "code,kind,short name", "H44.01.01,department,Một cửa", "H44.01,department,STP")
    assert moves == [("H44.01.01", set())]
    assert Agency.objects.get(code="H44.01").short_name == "STP"


def test_columns_left_out_stay_and_blank_ones_are_emptied(country: dict[str, Agency], operator: User) -> None:
    Agency.objects.filter(code="H44").update(short_name="Phú Thọ", gso_code="25", latitude="21.3")
    write(operator, "code,short name,latitude,in being from", 'H44,,"21,322700",01/07/2025')
    province = Agency.objects.get(code="H44")
    assert (province.short_name, province.gso_code, str(province.latitude)) == ("", "25", "21.322700")
    assert str(province.valid_from) == "2025-07-01"


def test_what_the_tree_could_not_hold_is_an_error_of_its_row(
    country: dict[str, Agency], operator: User
) -> None:
    AgencyCode.objects.create(agency=country["H44"], code="000.00.00.H44", scheme="old")
    assert wrong(
        operator,
        HEADER,
        "H44,Tỉnh Phú Thọ,province,H44.01",
        "H44.01,Sở Tư pháp,department,H44",
        "X1,Một,unit,X2",
        "X2,Hai,unit,X1",
        "X3,Ba,unit,X9",
        "X4,Bốn,unit,",
        "000.00.00.h44,Năm,unit,H44",
        "h21,Sáu,unit,H44",
        "X5,,village,H44",
    ) == [
        (2, "parent_code"),
        (3, "parent_code"),
        (4, "parent_code"),
        (4, "parent_code"),
        (5, "parent_code"),
        (5, "parent_code"),
        (6, "parent_code"),
        (7, "parent_code"),
        (8, "code"),
        (9, "code"),
        (10, "name"),
        (10, "kind"),
    ]


def test_dates_and_coordinates_make_sense(country: dict[str, Agency], operator: User) -> None:
    rows = ("H44,02/01/2026,01/01/2026,91,0", "H21,,,0,-180.5", "H44.01,31/02/2026,,x,")
    assert wrong(operator, "code,valid_from,valid_to,latitude,longitude", *rows) == [
        (2, "valid_to"),
        (2, "latitude"),
        (3, "longitude"),
        (4, "latitude"),
        (4, "valid_from"),
    ]


def test_one_keeps_agencies_in_one_s_own_subtree_only(
    country: dict[str, Agency], monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = User.objects.create_user("keeper")
    held = (country["H44"].path,)
    monkeypatch.setattr("agencies.exchange.resource.paths_held", lambda *_: held)
    monkeypatch.setattr("agencies.exchange.importing.paths_held", lambda *_: held)
    assert wrong(
        keeper,
        HEADER,
        "H21,Gia Lai,province,VN",
        "H44.01,Sở Tư pháp,department,H21",
        "X1,Một,unit,H21",
        "X2,Hai,unit,H44.03",
        "H44.03,Ba,unit,H44",
        "X3,Bốn,province,VN",
        "X4,Năm,nation,",
    ) == [
        (2, "code"),
        (2, "parent_code"),
        (3, "parent_code"),
        (4, "parent_code"),
        (7, "parent_code"),
        (8, "parent_code"),
    ]


def test_the_first_agency_of_all_is_the_nation(operator: User) -> None:
    assert write(operator, HEADER, "H44,Phú Thọ,province,VN", "VN,Cả nước,nation,") == [
        Action.NEW,
        Action.NEW,
    ]
    assert places() == {"VN": None, "H44": "VN"}


def test_there_is_one_nation(operator: User) -> None:
    rows = ("VN,Cả nước,nation,", "VN2,Nước khác,nation,", "H44,Phú Thọ,province,VN2")
    assert wrong(operator, HEADER, *rows) == [(3, "parent_code")]


def test_saving_refuses_loops_and_unknown_parents_whoever_asks(country: dict[str, Agency]) -> None:
    with pytest.raises(ValidationError):
        save_agencies([country["H44"]], {"H44": "H44.01"}, by=None, as_of=NOW)
    with pytest.raises(ValidationError):
        save_agencies([country["H44"]], {"H44": "H99"}, by=None, as_of=NOW)
    with pytest.raises(ValidationError):
        save_agencies([Agency(code="X", name="X", kind="unit")], {"X": "H99"}, by=None, as_of=NOW)
    assert places()["H44"] == "VN" and not flaws()
