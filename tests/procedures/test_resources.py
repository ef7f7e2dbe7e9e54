"""Tables in and out: checked row by row, written together by the verbs."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from agencies import job_files
from agencies.exchange.checking import Action
from agencies.exchange.importing import ask_apply
from agencies.exchange.uploads import Format
from agencies.models import Job, User
from procedures.models import AgencyProcedure, Announcement, Field, Procedure, ReportedVolume
from scoring.models import DirtyMonth
from tests.procedures.tables import (  # noqa: F401  (some are fixtures)
    NOW,
    TABLES,
    apply,
    cells,
    check,
    exported,
    fill,
    findings,
    in_english,
    small_country,
    superuser,
    taken,
    text,
    wrong,
    wrong_in,
)
from tests.scoring.country import Country

# --- What comes out goes in -----------------------------------------------------------------------------


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
