"""Ending access: with all that hangs on it, for a while, or by itself; never the last operator's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from agencies import permissions as p
from agencies import roles
from agencies.granting import grant
from agencies.models import AgencyUserObjectPermission, EventLog, Grant, User
from agencies.operators import operators
from agencies.revoking import expire, hanging_on, resume, revoke, suspend
from agencies.visibility import may, paths_held
from tests.people import FOUR, LET_IN, FourPeople, account, four_people, role

__all__ = ["four_people"]

NOW = LET_IN + timedelta(days=30)
LATER = NOW + timedelta(days=1)

#: Whose access each may end, suspend or resume besides what hangs on nobody: the operator's.
BELOW = {
    "operator": {"reviewer", "administrator", "officer", "stranger"},
    "reviewer": set(),
    "administrator": {"officer"},
    "officer": set(),
    "stranger": set(),
}


@pytest.mark.parametrize("who", ["operator", *FOUR])
@pytest.mark.parametrize("whose", ["operator", *FOUR])
@pytest.mark.parametrize("verb", [revoke, suspend])
def test_only_those_above_end_or_suspend(four_people: FourPeople, who: str, whose: str, verb: object) -> None:
    target = four_people.grants[whose]
    if whose in BELOW[who]:
        verb(target, by=four_people[who], reason="rà soát", as_of=NOW)  # type: ignore[operator]
        assert not Grant.objects.in_force(NOW).filter(pk=target.pk).exists()
        return
    refused = PermissionDenied
    if who == whose:
        if verb is revoke and who != "operator":
            # One may give up one's own.
            revoke(target, by=four_people[who], reason="xin thôi", as_of=NOW)
            return
        if verb is revoke:
            refused = ValidationError  # type: ignore[assignment]
    with pytest.raises(refused):
        verb(target, by=four_people[who], reason="rà soát", as_of=NOW)  # type: ignore[operator]
    assert Grant.objects.in_force(NOW).filter(pk=target.pk).exists()


def test_what_hangs_on_a_grant_is_shown_and_ends_with_it(four_people: FourPeople) -> None:
    administrators, officers = four_people.grants["administrator"], four_people.grants["officer"]
    assert hanging_on(administrators) == [officers]
    with_it = revoke(administrators, by=four_people.operator, reason="điều chuyển", as_of=NOW)
    assert with_it == [officers]
    officers.refresh_from_db()
    assert (officers.ended_at, officers.ended_by, officers.end_reason) == (
        NOW,
        four_people.operator,
        "điều chuyển",
    )
    assert not paths_held(four_people.officer, p.SEE_RECORDS)
    assert paths_held(four_people.stranger, p.SEE_RECORDS)
    verbs = EventLog.objects.order_by("-number").values_list("verb", flat=True)[:2]
    assert list(verbs) == ["grant.ended_with", "grant.revoked"]


def test_what_has_ended_does_not_end_again(four_people: FourPeople) -> None:
    officers = four_people.grants["officer"]
    revoke(officers, by=four_people.administrator, reason="nghỉ việc", as_of=NOW)
    with pytest.raises(ValidationError):
        revoke(officers, by=four_people.operator, reason="nghỉ việc", as_of=LATER)
    with pytest.raises(ValidationError):
        suspend(officers, by=four_people.operator, reason="xem xét", as_of=LATER)


def test_a_reason_is_asked_for(four_people: FourPeople) -> None:
    with pytest.raises(ValidationError) as refused:
        revoke(four_people.grants["officer"], by=four_people.administrator, reason=" ", as_of=NOW)
    assert list(refused.value.message_dict) == ["reason"]


def test_equals_do_not_decide_about_each_other(four_people: FourPeople) -> None:
    colleague = account("colleague")
    administrator = role(roles.ADMINISTRATOR)
    made = grant(
        four_people.operator, colleague, administrator, four_people.province, reason="thêm", as_of=NOW
    )
    with pytest.raises(PermissionDenied):
        revoke(made, by=four_people.administrator, reason="tranh chấp", as_of=NOW)
    # But whoever delegates at an office decides about those who only work there.
    revoke(four_people.grants["officer"], by=colleague, reason="nghỉ việc", as_of=NOW)


def test_one_decides_about_an_equal_one_has_made(four_people: FourPeople) -> None:
    deputy = account("deputy")
    made = grant(
        four_people.administrator,
        deputy,
        role(roles.ADMINISTRATOR),
        four_people.province,
        reason="phó",
        as_of=NOW,
    )
    with pytest.raises(PermissionDenied):
        revoke(four_people.grants["administrator"], by=deputy, reason="đảo chính", as_of=NOW)
    revoke(made, by=four_people.administrator, reason="thôi phó", as_of=NOW)


def test_a_suspended_link_lets_the_whole_chain_rest(four_people: FourPeople) -> None:
    chain = four_people.grants["administrator"]
    suspend(chain, by=four_people.operator, reason="xem xét", as_of=NOW)
    assert not may(four_people.administrator, p.DELEGATE, four_people.province)
    assert not may(four_people.officer, p.SEE_RECORDS, four_people.commune)
    with pytest.raises(ValidationError):
        suspend(chain, by=four_people.operator, reason="lần nữa", as_of=NOW)
    resume(chain, by=four_people.operator, reason="đã rõ", as_of=LATER)
    assert may(four_people.administrator, p.DELEGATE, four_people.province)
    assert may(four_people.officer, p.SEE_RECORDS, four_people.commune)
    with pytest.raises(ValidationError):
        resume(chain, by=four_people.operator, reason="lần nữa", as_of=LATER)


def test_resuming_one_link_leaves_another_resting(four_people: FourPeople) -> None:
    suspend(four_people.grants["officer"], by=four_people.administrator, reason="xem xét", as_of=NOW)
    suspend(four_people.grants["administrator"], by=four_people.operator, reason="xem xét", as_of=NOW)
    resume(four_people.grants["administrator"], by=four_people.operator, reason="đã rõ", as_of=LATER)
    assert not paths_held(four_people.officer, p.SEE_RECORDS)


def test_the_sweep_closes_what_is_over_and_nothing_else(four_people: FourPeople) -> None:
    deputy, end = account("deputy"), NOW + timedelta(days=10)
    made = grant(
        four_people.administrator,
        deputy,
        role(roles.ADMINISTRATOR),
        four_people.commune,
        valid_until=end,
        reason="thay",
        as_of=NOW,
    )
    below = grant(
        deputy,
        account("someone"),
        role(roles.OFFICER),
        four_people.commune,
        valid_until=end,
        reason="giúp",
        as_of=NOW,
    )
    assert expire(end - timedelta(seconds=1)) == 0
    assert expire(end) == 2
    assert expire(end) == 0
    assert not AgencyUserObjectPermission.objects.filter(grant__in=[made, below]).exists()
    assert Grant.objects.open().count() == 5
    assert EventLog.objects.filter(verb="grant.expired", actor=None).count() == 2


@pytest.mark.parametrize("verb", [revoke, suspend])
def test_the_last_operator_is_not_locked_out(four_people: FourPeople, verb: object) -> None:
    operators_grant = four_people.grants["operator"]
    second = account("second")
    with_end = grant(
        four_people.operator,
        second,
        role(roles.OPERATOR),
        four_people.nation,
        valid_until=NOW + timedelta(days=5),
        reason="tạm thời",
        as_of=NOW,
    )
    # One whose time will end, and who hangs on the first, keeps nothing open.
    assert with_end.parent == operators_grant
    with pytest.raises(ValidationError) as refused:
        revoke(operators_grant, by=four_people.operator, reason="xin thôi", as_of=NOW)
    assert refused.value.code == "last_operator"
    assert may(four_people.operator, p.OPERATE_SYSTEM, None)
    last_resort = User.objects.create_superuser("last-resort")
    verb(operators_grant, by=last_resort, reason="bàn giao", as_of=NOW)  # type: ignore[operator]
    assert list(operators(NOW)) == [last_resort]


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"is_superuser": False}, {"is_active": False, "is_superuser": False}]
)
def test_the_last_operators_account_stays(db: None, change: dict[str, bool]) -> None:
    last = User.objects.create_superuser("last")
    for name, value in change.items():
        setattr(last, name, value)
    with pytest.raises(ValidationError):
        last.full_clean(exclude=["password"])
    with pytest.raises(ValidationError):
        last.save()
    with pytest.raises(ValidationError), transaction.atomic():
        User.objects.get(pk=last.pk).delete()
    User.objects.create_superuser("another")
    last.save()


def test_an_operator_by_grant_may_cease_to_be_a_superuser(four_people: FourPeople) -> None:
    four_people.operator.is_superuser = True
    four_people.operator.save()
    four_people.operator.is_superuser = False
    four_people.operator.save()
    four_people.operator.is_active = False
    with pytest.raises(ValidationError):
        four_people.operator.save()
