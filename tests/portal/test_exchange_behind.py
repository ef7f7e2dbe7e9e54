"""The page of the dossiers behind a score: who sees which, what narrows it, and the files it gives."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from agencies import job_files, tasks
from agencies.models import EventLog, Job
from procedures.models import Dossier
from scoring.recount import recount_all
from tests.admin_people import People, in_english, people_at_the_door, small_country  # noqa: F401
from tests.scoring.country import Country, make_dossier, on

MONTH = "2026-M03"
POLLING = b'hx-trigger="every'


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.JOBS_DIR = tmp_path


@pytest.fixture
def dossiers(country: Country) -> dict[str, Dossier]:
    """In March: one late in a commune, one in time and one late in the department, one late in the south."""
    call_command("load_indicators", verbosity=0)
    late, timely = {"ended_at": on(3, 30)}, {"ended_at": on(3, 5)}
    made = {
        "commune": make_dossier(country.north_communes[0], country.marriage, on(3, 2), **late),
        "timely": make_dossier(country.north_department, country.licence, on(3, 3), **timely),
        "department": make_dossier(
            country.north_department, country.licence, on(3, 3), phone_hash="a" * 32, **late
        ),
        "south": make_dossier(country.south_commune, country.marriage, on(3, 1), **late),
    }
    recount_all(on(4, 2))
    return made


def page(code: str = "H44", period: str = MONTH, criterion: str = "2.1") -> str:
    return reverse("behind", args=[code, period, criterion])


def shown(client: Client, address: str, **query: Any) -> set[str]:
    response = client.get(address, query)
    assert response.status_code == 200
    return {row["dossier"].code for row in response.context["rows"]}


def test_the_page_holds_what_cost_points_or_all_that_counted(
    people: People, dossiers: dict[str, Dossier]
) -> None:
    codes = {name: dossier.code for name, dossier in dossiers.items()}
    assert shown(people.administrator, page()) == {codes["commune"], codes["department"]}
    everyone = shown(people.administrator, page(), show="counted")
    assert everyone == {codes["commune"], codes["department"], codes["timely"]}
    assert shown(people.reviewer, page("VN")) == {codes["commune"], codes["department"], codes["south"]}
    assert shown(people.officer, page("H44.101")) == {codes["commune"]}


def test_an_office_one_does_not_see_does_not_exist_here(people: People, dossiers: dict[str, Dossier]) -> None:
    assert people.neighbour.get(page()).status_code == 404
    assert people.officer.get(page()).status_code == 404
    assert people.officer.get(page("H44.102")).status_code == 404
    assert people.neighbour.post(page() + "file/", {"form": "csv"}).status_code == 404
    assert people.reviewer.get(page("H99")).status_code == 404


def test_who_is_not_signed_in_signs_in_first(client: Client, dossiers: dict[str, Dossier]) -> None:
    for address in (page(), reverse("jobs"), reverse("tables")):
        response = client.get(address)
        assert response.status_code == 302 and "next=" in response["Location"]


def test_filters_stay_in_the_address_and_sorting_keeps_them(
    people: People, dossiers: dict[str, Dossier], country: Country
) -> None:
    administrator = people.administrator
    assert shown(administrator, page(), unit="h44.101") == {dossiers["commune"].code}
    assert shown(administrator, page(), procedure="1.000002") == {dossiers["department"].code}
    assert shown(administrator, page(), status=Dossier.Status.RETURNED, month="2026-03")
    assert not shown(administrator, page(), month="2026-02")
    # An office outside the subtree narrows nothing, and shows nothing of itself.
    assert len(shown(administrator, page(), unit="H19.101")) == 2
    response = administrator.get(page(), {"unit": "H44.101", "sort": "deadline", "status": "99"})
    queries = [heading["query"] for heading in response.context["headings"]]
    assert queries[2] == "?unit=H44.101&sort=-deadline"
    assert all("unit=H44.101" in query and "status" not in query for query in queries)
    assert shown(administrator, page(), sort="; drop table", after="x", before="9" * 30)


def test_the_length_is_the_scorecard_s(people: People, dossiers: dict[str, Dossier]) -> None:
    response = in_english(people.administrator).get(page())
    assert response.context["counts"] == (1, 3)
    assert (response.context["length"].number, response.context["length"].exact) == (2, True)
    assert "On the scorecard: 1 of 3." in response.content.decode()
    narrowed = people.administrator.get(page(), {"unit": "H44.01"}).context["length"]
    assert (narrowed.number, narrowed.exact) == (1, True)


def test_the_facts_that_decide_have_a_column(people: People, dossiers: dict[str, Dossier]) -> None:
    response = in_english(people.administrator).get(page(criterion="4.2"))
    assert [str(fact) for fact in response.context["facts"]] == ["papers attached", "electronic result"]
    assert len(response.context["rows"]) == 3


def test_a_criterion_without_dossiers_says_why(people: People, dossiers: dict[str, Dossier]) -> None:
    response = in_english(people.administrator).get(page(criterion="1.4"))
    assert response.status_code == 200
    assert "is not a share of dossiers" in response.content.decode()
    assert people.administrator.get(page(criterion="9.9")).status_code == 404
    assert people.administrator.get(page(period="March")).status_code == 404
    assert people.administrator.post(page(criterion="1.4") + "file/", {"form": "csv"}).status_code == 404


def test_pages_are_walked(people: People, dossiers: dict[str, Dossier], country: Country) -> None:
    for _ in range(60):
        make_dossier(country.north_communes[1], country.marriage, on(3, 4), ended_at=on(3, 30))
    first = people.administrator.get(page(), {"sort": "code"})
    second = people.administrator.get(page() + first.context["after"])
    assert len(first.context["rows"]) == 50 and len(second.context["rows"]) == 12
    assert not first.context["before"] and not second.context["after"]
    back = people.administrator.get(page() + second.context["before"])
    assert [row["dossier"] for row in back.context["rows"]] == [
        row["dossier"] for row in first.context["rows"]
    ]


@pytest.mark.parametrize("rows", [3, 45])
def test_a_page_costs_the_same_queries_however_long_it_is(
    people: People,
    dossiers: dict[str, Dossier],
    country: Country,
    rows: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(rows):
        make_dossier(country.north_communes[1], country.marriage, on(3, 4), ended_at=on(3, 30))
    with django_assert_max_num_queries(26):
        assert len(shown(people.administrator, page())) == rows + 2


# --- Files ----------------------------------------------------------------------------------------------


def csv_of(response: Any) -> list[list[str]]:
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def test_a_csv_tells_what_it_holds_and_nothing_personal(people: People, dossiers: dict[str, Dossier]) -> None:
    administrator = in_english(people.administrator)
    response = administrator.post(page() + "file/?unit=H44.01&sort=code", {"form": "csv"})
    assert response.headers["Content-Disposition"].startswith(
        'attachment; filename="dossiers-2.1-2026-M03-H44-'
    )
    assert "no-store" in response.headers["Cache-Control"]
    rows = csv_of(response)
    told = dict(row[0].removeprefix("# ").split(": ", 1) for row in rows if row[0].startswith("# "))
    assert told["Criterion"].startswith("2.1 ")
    assert told["Agency"] == "Agency H44 (H44), with all below it"
    assert told["Period"].endswith("(2026-M03)")
    assert told["Scorecard"] == "1 / 3"
    assert told["Filter"] == "unit: Agency H44.01 (H44.01), with all below it"
    assert told["Rows"] == "1" and told["Exported by"] == "administrator"
    assert {"List", "As of"} < set(told)
    header, *body = [row for row in rows if not row[0].startswith("# ")]
    assert header[0] == "dossier code"
    assert [row[0] for row in body] == [dossiers["department"].code]
    assert "ended late" in body[0] and "2026-03-30 09:00" in body[0]
    assert "a" * 32 not in str(rows)


def test_a_workbook_tells_its_filter_on_a_sheet_of_its_own(
    people: People, dossiers: dict[str, Dossier]
) -> None:
    response = in_english(people.administrator).post(page() + "file/?show=counted", {"form": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    body, about = book.worksheets
    assert body.max_row == 4 and about.title == "Filter"
    told = dict(about.iter_rows(values_only=True))
    assert told["List"] == "every dossier counted" and told["Rows"] == "3" and told["Filter"] == "none"
    assert body["I2"].is_date


def test_files_take_the_permission_to_export(people: People, dossiers: dict[str, Dossier]) -> None:
    assert b'name="form"' not in people.officer.get(page("H44.101")).content
    assert people.officer.post(page("H44.101") + "file/", {"form": "csv"}).status_code == 403
    assert people.administrator.post(page() + "file/", {"form": "exe"}).status_code == 404
    assert people.administrator.get(page() + "file/").status_code == 405


def test_who_took_dossiers_out_is_in_the_log(people: People, dossiers: dict[str, Dossier]) -> None:
    people.administrator.post(page() + "file/", {"form": "csv"})
    event = EventLog.objects.get(verb="table.exported")
    assert event.actor_name.startswith("administrator") and event.agency_name == "Agency H44"
    assert event.after == {"rows": 2} and "2.1" in event.object_label


def test_a_long_list_is_written_by_a_job(
    people: People, dossiers: dict[str, Dossier], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.exchange.behind_page.AT_ONCE", 1)
    administrator = in_english(people.administrator)
    response = administrator.post(page() + "file/?sort=code", {"form": "csv"})
    job = Job.objects.get()
    assert response["Location"] == reverse("job", args=[job.pk])
    assert POLLING in administrator.get(response["Location"]).content
    tasks.run_job(job.pk)
    progress = administrator.get(reverse("job-progress", args=[job.pk]), headers={"HX-Request": "true"})
    assert progress.headers["HX-Refresh"] == "true" and POLLING not in progress.content
    assert reverse("job-file", args=[job.pk]) in administrator.get(response["Location"]).content.decode()
    rows = csv_of(administrator.get(reverse("job-file", args=[job.pk])))
    assert ["# Rows: 2"] in rows
    assert [row[0] for row in rows[-2:]] == sorted(dossiers[name].code for name in ("commune", "department"))
    assert EventLog.objects.filter(verb="table.exported").count() == 1


def test_a_job_of_somebody_who_may_no_longer_export_fails(
    people: People, dossiers: dict[str, Dossier], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.exchange.behind_page.AT_ONCE", 0)
    people.administrator.post(page() + "file/", {"form": "csv"})
    job = Job.objects.get()
    job.owner.grants.all().delete()
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED and job_files.result_of(job) is None
