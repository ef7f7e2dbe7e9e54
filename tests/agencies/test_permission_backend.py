"""Django's own question, user.has_perm, answered from the grants."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from guardian.shortcuts import get_perms

from agencies import permissions as p
from agencies.models import IntegrationClient, Role, User
from agencies.revoking import suspend
from tests.people import FOUR, LET_IN, FourPeople, four_people

__all__ = ["four_people"]


@pytest.fixture
def system(four_people: FourPeople) -> IntegrationClient:
    """A connected system of the commune."""
    return IntegrationClient.objects.create(agency=four_people.commune, username="mot-cua")


@pytest.mark.parametrize("who", FOUR)
def test_a_declared_permission_on_an_agency(four_people: FourPeople, who: str) -> None:
    user = four_people[who]
    assert user.has_perm("agencies.delegate", four_people.commune) == (who == "administrator")
    assert user.has_perm("delegate", four_people.commune) == (who == "administrator")
    assert user.has_perm("agencies.see_records", four_people.other) == (who in ("reviewer", "stranger"))


@pytest.mark.parametrize(
    ("who", "views", "changes"),
    [
        ("reviewer", True, False),
        ("administrator", True, True),
        ("officer", True, False),
        ("stranger", False, False),
    ],
)
def test_what_the_admin_asks_of_a_record(
    four_people: FourPeople, system: IntegrationClient, who: str, views: bool, changes: bool
) -> None:
    user = four_people[who]
    assert user.has_perm("agencies.view_integrationclient", system) is views
    assert user.has_perm("agencies.change_integrationclient", system) is changes


def test_without_a_record_it_is_whether_anywhere(four_people: FourPeople) -> None:
    assert four_people.stranger.has_perm("agencies.view_integrationclient")
    assert not four_people.stranger.has_perm("agencies.change_integrationclient")
    assert four_people.administrator.has_perm("agencies.change_integrationclient")
    assert not four_people.administrator.has_perm("agencies.delete_integrationclient")
    assert four_people.administrator.has_module_perms("agencies")
    assert not User.objects.create(username="nobody").has_module_perms("agencies")


def test_what_belongs_to_no_agency_takes_holding_it_everywhere(four_people: FourPeople) -> None:
    role = Role.objects.get(code="officer")
    assert four_people.administrator.has_perm("agencies.view_role", role)
    for who in FOUR:
        assert not four_people[who].has_perm("agencies.change_role")
    assert four_people.operator.has_perm("agencies.change_role")
    assert four_people.operator.has_perm("agencies.change_role", role)


def test_an_account_is_no_record_of_an_agency(four_people: FourPeople) -> None:
    assert not four_people.operator.has_perm("agencies.change_user")
    assert not four_people.operator.has_perm("agencies.change_user", four_people.officer)
    assert not four_people.operator.has_perm("agencies.change_agency", four_people.officer)
    assert not four_people.operator.has_perm("nothing.at_all")
    assert not AnonymousUser().has_perm("agencies.see_records")


def test_guardian_is_told_the_same_through_the_backend(four_people: FourPeople) -> None:
    user = four_people.officer
    held = {p.SEE_RECORDS, p.WORK_INBOX, p.HANDLE_PETITIONS, p.WRITE_OBJECTIONS}
    assert user.get_all_permissions(four_people.commune) == held
    assert set(get_perms(user, four_people.commune)) == held
    suspend(four_people.grants["officer"], by=four_people.administrator, reason="xem xét", as_of=LET_IN)
    assert user.get_all_permissions(four_people.commune) == set()
    assert get_perms(User.objects.get(pk=user.pk), four_people.commune) == []
