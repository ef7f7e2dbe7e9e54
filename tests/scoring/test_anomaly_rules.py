"""Rules are data: there from the start, changed by reviewers within bounds, each change in the log."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.models import EventLog
from scoring.anomalies.checks import CHECKS
from scoring.anomalies.rules import change_rule, ensure_rules, read_rules
from scoring.models import AnomalyRule
from tests.people import FourPeople, four_people
from tests.scoring.country import NOW
from tests.scoring.test_anomaly_settling import anomaly_at

__all__ = ["four_people"]


def changed(rule: AnomalyRule, by: Any, **values: Any) -> None:
    given = {
        "severity": rule.severity,
        "limits": rule.limits,
        "enabled": rule.enabled,
        "reason": "thống nhất",
        **values,
    }
    change_rule(rule, by=by, as_of=NOW, **given)


@pytest.fixture
def jump(db: None) -> AnomalyRule:
    return AnomalyRule.objects.get(code="volume-jump")


def test_every_portal_begins_with_them_and_every_check_has_one(db: None) -> None:
    assert AnomalyRule.objects.count() == len(read_rules())
    assert set(AnomalyRule.objects.values_list("check_name", flat=True)) == CHECKS.keys()
    assert all(rule.enabled and rule.name and rule.name_en and rule.why for rule in AnomalyRule.objects.all())
    assert ensure_rules() == 0


def test_what_a_reviewer_changed_stays_and_words_are_brought_up_to_date(jump: AnomalyRule) -> None:
    limits = {**jump.limits, "times": 9}
    AnomalyRule.objects.filter(pk=jump.pk).update(limits=limits, severity=1, enabled=False, name="cũ")
    AnomalyRule.objects.filter(code="copies").delete()
    assert ensure_rules() == 2
    jump.refresh_from_db()
    assert (jump.limits, jump.severity, jump.enabled) == (limits, 1, False)
    assert jump.name != "cũ"


def test_a_change_stands_in_the_log_and_moves_what_waits(
    four_people: FourPeople,
) -> None:
    anomaly = anomaly_at(four_people.commune)
    decided = anomaly_at(four_people.province, state="dismissed")
    changed(anomaly.rule, four_people.reviewer, severity=1, limits={"least": 5})
    event = EventLog.objects.get(verb="anomaly_rule.changed")
    assert (event.actor, event.reason) == (four_people.reviewer, "thống nhất")
    assert event.before == {"severity": 3, "limits": {"least": 1}, "enabled": True}
    assert event.after == {"severity": 1, "limits": {"least": 5}, "enabled": True}
    anomaly.refresh_from_db()
    decided.refresh_from_db()
    assert (anomaly.severity, decided.severity) == (1, 3)


@pytest.mark.parametrize("name", ["administrator", "officer", "stranger"])
def test_only_who_reviews_the_nation_changes_them(
    four_people: FourPeople, jump: AnomalyRule, name: str
) -> None:
    with pytest.raises(PermissionDenied):
        changed(jump, four_people[name], severity=3)


@pytest.mark.parametrize(
    "values",
    [
        {"limits": {"months": 3, "times": 3}},
        {"limits": {"months": 3, "times": 3, "least": 30, "more": 1}},
        {"limits": {"months": 0, "times": 3, "least": 30}},
        {"limits": {"months": 3, "times": 3, "least": "30"}},
        {"limits": {"months": 3, "times": True, "least": 30}},
        {"severity": 9},
        {"severity": 3, "reason": " "},
        {},
    ],
)
def test_what_is_out_of_bounds_or_changes_nothing_is_refused(
    four_people: FourPeople, jump: AnomalyRule, values: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        changed(jump, four_people.reviewer, **values)
    assert not EventLog.objects.filter(verb="anomaly_rule.changed").exists()
