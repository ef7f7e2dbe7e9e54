"""Agencies merge and move: access follows once a reviewer, or who delegates there, has said so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies import permissions as p
from agencies.granting import grant
from agencies.models import Agency, EventLog, User
from agencies.moving import move
from agencies.succession import adopt, proposed_successions, stranded, succeed
from agencies.tree import place
from agencies.visibility import may, paths_held
from tests.people import FOUR, LET_IN, FourPeople, account, four_people, role

__all__ = ["four_people"]

NOW = LET_IN + timedelta(days=200)
LAST_DAY = date(2024, 6, 30)


def merge(four_people: FourPeople, *successors: Agency) -> None:
    """Let the province and its commune end."""
    for agency in (four_people.province, four_people.commune):
        agency.valid_to = LAST_DAY
        agency.save()
    four_people.province.successors.set(successors)


def new_province(four_people: FourPeople, code: str = "H45") -> Agency:
    return place(Agency(code=code, name=f"Tỉnh {code}", kind="province"), four_people.nation)


def test_what_has_ended_is_proposed_with_what_came_after(four_people: FourPeople) -> None:
    assert proposed_successions(NOW) == []
    middle, last = new_province(four_people, "H45"), new_province(four_people, "H46")
    merge(four_people, middle)
    middle.valid_to = LAST_DAY
    middle.save()
    middle.successors.add(last)
    province, commune = proposed_successions(NOW)
    assert (province.agency, province.grants, province.successors) == (
        four_people.province,
        (four_people.grants["administrator"],),
        (last,),
    )
    assert (commune.agency, commune.successors) == (four_people.commune, ())


def test_a_reviewer_lets_the_whole_chain_pass(four_people: FourPeople) -> None:
    province = new_province(four_people)
    commune = place(Agency(code="H45.1", name="Phường mới", kind="commune"), province)
    merge(four_people, province)
    four_people.commune.successors.add(commune)
    (administrators,) = succeed(four_people.province, by=four_people.reviewer, as_of=NOW)
    # The officer's access waits for its own commune.
    assert not paths_held(four_people.officer, p.WORK_INBOX)
    (officers,) = succeed(four_people.commune, by=four_people.reviewer, as_of=NOW)
    assert (administrators.agency, administrators.parent) == (province, four_people.grants["operator"])
    assert (officers.agency, officers.parent) == (commune, administrators)
    assert may(four_people.administrator, p.DELEGATE, commune)
    assert may(four_people.officer, p.WORK_INBOX, commune)
    assert not may(four_people.administrator, p.SEE_RECORDS, four_people.province)
    assert proposed_successions(NOW) == []
    event = EventLog.objects.first()
    assert event is not None
    assert (event.verb, event.actor, event.before["agency"]) == (
        "grant.succeeded",
        four_people.reviewer,
        "H44.07900",
    )


def test_the_commune_may_come_first(four_people: FourPeople) -> None:
    province = new_province(four_people)
    commune = place(Agency(code="H45.1", name="Phường mới", kind="commune"), province)
    merge(four_people, province)
    four_people.commune.successors.add(commune)
    (officers,) = succeed(four_people.commune, by=four_people.reviewer, as_of=NOW)
    # The province's administrator does not reach it; the operator above him does.
    assert officers.parent == four_people.grants["operator"]
    assert may(four_people.officer, p.WORK_INBOX, commune)


@pytest.mark.parametrize("who", [name for name in FOUR if name != "reviewer"])
def test_only_a_reviewer_confirms(four_people: FourPeople, who: str) -> None:
    merge(four_people, new_province(four_people))
    with pytest.raises(PermissionDenied):
        succeed(four_people.province, by=four_people[who], as_of=NOW)


def test_of_several_successors_one_is_chosen(four_people: FourPeople) -> None:
    one, two = new_province(four_people, "H45"), new_province(four_people, "H46")
    merge(four_people, one, two)
    for chosen in (None, four_people.other):
        with pytest.raises(ValidationError) as refused:
            succeed(four_people.province, by=four_people.reviewer, as_of=NOW, successor=chosen)
        assert list(refused.value.message_dict) == ["successor"]
    (made,) = succeed(four_people.province, by=four_people.reviewer, as_of=NOW, successor=two)
    assert made.agency == two


def test_what_cannot_be_succeeded(four_people: FourPeople) -> None:
    with pytest.raises(ValidationError):
        succeed(four_people.province, by=four_people.reviewer, as_of=NOW)  # not ended
    merge(four_people)
    with pytest.raises(ValidationError):
        succeed(four_people.province, by=four_people.reviewer, as_of=NOW)  # nothing came after
    four_people.province.successors.add(new_province(four_people))
    succeed(four_people.province, by=four_people.reviewer, as_of=NOW)
    with pytest.raises(ValidationError):
        succeed(four_people.province, by=four_people.reviewer, as_of=NOW)  # nothing left


def test_an_agency_that_moves_away_leaves_its_people_without_access_until_taken_on(
    four_people: FourPeople,
) -> None:
    move(four_people.commune, four_people.other)
    four_people.commune.refresh_from_db()
    officers = four_people.grants["officer"]
    assert not paths_held(four_people.officer, p.WORK_INBOX)
    assert stranded() == [officers]
    for who in ("administrator", "stranger", "reviewer", "officer"):
        with pytest.raises(ValidationError):
            adopt(officers, by=four_people[who], reason="tiếp nhận", as_of=NOW)
    adopt(officers, by=four_people.operator, reason="tiếp nhận", as_of=NOW)
    assert may(four_people.officer, p.WORK_INBOX, four_people.commune)
    assert stranded() == []
    with pytest.raises(ValidationError):
        adopt(officers, by=four_people.operator, reason="lần nữa", as_of=NOW)


def test_an_agency_that_moves_back_finds_its_access_again(four_people: FourPeople) -> None:
    move(four_people.commune, four_people.other)
    move(four_people.commune, four_people.province)
    assert may(four_people.officer, p.WORK_INBOX, Agency.objects.get(pk=four_people.commune.pk))


def test_a_commune_that_passes_to_another_province_is_stranded_there(four_people: FourPeople) -> None:
    last_resort = User.objects.create_superuser("last-resort")
    administrator = grant(
        last_resort,
        account("root"),
        role("administrator"),
        four_people.province,
        reason="gốc",
        as_of=LET_IN,
    )
    someone = account("someone")
    grant(administrator.user, someone, role("officer"), four_people.commune, reason="phân công", as_of=LET_IN)
    commune = place(Agency(code="H19.1", name="Phường mới", kind="commune"), four_people.other)
    four_people.commune.valid_to = LAST_DAY
    four_people.commune.save()
    four_people.commune.successors.add(commune)
    passed_on = succeed(four_people.commune, by=four_people.reviewer, as_of=NOW)
    made = {new.user: new for new in passed_on}
    # Its chain ends in the old province: nobody above the new commune answers for it yet.
    assert made[someone].parent == administrator
    assert stranded() == [made[someone]]
    assert not paths_held(someone, p.WORK_INBOX)
