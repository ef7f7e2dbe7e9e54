"""Taking tables out and in by their pages: check, what would change, confirmation, and who may."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agencies import tasks
from agencies.models import Job
from procedures.models import ReportedVolume
from tests.admin_people import People, in_english, people_at_the_door, small_country  # noqa: F401
from tests.scoring.country import Country

HEADER = "agency,month,dossiers"
POLLING = b'hx-trigger="every'


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.JOBS_DIR = tmp_path


def upload(client: Client, content: bytes | str, name: str = "a.csv", table: str = "volumes") -> Any:
    content = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("table-import", args=[table]), {"file": file}, follow=True)


def test_a_table_is_checked_shown_confirmed_and_written(people: People, country: Country) -> None:
    ReportedVolume.objects.create(agency=country.north, month=202603, dossiers=10)
    administrator = in_english(people.administrator)
    response = upload(administrator, f"{HEADER}\nH44,202603,12\nH44.101,202603,<b>5")
    assert "“&lt;b&gt;5” is not a whole number." in response.content.decode()
    assert response.context["wrong"] == 1 and b"/write/" not in response.content
    response = upload(administrator, f"{HEADER}\nH44,202603,12\nH44.101,202603,5")
    assert response.context["to_write"] == 2
    assert "<td><ul>" not in response.content.decode()
    assert [row["changes"] for row in response.context["rows"]] == [
        [("agency code", None, "H44.101"), ("month", None, 202603), ("dossiers declared", None, 5)]
    ]
    check = Job.objects.filter(kind="check-import").first()
    page = reverse("job", args=[check.pk])
    changed = administrator.get(page, {"show": "changed"})
    assert [row["changes"] for row in changed.context["rows"]] == [[("dossiers declared", 10, 12)]]
    assert "<del>10</del>" in changed.content.decode() and "<ins>12</ins>" in changed.content.decode()
    assert ReportedVolume.objects.count() == 1
    written = administrator.post(reverse("job-write", args=[check.pk]), follow=True)
    assert "All rows were written together." in written.content.decode()
    assert set(ReportedVolume.objects.values_list("agency__code", "dossiers")) == {
        ("H44", 12),
        ("H44.101", 5),
    }
    again = administrator.post(reverse("job-write", args=[check.pk]), follow=True)
    assert "changed since the file was checked" in again.content.decode()


def test_errors_are_fetched_as_a_file(people: People) -> None:
    administrator = in_english(people.administrator)
    response = upload(administrator, f"{HEADER}\nH19,202603,12")
    job = Job.objects.get()
    assert reverse("job-file", args=[job.pk]) in response.content.decode()
    file = administrator.get(reverse("job-file", args=[job.pk]))
    rows = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    assert rows[1][:3] == ["2", "H19 · 202603", "agency code"]


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 100, "a.xlsx", "old format"),
        (b"%PDF-1.7\x00\x01", "a.csv", "neither a CSV file nor an Excel workbook"),
        (b"PK\x03\x04 broken", "a.xlsx", "damaged"),
        (b"", "a.csv", "empty"),
    ],
)
def test_what_is_no_table_is_told_so_on_the_form(
    people: People, content: bytes, name: str, told: str
) -> None:
    response = upload(in_english(people.administrator), content, name)
    assert told in response.content.decode() and not Job.objects.exists()


def test_a_long_table_is_checked_and_written_by_jobs(
    people: People, country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.exchange.job_pages.AT_ONCE", 2)
    rows = "\n".join(f"H44,2026{month:02},1" for month in range(1, 4))
    administrator = in_english(people.administrator)
    assert POLLING in upload(administrator, f"{HEADER}\n{rows}").content
    check = Job.objects.get()
    assert check.state == Job.State.WAITING
    tasks.run_job(check.pk)
    response = administrator.post(reverse("job-write", args=[check.pk]), follow=True)
    assert POLLING in response.content and not ReportedVolume.objects.exists()
    tasks.run_job(Job.objects.get(kind="apply-import").pk)
    assert ReportedVolume.objects.count() == 3


def test_who_may_take_which_table_in(people: People) -> None:
    for client, volumes, agencies in (
        (people.operator, 200, 200),
        (people.administrator, 200, 200),
        (people.neighbour, 200, 403),
        (people.officer, 403, 403),
        (people.reviewer, 403, 403),
    ):
        assert client.get(reverse("table-import", args=["volumes"])).status_code == volumes
        assert client.get(reverse("table-import", args=["agencies"])).status_code == agencies
    assert people.operator.get(reverse("table-import", args=["users"])).status_code == 404


def test_a_check_is_its_owner_s_and_their_agency_s(people: People, country: Country) -> None:
    upload(people.administrator, f"{HEADER}\nH44,202603,12")
    check = Job.objects.get()
    assert check.agency == country.north
    for client in (people.neighbour, people.officer):
        for name in ("job", "job-progress", "job-file"):
            assert client.get(reverse(name, args=[check.pk])).status_code == 404
        assert client.post(reverse("job-write", args=[check.pk])).status_code == 404
        assert client.post(reverse("job-stop", args=[check.pk])).status_code == 404
    assert people.operator.get(reverse("job", args=[check.pk])).status_code == 200
    assert people.operator.post(reverse("job-stop", args=[check.pk])).status_code == 403
    assert not ReportedVolume.objects.exists()


def test_exports_hold_what_one_may_export(people: People, country: Country) -> None:
    for agency in (country.north, country.north_communes[0], country.south):
        ReportedVolume.objects.create(agency=agency, month=202603, dossiers=1)
    address = reverse("table-export", args=["volumes"])

    def codes(client: Client, **asked: str) -> set[str]:
        response = client.post(address, {"form": "csv", **asked})
        content = b"".join(response.streaming_content).decode("utf-8-sig")
        return {row[0] for row in list(csv.reader(io.StringIO(content)))[1:]}

    assert codes(people.administrator) == {"H44", "H44.101"}
    assert codes(people.administrator, agency="h44.101") == {"H44.101"}
    assert codes(people.neighbour) == {"H19"}
    assert codes(people.reviewer) == {"H44", "H44.101", "H19"}
    assert people.neighbour.post(address, {"form": "csv", "agency": "H44"}).status_code == 403
    assert people.officer.post(address, {"form": "csv"}).status_code == 403
    assert people.administrator.post(address, {"form": "csv", "agency": "H99"}).status_code == 404
    assert people.administrator.post(address, {"form": "pdf"}).status_code == 404


def test_a_long_export_is_a_job(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.exchange.table_pages.AT_ONCE", 2)
    response = people.administrator.post(reverse("table-export", args=["agencies"]), {"form": "xlsx"})
    job = Job.objects.get()
    assert response["Location"] == reverse("job", args=[job.pk])
    tasks.run_job(job.pk)
    file = people.administrator.get(reverse("job-file", args=[job.pk]))
    assert file["Content-Type"].endswith("spreadsheetml.sheet")
    assert b"".join(file.streaming_content).startswith(b"PK")


def test_templates_are_offered(people: People) -> None:
    for form in ("csv", "xlsx"):
        assert people.administrator.get(reverse("table-template", args=["offers", form])).status_code == 200
    assert people.administrator.get(reverse("table-template", args=["offers", "pdf"])).status_code == 404


def test_one_s_jobs_are_listed_and_can_be_stopped(people: People) -> None:
    administrator = in_english(people.administrator)
    assert "No job yet" in administrator.get(reverse("jobs")).content.decode()
    job = Job.objects.create(
        kind="export-table",
        title="Export of Agencies",
        owner_id=int(administrator.session["_auth_user_id"]),
        language="en",
        created_at="2026-11-21T03:00Z",
        parameters={"table": "agencies", "form": "csv"},
    )
    page = administrator.get(reverse("jobs")).content.decode()
    assert "Export of Agencies" in page and POLLING.decode() in page
    part = administrator.get(reverse("jobs"), headers={"HX-Request": "true"}).content.decode()
    assert "Export of Agencies" in part and "<html" not in part
    assert "Export of Agencies" not in people.neighbour.get(reverse("jobs")).content.decode()
    administrator.post(reverse("job-stop", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == Job.State.GONE
    assert POLLING.decode() not in administrator.get(reverse("jobs")).content.decode()
    assert "No longer there" in administrator.get(reverse("job", args=[job.pk])).content.decode()
    assert administrator.get(reverse("job-file", args=[job.pk])).status_code == 404
