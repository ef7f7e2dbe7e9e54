"""Tables taken in: only within what one may keep, all rows or none, and nothing overwritten unseen."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from agencies.exchange import checking
from agencies.exchange.checking import Action
from agencies.exchange.importing import ask_check
from agencies.exchange.uploads import Format
from agencies.job_runs import run_turn
from agencies.models import Agency, EventLog, Job, User
from procedures.models import AgencyProcedure, Procedure, ReportedVolume
from procedures.resources import VolumeResource
from scoring.models import DirtyMonth
from tests.procedures.tables import (  # noqa: F401  (some are fixtures)
    NOW,
    apply,
    cells,
    check,
    exported,
    findings,
    in_english,
    keeper,
    small_country,
    superuser,
    taken,
    text,
    wrong,
)
from tests.scoring.country import Country


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
