"""Tables as files: templates, workbooks, and files that are no table."""

from __future__ import annotations

import io

import openpyxl
import pytest

from agencies import job_files
from agencies.exchange.checking import Action
from agencies.exchange.exporting import ask_export, file_at_once, table_head, table_rows, template_of
from agencies.exchange.registry import resource_named
from agencies.exchange.uploads import Format
from agencies.job_runs import run_turn
from agencies.models import Agency, Job, User
from agencies.resources import AgencyResource
from tests.procedures.tables import (  # noqa: F401  (some are fixtures)
    NOW,
    TABLES,
    cells,
    check,
    fill,
    findings,
    in_english,
    small_country,
    superuser,
    text,
)
from tests.scoring.country import Country


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
