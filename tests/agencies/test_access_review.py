"""Access is confirmed every half-year by somebody above; what is late is shown to them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.access_review import confirm, flagged_for, overdue
from agencies.granting import REVIEW_AFTER
from agencies.models import EventLog
from agencies.revoking import revoke, suspend
from tests.people import FOUR, LET_IN, FourPeople, four_people

__all__ = ["four_people"]

DUE = LET_IN + REVIEW_AFTER
LATE = DUE + timedelta(days=1)


def test_what_is_late_is_flagged_to_the_level_above(four_people: FourPeople) -> None:
    assert overdue(DUE) == []
    late = {
        item.grant.user.username: {person.username for person in item.reviewers} for item in overdue(LATE)
    }
    assert late == {
        # Nobody else delegates on the nation, and there is no superuser.
        "operator": set(),
        "reviewer": {"operator"},
        "administrator": {"operator"},
        "officer": {"administrator"},
        "stranger": {"operator"},
    }
    assert flagged_for(four_people.administrator, LATE) == [four_people.grants["officer"]]
    for who in ("reviewer", "officer", "stranger"):
        assert flagged_for(four_people[who], LATE) == []


def test_without_anybody_near_it_goes_further_up(four_people: FourPeople) -> None:
    suspend(four_people.grants["administrator"], by=four_people.operator, reason="xem xét", as_of=LET_IN)
    late = {item.grant: item.reviewers for item in overdue(LATE)}
    assert late[four_people.grants["officer"]] == (four_people.operator,)


def test_confirming_puts_it_off_by_half_a_year(four_people: FourPeople) -> None:
    officers = four_people.grants["officer"]
    confirm(officers, by=four_people.administrator, as_of=LATE)
    assert officers.confirmed_at == LATE
    assert officers not in [item.grant for item in overdue(LATE)]
    assert officers in [item.grant for item in overdue(LATE + REVIEW_AFTER + timedelta(days=1))]
    event = EventLog.objects.get(verb="grant.confirmed")
    assert event.before["review_due_on"] < event.after["review_due_on"]


@pytest.mark.parametrize("who", [name for name in FOUR if name != "administrator"])
def test_only_those_above_confirm(four_people: FourPeople, who: str) -> None:
    with pytest.raises(PermissionDenied):
        confirm(four_people.grants["officer"], by=four_people[who], as_of=LATE)


def test_what_has_ended_is_neither_late_nor_confirmed(four_people: FourPeople) -> None:
    officers = four_people.grants["officer"]
    revoke(officers, by=four_people.administrator, reason="nghỉ việc", as_of=LATE)
    assert officers not in [item.grant for item in overdue(LATE)]
    with pytest.raises(ValidationError):
        confirm(officers, by=four_people.administrator, as_of=LATE)
