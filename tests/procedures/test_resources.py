"""Tables in and out: checked row by row, written together by the verbs, within what one may keep."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from agencies import job_files
from agencies.exchange import checking
from agencies.exchange.checking import Action, Finding, findings_in
from agencies.exchange.exporting import ask_export, file_at_once, table_head, table_rows, template_of
from agencies.exchange.importing import ask_apply, ask_check, report_of
from agencies.exchange.registry import resource_named
from agencies.exchange.uploads import Format
from agencies.job_runs import run_turn
from agencies.models import Agency, EventLog, Job, User
from agencies.resources import AgencyResource
from procedures.models import AgencyProcedure, Announcement, Field, Procedure, ReportedVolume
from procedures.resources import AnnouncementResource, VolumeResource
from scoring.models import DirtyMonth
from tests.scoring.country import Country, make_country

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TABLES = ("agencies", "procedures", "offers", "announcements", "volumes")


@pytest.fixture
def country(db: None) -> Country:
    return make_country()


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_user("operator", is_superuser=True)


@pytest.fixture(autouse=True)
def english(settings: Any, tmp_path: Path) -> Iterator[None]:
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


# --- What comes out goes in -----------------------------------------------------------------------------


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


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("table", TABLES)
def test_an_exported_table_reads_back_as_it_is(
    country: Country, operator: User, table: str, language: str
) -> None:
    fill(country)
    with override(language):
        content = exported(table, operator)
        job = check(table, content, operator)
    assert len(findings(job)) == len(cells(content)) - 1 > 0
    assert {finding.action for finding in findings(job)} == {Action.UNCHANGED}
    with pytest.raises(ValidationError):
        ask_apply(job, owner=operator, as_of=NOW)


def test_headings_of_the_other_language_and_the_codes_are_known_too(country: Country, operator: User) -> None:
    with override("vi"):
        content = exported("agencies", operator)
    assert {finding.action for finding in findings(check("agencies", content, operator))} == {
        Action.UNCHANGED
    }
    content = text("AGENCY; month *;dossiers", "H44;03/2026;5")
    assert [finding.action for finding in findings(check("volumes", content, operator))] == [Action.NEW]


def test_formulas_are_escaped_going_out_and_harmless_coming_in(country: Country, operator: User) -> None:
    fill(country)
    content = exported("announcements", operator)
    assert cells(content)[1][2] == "'=12/QĐ"
    assert Announcement.objects.get().decision_number == "=12/QĐ"
    content = exported("procedures", operator)
    assert "'- trực tiếp" in [cell for row in cells(content) for cell in row]
    book = openpyxl.Workbook()
    book.active.append(["agency", "month", "dossiers"])
    book.active.append(["H44", "03/2026", '=HYPERLINK("http://x")'])
    file = io.BytesIO()
    book.save(file)
    errors = wrong_in(check("volumes", file.getvalue(), operator, Format.XLSX))
    assert errors == [(2, "dossiers", "The cell holds a formula; paste its value.")]


def wrong_in(job: Job) -> list[tuple[int, str, str]]:
    return [(f.number, column, reason) for f in findings(job) for column, reason in f.errors]


# --- What rows do ---------------------------------------------------------------------------------------


def test_volumes_are_added_amended_removed_and_left_alone(country: Country, operator: User) -> None:
    for month, count in ((202601, 10), (202602, 20), (202603, 30)):
        ReportedVolume.objects.create(agency=country.north, month=month, dossiers=count)
    content = text(
        "agency code,month,dossiers declared,remove",
        "H44,01/2026,10,",
        'H44,2026-02,"1.234",',
        "H44,202603,,x",
        "",
        "H19,2026-04-01,7,no",
    )
    job = check("volumes", content, operator)
    assert [(f.number, f.action) for f in findings(job)] == [
        (2, Action.UNCHANGED),
        (3, Action.CHANGED),
        (4, Action.REMOVED),
        (6, Action.NEW),
    ]
    assert findings(job)[1].changes == {"dossiers": [20, 1234]}
    assert findings(job)[3].changes == {
        "agency": [None, "H19"],
        "month": [None, 202604],
        "dossiers": [None, 7],
    }
    assert not DirtyMonth.objects.exists() and ReportedVolume.objects.count() == 3
    assert apply(job, operator).state == Job.State.DONE
    assert list(
        ReportedVolume.objects.order_by("month").values_list("agency__code", "month", "dossiers")
    ) == [
        ("H44", 202601, 10),
        ("H44", 202602, 1234),
        ("H19", 202604, 7),
    ]
    marked = set(DirtyMonth.objects.values_list("agency__code", "month"))
    assert {("H44", 202602), ("H44", 202603), ("H19", 202604)} <= marked
    assert ("H44", 202601) not in marked


def test_every_error_has_its_row_and_column_and_nothing_is_written(country: Country, operator: User) -> None:
    content = text(
        "agency,month,dossiers,remove",
        "H44,03/2026,5,",
        "H99,13/2026,-5,",
        "H44,202603,6,",
        "H19,03/2026,,",
        "H19,04/2026,1.5,maybe",
        ",,,",
        "H19,05/2026,1,yes",
        "H19,06/2026,99999999999999999999,",
    )
    errors = wrong("volumes", content, operator)
    assert [(number, column) for number, column, _reason in errors] == [
        (3, "agency"),
        (3, "month"),
        (3, "dossiers"),
        (4, ""),
        (5, "dossiers"),
        (6, "remove"),
        (8, "remove"),
        (9, "dossiers"),
    ]
    reasons = [reason for _number, _column, reason in errors]
    assert reasons[:6] == [
        "There is no agency with the code H99.",
        "“13/2026” is not a month; write 03/2026 or 202603.",
        "It cannot be below zero.",
        "The same as row 2.",
        "It must not be blank.",
        "“maybe” is neither yes nor no.",
    ]
    assert not ReportedVolume.objects.exists()


def test_errors_can_be_fetched_as_a_file(country: Country, operator: User) -> None:
    job = check("volumes", text("agency,month,dossiers", "H99,202603,5", "H44,202603,5"), operator)
    path = job_files.result_of(job)
    assert path and job.file_name == "errors.csv"
    assert cells(path.read_bytes()) == [
        ["Row", "Record", "Column", "Error"],
        ["2", "H99 · 202603", "agency code", "There is no agency with the code H99."],
    ]


def test_offers_move_the_catalogue(country: Country, operator: User) -> None:
    content = text(
        "agency,procedure,online level,online payment,remove",
        "H44.01,1.000001,Partial online service,no,",
        "H44.01,1.000002,full,Có,",
        "H19.101,1.000001,,,yes",
    )
    assert taken("offers", content, operator) == [Action.CHANGED, Action.NEW, Action.REMOVED]
    offers = AgencyProcedure.objects.filter(agency__code__in=["H44.01", "H19.101"])
    assert sorted(
        offers.values_list("agency__code", "procedure__code", "online_level", "online_payment")
    ) == [
        ("H44.01", "1.000001", "partial", False),
        ("H44.01", "1.000002", "full", True),
    ]
    assert {"H44.01", "H19.101"} == set(
        DirtyMonth.objects.filter(month=0).values_list("agency__code", flat=True)
    )


def test_announcements_have_their_days_derived(country: Country, operator: User) -> None:
    header = "agency,procedure,decision number,change,decided_on,effective_on,must be published,published on"
    rows = text(header, "H44,1.000001,12/QĐ,New,02/03/2026,31/03/2026,yes,03/03/2026")
    assert taken("announcements", rows, operator) == [Action.NEW]
    made = Announcement.objects.get()
    assert (made.decided_month, made.publish_month) == (202603, 202603)
    assert made.publish_by and made.announce_by
    errors = wrong(
        "announcements",
        text(
            header,
            "H44,1.000001,13/QĐ,New,02/03/2026,31/03/2026,yes,01/03/2026",
            "H44,1.000001,14/QĐ,New,02/03/1950,31/03/2026,yes,",
            "H44,1.9,15/QĐ,gone,2/3/26,,yes,",
        ),
        operator,
    )
    assert [(number, column) for number, column, _reason in errors] == [
        (2, "published_on"),
        (3, "decided_on"),
        (4, "procedure"),
        (4, "change"),
        (4, "decided_on"),
        (4, "effective_on"),
    ]


def test_procedures_follow_from_their_columns(country: Country, operator: User) -> None:
    Field.objects.create(code="G15-TP02", name="Chứng thực")
    header = (
        "code,procedure name,field,level,announcing_agency,processing_time,unit of time,fee,has_fee,"
        "subjects,sequence of steps,manner of carrying out,part_papers,implementing agency"
    )
    rows = text(
        header,
        "2.000815,Chứng thực bản sao,G15-TP02,commune,H44,1,working days,2.000,no,"
        '"Vietnamese citizens; foreigners","Nộp\nNhận",Trực tiếp,01 bộ,UBND xã',
        "1.000002,Giấy phép,G15-TP01,Province,G15,,days,,no,,,,,",
    )
    assert taken("procedures", rows, operator) == [Action.NEW, Action.CHANGED]
    made = Procedure.objects.get(code="2.000815")
    assert made.has_fee and made.fee == 2000 and made.is_complete and made.name_folded == "chung thuc ban sao"
    assert made.subjects == ["citizen", "foreigner"] and made.parts["sequence"] == "Nộp\nNhận"
    # Columns that are not in the file stay as they were, or as new records begin.
    assert made.is_public and made.needs_paper_result
    assert not Procedure.objects.get(code="1.000002").needs_paper_result
    errors = wrong("procedures", text("code,level", "9.1,commune", "1.000001,village"), operator)
    assert {(number, column) for number, column, _reason in errors} == {
        (2, "name"),
        (2, "field"),
        (2, "announcing_agency"),
        (3, "level"),
    }


def test_a_part_with_a_structure_keeps_it_unless_its_text_changes(country: Country, operator: User) -> None:
    fill(country)
    structure = country.licence.parts["sequence"]
    rows = text("code,sequence of steps,manner of carrying out", '1.000002,"Nộp hồ sơ\nTrả kết quả",Qua mạng')
    assert taken("procedures", rows, operator) == [Action.CHANGED]
    country.licence.refresh_from_db()
    assert country.licence.parts["sequence"] == structure and country.licence.parts["manner"] == "Qua mạng"
    assert taken("procedures", text("code,sequence of steps", "1.000002,"), operator) == [Action.CHANGED]
    country.licence.refresh_from_db()
    assert "sequence" not in country.licence.parts


# --- Whose records --------------------------------------------------------------------------------------


def test_a_row_of_an_agency_outside_is_an_error_of_that_row(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = keeper(monkeypatch, country.north)
    rows = text("agency,month,dossiers", "H44.101,202603,5", "H19,202603,5", "VN,202603,5")
    errors = wrong("volumes", rows, user)
    assert [(number, column) for number, column, _reason in errors] == [(3, "agency"), (4, "agency")]
    ReportedVolume.objects.create(agency=country.south, month=202601, dossiers=1)
    errors = wrong("volumes", text("agency,month,remove", "H19,202601,x"), user)
    assert [(number, column) for number, column, _reason in errors] == [(2, "agency")]


def test_a_procedure_of_another_s_is_not_taken_over(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = keeper(monkeypatch, country.north)
    errors = wrong("procedures", text("code,announcing_agency,name", "1.000001,H44,Của tôi"), user)
    assert [(number, column) for number, column, _reason in errors] == [(2, "announcing_agency")]
    errors = wrong("procedures", text("code,name", "1.000001,Của tôi"), user)
    assert [(number, column) for number, column, _reason in errors] == [(2, "announcing_agency")]


def test_rights_lost_between_check_and_confirmation_count(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = keeper(monkeypatch, country.north)
    job = check("volumes", text("agency,month,dossiers", "H44,202603,5"), user)
    monkeypatch.setattr("agencies.exchange.resource.paths_held", lambda *_: ())
    applied = apply(job, user)
    assert applied.state == Job.State.FAILED and not ReportedVolume.objects.exists()


def test_an_export_holds_what_one_may_export(country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    for agency in (country.north, country.north_communes[0], country.south):
        ReportedVolume.objects.create(agency=agency, month=202603, dossiers=1)
    user = keeper(monkeypatch, country.north)
    assert {row[0] for row in cells(exported("volumes", user))[1:]} == {"H44", "H44.101"}
    commune = country.north_communes[0]
    assert {row[0] for row in cells(exported("volumes", user, commune))[1:]} == {"H44.101"}
    # The catalogue is everybody's to read.
    assert len(cells(exported("procedures", user))) == 3
    nobody = User.objects.create_user("nobody")
    assert len(cells(exported("volumes", nobody))) == len(cells(exported("procedures", nobody))) == 1


# --- Between check and writing --------------------------------------------------------------------------


def test_what_changed_since_the_check_is_not_overwritten(country: Country, operator: User) -> None:
    volume = ReportedVolume.objects.create(agency=country.north, month=202603, dossiers=1)
    job = check("volumes", text("agency,month,dossiers", "H44,202603,5"), operator)
    ReportedVolume.objects.filter(pk=volume.pk).update(dossiers=2)
    applied = apply(job, operator)
    assert applied.state == Job.State.FAILED and "changed since" in applied.error
    volume.refresh_from_db()
    assert volume.dossiers == 2


def test_a_change_in_the_last_moment_stops_it_too(
    country: Country, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = ReportedVolume.objects.create(agency=country.north, month=202603, dossiers=1)
    job = check("volumes", text("agency,month,dossiers", "H44,202603,5"), operator)
    find = VolumeResource.find

    def late_change(self: Any, keys: Any, *, lock: bool = False) -> Any:
        if lock:
            ReportedVolume.objects.filter(pk=volume.pk).update(dossiers=3)
        return find(self, keys, lock=lock)

    monkeypatch.setattr(VolumeResource, "find", late_change)
    applied = apply(job, operator)
    assert applied.state == Job.State.FAILED
    volume.refresh_from_db()
    assert volume.dossiers == 1  # the transaction took the late change back, too


def test_all_are_written_or_none(country: Country, operator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ReportedVolume.objects.create(agency=country.south, month=202601, dossiers=1)
    job = check("volumes", text("agency,month,dossiers,remove", "H44,202603,5,", "H19,202601,,x"), operator)

    def fail(*_args: Any, **_options: Any) -> None:
        raise ValidationError("No room.")

    monkeypatch.setattr("procedures.resources.remove_volumes", fail)
    applied = apply(job, operator)
    assert (applied.state, applied.error) == (Job.State.FAILED, "No room.")
    assert ReportedVolume.objects.count() == 1 and not DirtyMonth.objects.exists()


def test_an_import_is_in_the_log_of_decisions(country: Country, operator: User) -> None:
    taken("volumes", text("agency,month,dossiers", "H44,202603,5"), operator)
    event = EventLog.objects.get(verb="table.imported")
    assert event.actor == operator
    assert event.after == {
        "table": "volumes",
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "removed": 0,
        "wrong": 0,
    }


def test_a_check_goes_on_where_its_worker_was_lost(
    country: Country, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "PORTION", 4)
    months = [f"{year}{month:02}" for year in (2024, 2025) for month in range(1, 13)]
    content = text("agency,month,dossiers", *(f"H44,{month},5" for month in months), "H44,202401,6")
    whole = check("volumes", content, operator)
    job = ask_check(
        VolumeResource, owner=operator, content=[content], form=Format.CSV, file_name="b.csv", as_of=NOW
    )
    # Every turn ends after one step.
    turns = 1
    while run_turn(job.pk, lambda: NOW, seconds=0):
        turns += 1
    job.refresh_from_db()
    assert turns == 9 and job.total == 25
    assert job.outcome == whole.outcome
    assert findings(job) == findings(whole)
    assert findings(job)[-1].errors == [("", "The same as row 2.")]


def test_checking_asks_the_database_per_portion_not_per_row(
    country: Country, operator: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [
        f"{agency.code},{procedure.code},full,yes"
        for agency in Agency.objects.all()
        for procedure in Procedure.objects.all()
    ]
    content = text("agency,procedure,online level,online payment", *rows)
    with django_assert_max_num_queries(18):
        job = check("offers", content, operator)
    assert job.outcome["counts"][Action.WRONG] == 0
    with django_assert_max_num_queries(40):
        apply(job, operator)
    assert AgencyProcedure.objects.count() == len(rows)


# --- Files ----------------------------------------------------------------------------------------------


def test_the_template_is_an_empty_table_in_both_forms(country: Country, operator: User) -> None:
    for table in TABLES:
        resource = resource_named(table)
        labels = [str(column.label) for column in resource.columns()]
        with template_of(resource, Format.CSV) as file:
            assert cells(file.read()) == [labels]
        with template_of(resource, Format.XLSX) as file:
            rows = openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True)
            assert [list(row) for row in rows] == [labels]


def test_a_workbook_reads_back_as_it_is(country: Country, operator: User) -> None:
    fill(country)
    for table in TABLES:
        resource = resource_named(table)(operator, NOW)
        records = list(resource.readable())
        rows = [[*row, "no"] if resource.removable else row for row in table_rows(resource, records)]
        with file_at_once(Format.XLSX, table_head(type(resource)), rows) as file:
            job = check(table, file.read(), operator, Format.XLSX)
        assert {finding.action for finding in findings(job)} == {Action.UNCHANGED}, table
        assert len(findings(job)) == len(records)


def test_a_job_that_writes_a_workbook_goes_on_where_it_was_lost(
    country: Country, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agencies.exchange.exporting.PORTION", 2)
    job = ask_export(AgencyResource, Format.XLSX, owner=operator, agency=None, as_of=NOW)
    turns = 1
    while run_turn(job.pk, lambda: NOW, seconds=0):
        turns += 1
    job.refresh_from_db()
    assert turns == 6 and job.file_name == "agencies-20261121.xlsx" and job.outcome == {"rows": 8}
    path = job_files.result_of(job)
    assert path
    rows = list(
        openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
        .worksheets[0]
        .iter_rows(values_only=True, min_row=2)
    )
    assert [row[0] for row in rows] == list(Agency.objects.order_by("pk").values_list("code", flat=True))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (text("agency,month", "H44,202603", "x,y,z"), "Row 3 has cells beyond"),
        (text("agency,volume", "H44,5"), "“volume” is unknown"),
        (text("agency,month,Agency code", "H44,202603,H44"), "“Agency code” stands twice"),
        (text("agency,dossiers", "H44,5"), "Missing: month"),
        (text("agency,month,dossiers"), "no row below"),
        (b"agency,month\nH44,\xe9\xe8", "Line 2 is not in UTF-8"),
        (text("agency,month", '"H44,202603'), "no proper CSV"),
    ],
)
def test_a_file_that_is_no_such_table_is_told_why_and_forgotten(
    operator: User, content: bytes, told: str
) -> None:
    job = check("volumes", content, operator)
    assert job.state == Job.State.FAILED and told in job.error
    assert not (job_files.Path(job_files.settings.JOBS_DIR) / str(job.pk)).exists()
