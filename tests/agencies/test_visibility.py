"""Who may do what where: one question to the grants, one query a request, nothing stale."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from agencies import permissions as p
from agencies import roles
from agencies.granting import grant
from agencies.models import Agency, AgencyCode, User
from agencies.permission_backend import GrantBackend
from agencies.request_trace import traced
from agencies.revoking import revoke
from agencies.tree import place
from agencies.visibility import (
    EVERYWHERE,
    holds_everywhere,
    may,
    may_see,
    paths_held,
    paths_visible_to,
    sees_everything,
    visible,
)
from tests.people import FOUR, LET_IN, FourPeople, four_people, role

__all__ = ["four_people"]

SEEN = {
    "reviewer": {"VN", "H44", "H44.07900", "H19"},
    "administrator": {"H44", "H44.07900"},
    "officer": {"H44.07900"},
    "stranger": {"H19"},
}


@pytest.mark.parametrize("who", FOUR)
def test_each_sees_the_subtree_of_their_grant(four_people: FourPeople, who: str) -> None:
    user = four_people[who]
    assert set(Agency.objects.visible_to(user).values_list("code", flat=True)) == SEEN[who]
    assert set(Agency.objects.filter(visible(user)).values_list("code", flat=True)) == SEEN[who]
    for agency in Agency.objects.all():
        assert may_see(user, agency.path) == (agency.code in SEEN[who])
    assert sees_everything(user) == may_see(user, None) == (who == "reviewer")


@pytest.mark.parametrize(
    ("permission", "holders"),
    [
        (p.WORK_INBOX, {"operator", "administrator", "officer"}),
        (p.DELEGATE, {"operator", "administrator"}),
        (p.SEE_LOG, {"operator", "reviewer", "administrator"}),
        (p.KEEP_SYSTEMS, {"operator", "administrator"}),
        (p.KEEP_INDICATORS, {"operator", "reviewer", "administrator"}),
        (p.OPERATE_SYSTEM, {"operator"}),
    ],
)
def test_who_holds_what_at_the_commune(four_people: FourPeople, permission: str, holders: set[str]) -> None:
    names = ("operator", *FOUR)
    assert {name for name in names if may(four_people[name], permission, four_people.commune)} == holders


def test_a_superuser_may_everything_and_an_anonymous_visitor_nothing(four_people: FourPeople) -> None:
    superuser = User(username="last-resort", is_superuser=True)
    assert paths_visible_to(superuser) == [EVERYWHERE]
    assert Agency.objects.visible_to(superuser).count() == 4
    assert paths_visible_to(AnonymousUser()) == []
    assert not Agency.objects.visible_to(AnonymousUser()).exists()


def test_an_inactive_account_may_nothing(four_people: FourPeople) -> None:
    four_people.administrator.is_active = False
    assert paths_visible_to(four_people.administrator) == []
    assert paths_visible_to(User(username="gone", is_superuser=True, is_active=False)) == []


def test_records_come_through_the_agency_they_belong_to(four_people: FourPeople) -> None:
    AgencyCode.objects.create(agency=four_people.commune, code="000.01.02.H44", scheme="old")
    AgencyCode.objects.create(agency=four_people.other, code="000.00.00.H19", scheme="old")
    seen = AgencyCode.objects.visible_to(four_people.administrator)
    assert [code.code for code in seen] == ["000.01.02.H44"]
    code = AgencyCode.objects.get(code="000.00.00.H19")
    assert not may(four_people.administrator, p.SEE_RECORDS, code)
    assert may(four_people.stranger, p.SEE_RECORDS, code)


def test_a_subtree_inside_another_is_not_asked_for_twice(four_people: FourPeople) -> None:
    grant(
        four_people.operator,
        four_people.administrator,
        role(roles.AUDITOR),
        four_people.commune,
        reason="kiểm tra",
        as_of=LET_IN,
    )
    assert paths_visible_to(four_people.administrator) == [four_people.province.path]


def test_a_path_that_only_begins_alike_is_another_agency(four_people: FourPeople) -> None:
    # /1/2/ and /1/20/: as long as paths end with their separator.
    for number in range(20):
        place(Agency(code=f"X{number}", name="x", kind="province"), four_people.nation)
    seen = Agency.objects.visible_to(four_people.administrator)
    assert all(agency.path.startswith(four_people.province.path) for agency in seen)
    assert seen.count() == 2


def test_a_request_asks_the_grants_once(
    four_people: FourPeople, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = four_people.administrator
    with traced("a-request"), django_assert_num_queries(1):
        assert may(user, p.DELEGATE, four_people.commune)
        assert not may(user, p.DELEGATE, four_people.other)
        assert not holds_everywhere(user, p.SEE_RECORDS)
        visible(user, "agency__path", p.SEE_LOG)
        assert GrantBackend().has_perm(user, "agencies.view_agency")


def test_what_one_request_remembers_the_next_does_not(four_people: FourPeople) -> None:
    user = four_people.officer
    with traced("first"):
        assert may(user, p.WORK_INBOX, four_people.commune)
    # Elsewhere, with other objects than those this process remembers something of.
    elsewhere = User.objects.get(pk=four_people.administrator.pk)
    officers_grant = user.grants.get()
    revoke(officers_grant, by=elsewhere, reason="nghỉ việc", as_of=timezone.now())
    with traced("second"):
        assert not may(user, p.WORK_INBOX, four_people.commune)


def test_outside_of_a_request_nothing_is_remembered(four_people: FourPeople) -> None:
    user = four_people.officer
    assert paths_visible_to(user)
    revoke(
        user.grants.get(),
        by=User.objects.get(pk=four_people.administrator.pk),
        reason="nghỉ việc",
        as_of=timezone.now(),
    )
    assert not paths_visible_to(user)


def test_a_window_opens_and_closes_by_itself(four_people: FourPeople) -> None:
    user = four_people.stranger
    begins, ends = LET_IN + timedelta(days=10), LET_IN + timedelta(days=20)
    grant(
        four_people.administrator,
        user,
        role(roles.AUDITOR),
        four_people.commune,
        valid_from=begins,
        valid_until=ends,
        reason="thanh tra",
        as_of=LET_IN,
    )
    here = four_people.commune.path
    for moment, held in (
        (begins - timedelta(seconds=1), False),
        (begins, True),
        (ends - timedelta(seconds=1), True),
        (ends, False),
    ):
        assert (here in paths_held(user, p.SEE_RECORDS, moment)) is held


def test_access_follows_an_agency_that_moves(four_people: FourPeople) -> None:
    place(four_people.commune, four_people.other)
    four_people.commune.refresh_from_db()
    assert may(four_people.stranger, p.SEE_RECORDS, four_people.commune)
    assert not may(four_people.administrator, p.SEE_RECORDS, four_people.commune)
