"""A person leaves: the access passes to who takes over, and what hung on it hangs on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies import permissions as p
from agencies import roles
from agencies.granting import grant
from agencies.handover import hand_over, to_hand_over
from agencies.models import EventLog, Grant
from agencies.revoking import hanging_on, suspend
from agencies.visibility import may, paths_held
from tests.people import FOUR, LET_IN, FourPeople, account, four_people, role

__all__ = ["four_people"]

NOW = LET_IN + timedelta(days=30)


def test_all_access_moves_and_what_hung_on_it_hangs_on(four_people: FourPeople) -> None:
    successor = account("successor")
    done = hand_over(
        four_people.administrator, successor, by=four_people.operator, reason="luân chuyển", as_of=NOW
    )
    assert done.left == ()
    (moved,) = done.moved
    old, officers = four_people.grants["administrator"], four_people.grants["officer"]
    for known in (old, officers):
        known.refresh_from_db()
    assert (old.ended_at, moved.parent, officers.parent) == (NOW, old.parent, moved)
    assert moved.review_due_on == old.review_due_on
    assert may(successor, p.DELEGATE, four_people.commune)
    assert may(four_people.officer, p.WORK_INBOX, four_people.commune)
    assert not paths_held(four_people.administrator, p.SEE_RECORDS)
    assert EventLog.objects.first().verb == "grant.handed_over"  # type: ignore[union-attr]


def test_a_deputy_takes_over_what_the_deputys_own_access_hangs_on(four_people: FourPeople) -> None:
    deputy = account("deputy")
    own = grant(
        four_people.administrator,
        deputy,
        role(roles.ADMINISTRATOR),
        four_people.commune,
        reason="phó",
        as_of=NOW,
    )
    (moved,) = hand_over(
        four_people.administrator, deputy, by=four_people.operator, reason="kế nhiệm", as_of=NOW
    ).moved
    assert {link.pk for link in hanging_on(moved)} == {own.pk, four_people.grants["officer"].pk}
    assert may(deputy, p.DELEGATE, four_people.province)


def test_a_chain_of_ones_own_moves_as_a_chain(four_people: FourPeople) -> None:
    # The same person holds a grant and, through a deputy, another that hangs on it.
    deputy, successor = account("deputy"), account("successor")
    middle = grant(
        four_people.administrator,
        deputy,
        role(roles.ADMINISTRATOR),
        four_people.province,
        reason="phó",
        as_of=NOW,
    )
    lower = grant(
        deputy,
        four_people.administrator,
        role(roles.AUDITOR),
        four_people.commune,
        reason="kiểm tra",
        as_of=NOW,
    )
    done = hand_over(
        four_people.administrator, successor, by=four_people.operator, reason="luân chuyển", as_of=NOW
    )
    top, bottom = done.moved
    middle.refresh_from_db()
    assert (middle.parent, bottom.parent) == (top, middle)
    assert bottom.role == lower.role
    assert may(successor, p.SEE_LOG, four_people.commune)


@pytest.mark.parametrize("who", [name for name in FOUR if name != "administrator"])
def test_others_hand_nothing_over(four_people: FourPeople, who: str) -> None:
    with pytest.raises(PermissionDenied):
        hand_over(four_people.officer, account("someone"), by=four_people[who], reason="thử", as_of=NOW)


def test_the_administrator_moves_only_what_lies_in_the_province(four_people: FourPeople) -> None:
    elsewhere = grant(
        four_people.operator,
        four_people.officer,
        role(roles.AUDITOR),
        four_people.other,
        reason="kiêm nhiệm",
        as_of=NOW,
    )
    planned = to_hand_over(four_people.officer, four_people.administrator, NOW)
    assert planned.left == (elsewhere,)
    done = hand_over(
        four_people.officer, account("someone"), by=four_people.administrator, reason="nghỉ việc", as_of=NOW
    )
    assert (len(done.moved), done.left) == (1, (elsewhere,))
    assert paths_held(four_people.officer, p.SEE_RECORDS) == (four_people.other.path,)


def test_nobody_hands_over_powers_they_do_not_hold(four_people: FourPeople) -> None:
    reviewers = grant(
        four_people.operator,
        four_people.officer,
        role(roles.REVIEWER),
        four_people.commune,
        reason="thí điểm",
        as_of=NOW,
    )
    planned = to_hand_over(four_people.officer, four_people.administrator, NOW)
    assert reviewers in planned.left


@pytest.mark.parametrize("to", ["officer", "administrator", "inactive"])
def test_who_cannot_take_over(four_people: FourPeople, to: str) -> None:
    inactive = account("inactive")
    inactive.is_active = False
    inactive.save()
    target = inactive if to == "inactive" else four_people[to]
    with pytest.raises(ValidationError):
        hand_over(four_people.officer, target, by=four_people.administrator, reason="thử", as_of=NOW)
    assert Grant.objects.open().filter(user=four_people.officer).count() == 1


def test_the_last_operator_hands_the_system_over_only_through_another(four_people: FourPeople) -> None:
    with pytest.raises(PermissionDenied):
        hand_over(
            four_people.operator, account("successor"), by=four_people.operator, reason="nghỉ", as_of=NOW
        )


def test_who_takes_over_does_not_inherit_a_suspension(four_people: FourPeople) -> None:
    suspend(four_people.grants["officer"], by=four_people.administrator, reason="xem xét", as_of=NOW)
    someone = account("someone")
    hand_over(four_people.officer, someone, by=four_people.administrator, reason="thay", as_of=NOW)
    assert may(someone, p.WORK_INBOX, four_people.commune)
