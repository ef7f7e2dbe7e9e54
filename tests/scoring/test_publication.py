"""A period's way to its published result: frozen, two people, a chain, corrections beside the old."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.jobs import run
from agencies.models import EventLog, Job
from scoring.closing_job import ask_closing
from scoring.models import DirtyMonth, Publication, PublishedScorecard, Scorecard
from scoring.outbox import mark
from scoring.periods import Period
from scoring.publication_text import content_hash, fingerprint_of
from scoring.published_versions import offices_told
from scoring.publishing import approve, close, propose, withdraw
from scoring.recount import recount_all
from scoring.results_shown import shown
from scoring.standings import standings
from tests.people import EVERYBODY
from tests.scoring.country import NOW, make_dossier, on
from tests.scoring.publishing import MARCH, Results, closed, make_results, published
from tests.worlds import built_once

built = built_once(make_results)


@pytest.fixture
def results(built: Results, db: None) -> Results:
    return deepcopy(built)


def test_the_frozen_copy_is_what_the_live_scores_were(results: Results) -> None:
    frozen = {row.agency_id: row for row in closed(results).scorecards.all()}
    live = list(Scorecard.objects.filter(period=MARCH.code))
    assert len(live) == len(frozen) == 8
    for card in live:
        row = frozen[card.agency_id]
        for name in (
            "peer_class", "total", "band", "groups", "criteria", "dossiers", "rank", "ranked"
        ):  # fmt: skip
            assert getattr(row, name) == getattr(card, name), (row.code, name)
    commune = frozen[results.country.north_communes[0].pk]
    assert (commune.parent, commune.inherits_from, commune.public_class) == ("H44", "H44", "communes:H44")


def test_a_period_under_way_is_not_closed_and_none_is_closed_twice(results: Results) -> None:
    for period in ("2026-M05", "2026-Q2", "2026"):
        with pytest.raises(ValidationError, match=r"chưa kết thúc|not over"):
            close(Period.parse(period), by=results.proposer, reason="", as_of=NOW)
    closed(results)
    with pytest.raises(ValidationError, match=r"đã được chốt|closed already"):
        close(MARCH, by=results.approver, reason="", as_of=NOW)


def test_the_job_recounts_what_waits_first_and_can_be_run_twice(results: Results) -> None:
    office = results.country.south_commune
    make_dossier(office, results.country.marriage, on(3, 20), ended_at=on(3, 22))
    mark([(office.pk, 202603, 202603)])
    publication, job = ask_closing(MARCH, by=results.proposer, reason="", as_of=NOW)
    run(job.pk, lambda: NOW)
    job.refresh_from_db()
    publication.refresh_from_db()
    assert (job.state, job.outcome["offices"]) == (Job.State.DONE, 8)
    assert publication.state == Publication.State.CLOSED
    assert not DirtyMonth.objects.exists()
    assert publication.scorecards.get(code=office.code).counts["received"] == 13
    content = publication.content
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING, claim="")
    run(job.pk, lambda: NOW + timedelta(days=1))
    publication.refresh_from_db()
    assert (publication.content, publication.scorecards.count()) == (content, 8)


def test_who_proposes_does_not_approve(results: Results) -> None:
    publication = closed(results)
    with pytest.raises(ValidationError):
        approve(publication, by=results.approver, as_of=NOW)
    propose(publication, by=results.proposer, reason="Kết quả", as_of=NOW)
    with pytest.raises(PermissionDenied):
        approve(publication, by=results.proposer, as_of=NOW)
    approve(publication, by=results.approver, as_of=NOW)
    assert shown(MARCH).publication == publication


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name not in ("reviewer", "operator")])
def test_only_who_publishes_for_the_nation_may(results: Results, name: str) -> None:
    publication, person = closed(results), results.people[name]
    with pytest.raises(PermissionDenied):
        close(Period.parse("2026-M02"), by=person, reason="", as_of=NOW)
    with pytest.raises(PermissionDenied):
        propose(publication, by=person, reason="vì", as_of=NOW)
    with pytest.raises(PermissionDenied):
        withdraw(publication, by=person, reason="vì", as_of=NOW)
    propose(publication, by=results.proposer, reason="vì", as_of=NOW)
    with pytest.raises(PermissionDenied):
        approve(publication, by=person, as_of=NOW)


def test_late_data_moves_the_live_scores_and_not_the_published(results: Results) -> None:
    publication = published(results)
    office = results.country.south_commune
    before = publication.scorecards.get(code=office.code)
    for day in range(10, 30):
        make_dossier(office, results.country.marriage, on(3, day), ended_at=on(5, 1))
    recount_all(NOW)
    live = Scorecard.objects.get(agency=office, period=MARCH.code)
    assert live.dossiers != before.dossiers
    assert live.total != before.total
    rows = {row.agency.code: row for row in standings(MARCH, live.peer_class, NOW, shown(MARCH))}
    assert rows[office.code].scorecard.total == before.total
    now = {row.agency.code: row for row in standings(MARCH, live.peer_class, NOW, shown(MARCH, live=True))}
    assert now[office.code].scorecard.total == live.total


def test_a_correction_is_a_new_version_beside_the_old_with_its_reason(results: Results) -> None:
    first = published(results)
    with pytest.raises(ValidationError):
        close(MARCH, by=results.proposer, reason=" ", as_of=NOW)
    office = results.country.south_commune
    make_dossier(office, results.country.marriage, on(3, 20), ended_at=on(5, 1))
    recount_all(NOW)
    second = published(results, reason="Bổ sung dữ liệu đến muộn của H19")
    assert (first.version, second.version, second.number) == (1, 2, 2)
    assert second.previous_fingerprint == first.fingerprint
    assert second.fingerprint == fingerprint_of(second) != first.fingerprint
    assert shown(MARCH).publication == second
    assert shown(MARCH, version=1).publication == first
    kept = PublishedScorecard.objects.filter(code=office.code).order_by("publication__version")
    assert [row.dossiers for row in kept] == [12, 13]


def test_a_withdrawn_result_leaves_its_number_and_a_note(results: Results) -> None:
    publication = closed(results)
    propose(publication, by=results.proposer, reason="Kết quả", as_of=NOW)
    withdraw(publication, by=results.approver, reason="Thiếu dữ liệu một tỉnh", as_of=NOW)
    assert not publication.scorecards.exists()
    again = published(results)
    assert again.version == 1
    with pytest.raises(ValidationError):
        withdraw(again, by=results.approver, reason="không", as_of=NOW)
    assert EventLog.objects.get(verb="results.withdrawn").reason == "Thiếu dữ liệu một tỉnh"


def test_a_copy_that_was_touched_in_review_is_not_approved(results: Results) -> None:
    publication = closed(results)
    propose(publication, by=results.proposer, reason="Kết quả", as_of=NOW)
    publication.scorecards.filter(code="H44").update(total="99.00")
    with pytest.raises(ValidationError):
        approve(publication, by=results.approver, as_of=NOW)
    assert shown(MARCH).publication is None


def test_every_decision_is_in_the_log(results: Results) -> None:
    publication = published(results)
    told = {event.verb: event for event in EventLog.objects.filter(verb__startswith="results.")}
    assert set(told) == {"results.closed", "results.proposed", "results.published"}
    event = told["results.published"]
    assert (event.actor, event.reason) == (results.approver, "Kết quả tháng 3")
    assert event.after["fingerprint"] == publication.fingerprint
    assert content_hash(publication.rules, offices_told(publication)) == event.after["content"]
