"""The report to a People's Committee and its action list, as pages: who sees, who sets, what is on paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from scoring.committee_report import committee_report
from scoring.models import ActionTask, Scorecard
from scoring.periods import Period
from scoring.recount import recount_all
from scoring.results_shown import shown
from tests.admin_people import People, in_english, people_at_the_door, small_country
from tests.scoring.country import NOW, Country, make_dossier, on

__all__ = ["people_at_the_door", "small_country"]

MAY = Period.parse("2026-M05")


@pytest.fixture(autouse=True)
def country_in_may(country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 20 May 2026; the first commune of the north is late with half of its dossiers."""
    for module in ("committee_page", "action_pages", "action_list_page"):
        monkeypatch.setattr(f"portal.reports.{module}.timezone.now", lambda: NOW)
    monkeypatch.setattr("portal.admin.today.page.timezone.now", lambda: NOW)
    call_command("load_indicators", verbosity=0)
    first, second = country.north_communes
    for agency, late in ((first, 6), (second, 0), (country.south_commune, 0)):
        for number in range(12):
            days = 14 if number < late else 5
            make_dossier(agency, country.marriage, on(5, 1), ended_at=on(5, 1) + timedelta(days=days))
    recount_all(NOW)


def read(client: Client, name: str, query: str = "", *arguments: object) -> str:
    response = in_english(client).get(reverse(name, args=arguments) + query)
    assert response.status_code == 200, (name, query)
    return response.content.decode()


def new_url(unit: str = "H44.101", agency: str = "H44") -> str:
    return f"{reverse('action-new')}?agency={agency}&unit={unit}&criterion=2.1&period=2026"


FILLED = {"target": "95,5", "due_on": "2026-11-30", "note": "Rà soát hồ sơ trễ"}


def give(client: Client, **changed: str) -> ActionTask:
    response = client.post(new_url(), {**FILLED, **changed})
    task = ActionTask.objects.get()
    assert response.url == reverse("action-task", args=[task.pk])  # type: ignore[attr-defined]
    return task


def test_the_report_names_each_criterion_its_reason_and_who_pulls_it_down(
    people: People, country: Country
) -> None:
    found = committee_report(country.north, shown(MAY), NOW)
    assert found is not None
    card = Scorecard.objects.get(agency=country.north, period=MAY.code)
    assert sum(state.result.points or 0 for state in found.criteria) == card.total
    lateness = next(state for state in found.criteria if state.result.criterion.code == "2.1")
    assert lateness.short == 6 and lateness.by_dossier
    assert [unit for unit, _shortfall in lateness.pulled_by] == [country.north_communes[0]]
    html = read(people.administrator, "committee-report", "?agency=H44&period=2026-M05")
    assert "6 dossiers more would earn all its points." in html
    assert "Agency H44.101 has 6 of the 6 late dossiers (100.00%) with 50.00% of all dossiers" in html
    # A task is set where it can be measured until its day: from the period under way.
    assert "/admin/reports/actions/new/?agency=H44&amp;unit=H44.101&amp;criterion=2.1" in html


def test_it_comes_on_paper(people: People, country: Country) -> None:
    give(people.administrator)
    response = people.administrator.get(f"{reverse('committee-report-file')}?agency=H44&period=2026")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-") and b"/FontFile2" in response.content


def test_a_task_is_set_seen_by_its_unit_and_by_nobody_else(people: People, country: Country) -> None:
    assert "6 dossiers more" in read(people.administrator, "committee-report", "?agency=H44&period=2026")
    assert (
        "It stands at 50.00% now (6 / 12)."
        in in_english(people.administrator).get(new_url()).content.decode()
    )
    task = give(people.administrator)
    assert (task.start, task.target) == (Decimal("0.5"), Decimal("0.955"))
    for client in (people.administrator, people.officer, people.reviewer):
        assert "95.50%" in read(client, "action-task", "", task.pk)
        assert "Agency H44.101" in read(client, "action-list")
    assert people.neighbour.get(reverse("action-task", args=[task.pk])).status_code == 404
    assert "No tasks here" in read(people.neighbour, "action-list")
    home = in_english(people.officer).get(reverse("admin:index")).content.decode()
    assert "Tasks of the action list" in home and "criteria to bring up to a rate by a day" in home
    html = read(people.administrator, "committee-report", "?agency=H44&period=2026")
    assert "Task: Agency H44.101 to reach 95.50% by 30 Nov 2026" in html


def test_only_who_sets_tasks_there_sets_changes_and_cancels(people: People, country: Country) -> None:
    for client in (people.officer, people.reviewer, people.neighbour):
        assert client.post(new_url(), FILLED).status_code == 404
    assert people.administrator.post(new_url(unit="H19.101"), FILLED).status_code == 200
    assert not ActionTask.objects.exists()
    task = give(people.administrator)
    for name in ("action-change", "action-cancel"):
        url = reverse(name, args=[task.pk])
        assert people.officer.post(url, {"reason": "x"}).status_code == 403
        assert people.neighbour.post(url, {"reason": "x"}).status_code == 404


def test_what_is_refused_is_told_beside_its_field(people: People, country: Country) -> None:
    for changed, told in (
        ({"target": "40"}, "The rate was there already when the task was set."),
        ({"target": "nhiều"}, "target"),
        ({"due_on": "2027-02-01"}, "This day is after Year 2026"),
        ({"due_on": "2026-05-01"}, "This day is over."),
    ):
        response = in_english(people.administrator).post(new_url(), {**FILLED, **changed})
        assert response.status_code == 200 and told in response.content.decode()
        assert response.context["form"].errors
    assert (
        "There is no such unit"
        in in_english(people.administrator).get(new_url(unit="H19.101")).content.decode()
    )


def test_it_is_changed_and_cancelled_with_a_reason_and_tells_its_history(
    people: People, country: Country
) -> None:
    task = give(people.administrator)
    change, cancel = (reverse(name, args=[task.pk]) for name in ("action-change", "action-cancel"))
    assert people.administrator.post(change, {**FILLED, "target": "98"}).status_code == 200
    people.administrator.post(change, {**FILLED, "target": "98", "reason": "siết lại"})
    task.refresh_from_db()
    assert task.target == Decimal("0.98")
    assert people.administrator.post(cancel, {"reason": " "}).status_code == 200
    people.administrator.post(cancel, {"reason": "chuyển sang kỳ sau"})
    task.refresh_from_db()
    assert task.state == ActionTask.State.CANCELLED
    html = read(people.officer, "action-task", "", task.pk)
    for words in ("set a task of an action list", "changed a task", "cancelled a task", "chuyển sang kỳ sau"):
        assert words in html
    assert people.administrator.post(change, {**FILLED, "reason": "x"}).status_code == 200
    assert (
        "This task has ended"
        in in_english(people.administrator).post(change, {**FILLED, "reason": "x"}).content.decode()
    )


def test_the_list_is_narrowed_and_taken_out(people: People, country: Country) -> None:
    task = give(people.administrator)
    for query, there in (
        ("?state=open", True),
        ("?state=done", False),
        ("?state=overdue", False),
        ("?criterion=2.1", True),
        ("?criterion=3.3", False),
    ):
        assert ("Agency H44.101" in read(people.administrator, "action-list", query)) == there, query
    ActionTask.objects.filter(pk=task.pk).update(due_on=datetime(2026, 5, 1, tzinfo=UTC).date())
    assert "Agency H44.101" in read(people.administrator, "action-list", "?state=overdue")
    response = people.administrator.get(reverse("action-list-file"))
    text = response.content.decode("utf-8-sig")
    assert "H44.101" in text and "0.9550" in text
    assert people.officer.get(reverse("action-list-file")).status_code == 403
    home = in_english(people.officer).get(reverse("admin:index")).content.decode()
    assert "1 of them is overdue" in home
