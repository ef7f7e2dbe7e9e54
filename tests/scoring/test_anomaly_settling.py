"""Who explains an anomaly and who decides: the agency answers, somebody above it settles."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.models import Agency, EventLog
from scoring.anomalies import settling
from scoring.models import Anomaly, AnomalyRule
from tests.people import FOUR, FourPeople, four_people
from tests.scoring.country import NOW

__all__ = ["four_people"]


def anomaly_at(agency: Agency, **facts: Any) -> Anomaly:
    rule = AnomalyRule.objects.get(code="ended-before-received")
    values = {"month": 202604, "severity": rule.severity, "size": 3, "found": {"dossiers": 3}, **facts}
    return Anomaly.objects.create(rule=rule, agency=agency, found_at=NOW, changed_at=NOW, **values)


def logged(verb: str) -> EventLog:
    return EventLog.objects.get(verb=verb)


@pytest.mark.parametrize(
    ("place", "explain", "decide"),
    [
        ("commune", {"administrator", "officer"}, {"reviewer", "administrator"}),
        ("province", {"administrator"}, {"reviewer"}),
        ("other", {"stranger"}, {"reviewer"}),
    ],
)
def test_who_may(four_people: FourPeople, place: str, explain: set[str], decide: set[str]) -> None:
    anomaly = anomaly_at(getattr(four_people, place))
    assert {name for name in FOUR if settling.may_explain(four_people[name], anomaly)} == explain
    assert {name for name in FOUR if settling.may_settle(four_people[name], anomaly)} == decide
    assert {name for name in FOUR if settling.may_assign(four_people[name], anomaly)} == explain | decide
    assert {person.username for person in settling.assignees(anomaly, NOW)} - {"operator"} == explain | decide


@pytest.mark.parametrize("verb", [settling.settle, settling.dismiss])
def test_the_agency_itself_does_not_settle_its_own(four_people: FourPeople, verb: Any) -> None:
    anomaly = anomaly_at(four_people.province)
    with pytest.raises(PermissionDenied):
        verb(anomaly, by=four_people.administrator, reason="tự duyệt", as_of=NOW)
    anomaly.refresh_from_db()
    assert anomaly.state == "open" and not anomaly.steps.exists()


def test_from_found_to_settled_every_step_stands_in_history_and_log(four_people: FourPeople) -> None:
    anomaly = anomaly_at(four_people.commune)
    administrator, officer = four_people.administrator, four_people.officer
    settling.assign(anomaly, officer, by=administrator, as_of=NOW)
    assert (anomaly.state, anomaly.assignee) == ("assigned", officer)
    settling.explain(anomaly, "Máy chủ sai giờ, đã sửa.", by=officer, as_of=NOW)
    assert anomaly.state == "explained"
    settling.settle(anomaly, by=administrator, reason="đã kiểm tra", as_of=NOW)
    assert (anomaly.state, anomaly.decided_size) == ("settled", 3)
    settling.reopen(anomaly, by=four_people.reviewer, reason="xem lại", as_of=NOW)
    assert (anomaly.state, anomaly.decided_size) == ("assigned", 0)
    assert [(step.verb, step.actor) for step in anomaly.steps.all()] == [
        ("assigned", administrator),
        ("explained", officer),
        ("settled", administrator),
        ("reopened", four_people.reviewer),
    ]
    assert logged("anomaly.assigned").after == {"assignee": "officer"}
    # What an agency writes may name people: it is not copied into the log.
    explained = logged("anomaly.explained")
    assert (explained.actor, explained.reason) == (officer, "")
    assert "Máy chủ" not in str(explained.after)
    settled = logged("anomaly.settled")
    assert (settled.agency, settled.reason, settled.before) == (
        four_people.commune,
        "đã kiểm tra",
        {"state": "explained"},
    )
    assert settled.after == {"state": "settled", "figures": {"dossiers": 3}}
    assert logged("anomaly.reopened").reason == "xem lại"


def test_who_has_no_part_in_it_is_not_given_it(four_people: FourPeople) -> None:
    with pytest.raises(ValidationError):
        settling.assign(
            anomaly_at(four_people.commune), four_people.stranger, by=four_people.officer, as_of=NOW
        )


@pytest.mark.parametrize("name", ["reviewer", "stranger"])
def test_only_the_agency_explains(four_people: FourPeople, name: str) -> None:
    with pytest.raises(PermissionDenied):
        settling.explain(anomaly_at(four_people.commune), "x", by=four_people[name], as_of=NOW)


@pytest.mark.parametrize("state", ["settled", "dismissed", "mended"])
def test_what_is_over_is_not_decided_again(four_people: FourPeople, state: str) -> None:
    anomaly = anomaly_at(four_people.commune, state=state)
    for verb in (settling.settle, settling.dismiss):
        with pytest.raises(ValidationError):
            verb(anomaly, by=four_people.reviewer, reason="x", as_of=NOW)
    if state == "mended":
        with pytest.raises(ValidationError):
            settling.reopen(anomaly, by=four_people.reviewer, reason="x", as_of=NOW)


def test_a_decision_needs_its_reason(four_people: FourPeople) -> None:
    anomaly = anomaly_at(four_people.commune)
    for reason in ("  ", "x" * 501):
        with pytest.raises(ValidationError):
            settling.dismiss(anomaly, by=four_people.reviewer, reason=reason, as_of=NOW)
    assert not EventLog.objects.filter(verb__startswith="anomaly.").exists()
