"""Taking tables in and out as people do, for the tests of tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from agencies import job_files
from agencies.exchange.checking import Action, Finding, findings_in
from agencies.exchange.exporting import ask_export
from agencies.exchange.importing import ask_apply, ask_check, report_of
from agencies.exchange.registry import resource_named
from agencies.exchange.uploads import Format
from agencies.job_runs import run_turn
from agencies.models import Agency, Job, User
from procedures.models import ReportedVolume
from procedures.resources import AnnouncementResource
from tests.scoring.country import Country, make_country

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TABLES = ("agencies", "procedures", "offers", "announcements", "volumes")


@pytest.fixture(name="country")
def small_country(db: None) -> Country:
    return make_country()


@pytest.fixture(name="operator")
def superuser(db: None) -> User:
    return User.objects.create_user("operator", is_superuser=True)


@pytest.fixture(name="english", autouse=True)
def in_english(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.JOBS_DIR = tmp_path / "jobs"
    with override("en"):
        yield


def keeper(monkeypatch: pytest.MonkeyPatch, *agencies: Agency) -> User:
    """Somebody who may do everything in the subtrees of these agencies, and nothing elsewhere."""
    user = User.objects.create_user("keeper")
    held = tuple(agency.path for agency in agencies)

    def paths_held(asking: Any, permission: str, as_of: Any = None) -> tuple[str, ...]:
        return ("/",) if asking.is_superuser else held if asking == user else ()

    for module in ("agencies.visibility", "agencies.exchange.resource", "agencies.exchange.importing"):
        monkeypatch.setattr(f"{module}.paths_held", paths_held)
    return user


def text(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def check(table: str, content: bytes, owner: User, form: Format = Format.CSV) -> Job:
    job = ask_check(
        resource_named(table), owner=owner, content=[content], form=form, file_name="a.csv", as_of=NOW
    )
    while run_turn(job.pk, lambda: NOW):
        pass
    job.refresh_from_db()
    return job


def findings(job: Job) -> list[Finding]:
    path = report_of(job)
    assert path, job.error
    with path.open("rb") as lines:
        return list(findings_in(lines))


def apply(job: Job, owner: User) -> Job:
    applied = ask_apply(job, owner=owner, as_of=NOW)
    run_turn(applied.pk, lambda: NOW)
    applied.refresh_from_db()
    return applied


def taken(table: str, content: bytes, owner: User) -> list[str]:
    """Check and write a table; what its rows came to."""
    job = check(table, content, owner)
    applied = apply(job, owner)
    assert applied.state == Job.State.DONE, applied.error
    return [finding.action for finding in findings(job)]


def wrong(table: str, content: bytes, owner: User) -> list[tuple[int, str, str]]:
    """The errors found: number of the row, column, reason."""
    job = check(table, content, owner)
    assert job.outcome["counts"][Action.WRONG]
    with pytest.raises(ValidationError):
        ask_apply(job, owner=owner, as_of=NOW)
    return [(f.number, column, reason) for f in findings(job) for column, reason in f.errors]


def exported(table: str, owner: User, agency: Agency | None = None) -> bytes:
    job = ask_export(resource_named(table), Format.CSV, owner=owner, agency=agency, as_of=NOW)
    run_turn(job.pk, lambda: NOW)
    job.refresh_from_db()
    path = job_files.result_of(job)
    assert path, job.error
    return path.read_bytes()


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def fill(country: Country) -> None:
    """One record of every table beside those that are there."""
    country.licence.parts = {
        "sequence": [{"name": "Nộp hồ sơ"}, {"name": "Trả kết quả"}],
        "manner": "- trực tiếp",
    }
    country.licence.subjects = ["foreigner", "citizen"]
    country.licence.save()
    AnnouncementResource(User(is_superuser=True), NOW)
    taken(
        "announcements",
        text(
            "agency,procedure,decision number,change,decision date,effective_on,published on",
            "H44,1.000001,=12/QĐ,new,2026-03-02,31/03/2026,",
        ),
        User.objects.filter(is_superuser=True).first(),
    )
    ReportedVolume.objects.create(agency=country.north, month=202603, dossiers=1200)


def wrong_in(job: Job) -> list[tuple[int, str, str]]:
    return [(f.number, column, reason) for f in findings(job) for column, reason in f.errors]
