"""Roles: the default ones are there, an operator's changes stay, and reach who holds them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from agencies import permissions as p
from agencies import roles
from agencies.models import EventLog, Role
from agencies.roles import DEFAULT_ROLES, change_role, ensure_roles
from agencies.visibility import may
from tests.people import FOUR, LET_IN, FourPeople, four_people, role

__all__ = ["four_people"]

NOW = LET_IN + timedelta(days=30)


def test_every_portal_has_the_default_roles(db: None) -> None:
    for default in DEFAULT_ROLES:
        assert set(role(default.code).codenames()) == set(default.permissions)
    assert role(roles.OPERATOR).codenames() == list(p.CODENAMES)


def test_what_an_operator_changed_stays_changed(db: None) -> None:
    officer = role(roles.OFFICER)
    officer.name = "Chuyên viên"
    officer.save()
    officer.permissions.remove(Permission.objects.get(codename=p.WORK_INBOX))
    Role.objects.get(code=roles.AUDITOR).delete()
    ensure_roles()
    officer.refresh_from_db()
    left = [p.SEE_RECORDS, p.HANDLE_PETITIONS, p.WRITE_OBJECTIONS]
    assert (officer.name, officer.codenames()) == ("Chuyên viên", left)
    assert role(roles.AUDITOR).codenames() == [p.SEE_RECORDS, p.SEE_LOG]


def test_a_permission_new_to_the_portal_reaches_the_default_roles(db: None) -> None:
    officer = role(roles.OFFICER)
    officer.permissions.clear()
    officer.offered = [p.SEE_RECORDS]
    officer.save()
    ensure_roles()
    assert role(roles.OFFICER).codenames() == [p.WORK_INBOX, p.HANDLE_PETITIONS, p.WRITE_OBJECTIONS]


@pytest.mark.parametrize("who", FOUR)
def test_only_an_operator_changes_a_role(four_people: FourPeople, who: str) -> None:
    with pytest.raises(PermissionDenied):
        change_role(role(roles.OFFICER), p.CODENAMES, by=four_people[who], reason="thử", as_of=NOW)


def test_a_change_reaches_who_holds_the_role_as_far_as_their_chain_does(four_people: FourPeople) -> None:
    wider = [p.SEE_RECORDS, p.EXPORT_RECORDS, p.PUBLISH_RESULTS]
    change_role(role(roles.OFFICER), wider, by=four_people.operator, reason="mở rộng", as_of=NOW)
    officer, stranger = four_people.officer, four_people.stranger
    assert may(officer, p.EXPORT_RECORDS, four_people.commune)
    assert not may(officer, p.WORK_INBOX, four_people.commune)
    # The province's administrator does not publish, so nobody below does; the stranger hangs on the operator.
    assert not may(officer, p.PUBLISH_RESULTS, four_people.commune)
    assert may(stranger, p.PUBLISH_RESULTS, four_people.other)
    event = EventLog.objects.get(verb="role.changed")
    before = [p.SEE_RECORDS, p.WORK_INBOX, p.HANDLE_PETITIONS, p.WRITE_OBJECTIONS]
    assert (event.before["permissions"], event.reason) == (before, "mở rộng")


def test_taking_from_a_role_takes_from_all_below(four_people: FourPeople) -> None:
    change_role(
        role(roles.ADMINISTRATOR),
        [p.SEE_RECORDS, p.DELEGATE],
        by=four_people.operator,
        reason="thu hẹp",
        as_of=NOW,
    )
    assert may(four_people.officer, p.SEE_RECORDS, four_people.commune)
    assert not may(four_people.officer, p.WORK_INBOX, four_people.commune)


def test_a_role_cannot_be_emptied_under_the_last_operator(four_people: FourPeople) -> None:
    with pytest.raises(ValidationError) as refused:
        change_role(role(roles.OPERATOR), [p.SEE_RECORDS], by=four_people.operator, reason="thử", as_of=NOW)
    assert refused.value.code == "last_operator"
    assert may(four_people.operator, p.OPERATE_SYSTEM, None)


def test_a_role_holds_nothing_but_declared_permissions(four_people: FourPeople) -> None:
    other = Permission.objects.get(codename="delete_user")
    with pytest.raises(ValidationError), transaction.atomic():
        role(roles.OFFICER).permissions.add(other)
    with pytest.raises(ValidationError):
        change_role(role(roles.OFFICER), ["delete_user"], by=four_people.operator, reason="thử", as_of=NOW)
