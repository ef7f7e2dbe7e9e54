"""Agencies that ended or moved, by their page: who confirms, which successor, who takes on."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies import permissions as p
from agencies import roles
from agencies.granting import grant
from agencies.models import Agency, Grant
from agencies.moving import move
from agencies.tree import place
from agencies.visibility import paths_held
from tests.admin_people import in_english, signed_in
from tests.delegation_doors import Doors, agree, answers, doors, everybody, four_people, told
from tests.people import LET_IN, FourPeople, account, role

__all__ = ["doors", "four_people"]


@pytest.fixture
def ended(four_people: FourPeople) -> tuple[Agency, Agency]:
    """The commune has ended; two came after it."""
    after = [
        place(Agency(code=code, name=name, kind="commune"), four_people.province)
        for code, name in (("H44.1", "Phường Mới"), ("H44.2", "Xã Mới"))
    ]
    Agency.objects.filter(pk=four_people.commune.pk).update(valid_to=LET_IN.date())
    four_people.commune.successors.set(after)
    return after[0], after[1]


def test_who_sees_what_waits(doors: Doors, ended: tuple[Agency, Agency]) -> None:
    assert answers(doors, "delegation-succession") == {
        "operator": 200, "reviewer": 200, "administrator": 200, "officer": 403, "stranger": 403,
    }  # fmt: skip
    waits = {
        who: [
            (found.agency.code, may)
            for found, may in doors[who].get(reverse("delegation-succession")).context["proposed"]
        ]
        for who in ("operator", "reviewer", "administrator")
    }
    assert waits == {
        "operator": [("H44.07900", True)],
        "reviewer": [("H44.07900", True)],
        "administrator": [("H44.07900", False)],
    }


def test_who_confirms(doors: Doors, ended: tuple[Agency, Agency]) -> None:
    expected = everybody(operator=200, reviewer=200, administrator=403, officer=403)
    for data in (None, {"confirmed": "no"}):
        assert answers(doors, "delegation-succeed", "H44.07900", data=data) == expected
    assert answers(doors, "delegation-succeed", "H99") == everybody()
    assert answers(doors, "delegation-succeed", "H44")["operator"] == 404


def test_a_reviewer_chooses_and_lets_it_pass(
    doors: Doors, ended: tuple[Agency, Agency], four_people: FourPeople
) -> None:
    url = reverse("delegation-succeed", args=["H44.07900"])
    page = doors["reviewer"].get(url)
    assert (
        "1 access on Phường Việt Trì ends there and begins at what came after it."
        in page.context["consequences"]
    )
    unchosen = agree(doors["reviewer"], url)
    assert unchosen.context["form"].errors == {"successor": ["This field is required."]}
    wrong = agree(doors["reviewer"], url, successor="H19")
    assert "successor" in wrong.context["form"].errors
    done = agree(doors["reviewer"], url, successor="H44.2", reason="Nghị quyết 1")
    assert told(done) == "1 access passed to Xã Mới."
    assert paths_held(four_people.officer, p.WORK_INBOX) == (ended[1].path,)
    assert done.context["proposed"] == []


def test_who_moved_away_is_taken_on(doors: Doors, four_people: FourPeople) -> None:
    newcomer = account("dongnai")
    grant(
        four_people.operator, newcomer, role(roles.ADMINISTRATOR), four_people.other, reason="x",
        as_of=timezone.now(),
    )  # fmt: skip
    everyone: Doors = {**doors, "newcomer": in_english(signed_in(newcomer))}
    lost = four_people.grants["officer"]
    url = reverse("delegation-adopt", args=[lost.pk])
    straight = agree(doors["administrator"], url, reason="x")
    assert straight.context["form"].non_field_errors() == ["This access hangs where it should."]
    move(four_people.commune, four_people.other, by=four_people.operator, reason="x", as_of=timezone.now())
    assert not paths_held(four_people.officer, p.WORK_INBOX)
    expected = {**everybody(operator=200, reviewer=403, officer=403), "newcomer": 200}
    assert answers(everyone, "delegation-adopt", lost.pk) == expected
    assert answers(everyone, "delegation-adopt", lost.pk, data={"confirmed": "no"}) == expected
    page = everyone["newcomer"].get(reverse("delegation-succession"))
    assert [(row.grant.user.username, may) for row, may in page.context["apart"]] == [("officer", True)]
    assert "no longer lies below Tỉnh Phú Thọ" in page.content.decode()
    done = agree(everyone["newcomer"], url, reason="tiếp nhận")
    assert told(done) == "officer is Agency officer of Phường Việt Trì under your hand."
    assert paths_held(four_people.officer, p.WORK_INBOX)
    assert Grant.objects.get(pk=lost.pk).parent == newcomer.grants.get()
