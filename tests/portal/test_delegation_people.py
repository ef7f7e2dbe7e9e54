"""A person's page: what of theirs one sees, handing it over, letting all of it rest."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from agencies import permissions as p
from agencies import roles
from agencies.granting import grant
from agencies.models import Grant
from agencies.revoking import revoke
from agencies.visibility import paths_held
from tests.delegation_doors import Doors, agree, answers, doors, everybody, four_people, names, told
from tests.people import FourPeople, account, role

__all__ = ["doors", "four_people"]


def test_whose_page_is_seen_by_whom(doors: Doors, four_people: FourPeople) -> None:
    for whose, expected in (
        ("officer", everybody(operator=200, reviewer=200, administrator=200, officer=200)),
        ("administrator", everybody(operator=200, reviewer=200, administrator=200)),
        ("reviewer", everybody(operator=200, reviewer=200)),
        ("stranger", everybody(operator=200, reviewer=200, stranger=200)),
    ):
        assert answers(doors, "delegation-person", four_people[whose].pk) == expected, whose
    assert answers(doors, "delegation-person", account("nobody").pk) == everybody()
    assert answers(doors, "delegation-person", 99999) == everybody()


def test_only_what_lies_in_one_s_own_part_is_told(doors: Doors, four_people: FourPeople) -> None:
    now = timezone.now()
    elsewhere = grant(
        four_people.operator, four_people.officer, role(roles.AUDITOR), four_people.other,
        reason="Đồng Nai", as_of=now,
    )  # fmt: skip
    url = reverse("delegation-person", args=[four_people.officer.pk])
    assert [row.grant.agency.code for row in doors["administrator"].get(url).context["present"]] == [
        "H44.07900"
    ]
    assert "Đồng Nai" not in doors["administrator"].get(url).content.decode()
    for who in ("operator", "officer"):
        assert len(doors[who].get(url).context["present"]) == 2
    revoke(elsewhere, by=four_people.operator, reason="thôi", as_of=now)
    assert names(doors["operator"].get(url).context["past"]) == ["officer"]
    assert doors["administrator"].get(url).context["past"] == []


def test_who_may_hand_over_and_let_rest(doors: Doors, four_people: FourPeople) -> None:
    for page in ("delegation-hand-over", "delegation-suspend-all"):
        for data in (None, {"confirmed": "no"}):
            for whose, expected in (
                ("officer", everybody(operator=200, reviewer=403, administrator=200, officer=403)),
                ("administrator", everybody(operator=200, reviewer=403, administrator=403)),
                ("stranger", everybody(operator=200, reviewer=403, stranger=403)),
            ):
                assert answers(doors, page, four_people[whose].pk, data=data) == expected, whose


def test_a_hand_over_is_shown_then_moves_everything(doors: Doors, four_people: FourPeople) -> None:
    taker = account("taker")
    url = reverse("delegation-hand-over", args=[four_people.administrator.pk])
    page = doors["operator"].get(url)
    assert "1 access passes to who takes over." in page.context["consequences"]
    assert "1 access of others hangs on it and goes along." in page.context["consequences"]
    done = agree(doors["operator"], url, to_user="taker@example.vn", reason="nghỉ hưu")
    assert told(done) == "1 access passed from administrator to taker."
    assert paths_held(taker, p.DELEGATE) == (four_people.province.path,)
    assert not paths_held(four_people.administrator, p.DELEGATE)
    officers = Grant.objects.get(pk=four_people.grants["officer"].pk)
    assert officers.parent is not None and officers.parent.user == taker


def test_what_is_somebody_else_s_to_decide_is_counted_not_named(
    doors: Doors, four_people: FourPeople
) -> None:
    now = timezone.now()
    grant(
        four_people.operator,
        four_people.officer,
        role(roles.AUDITOR),
        four_people.other,
        reason="x",
        as_of=now,
    )
    page = doors["administrator"].get(reverse("delegation-hand-over", args=[four_people.officer.pk]))
    assert "1 access stays as it is: somebody else decides about it." in page.context["consequences"]
    (_moved, left) = page.context["carried"]
    assert (list(left.grants), left.further) == ([], 1)
    assert "Đồng Nai" not in page.content.decode()


def test_who_takes_over_must_fit(doors: Doors, four_people: FourPeople) -> None:
    url = reverse("delegation-hand-over", args=[four_people.officer.pk])
    for taker, why in (
        ("officer", "Choose somebody else to hand over to."),
        ("administrator", "Nobody hands access over to themselves."),
        ("nobody", "No account has this username or e-mail address."),
    ):
        refused = agree(doors["administrator"], url, to_user=taker, reason="x")
        assert refused.context["form"].errors == {"to_user": [why]}
    assert Grant.objects.get(pk=four_people.grants["officer"].pk).ended_at is None


def test_everything_rests_at_once(doors: Doors, four_people: FourPeople) -> None:
    grant(
        four_people.administrator, four_people.officer, role(roles.AUDITOR), four_people.province,
        reason="x", as_of=timezone.now(),
    )  # fmt: skip
    url = reverse("delegation-suspend-all", args=[four_people.officer.pk])
    assert "2 accesses rest at once." in doors["administrator"].get(url).context["consequences"]
    done = agree(doors["administrator"], url, reason="xác minh")
    assert "All access of officer that you decide about rests." in told(done)
    assert not paths_held(four_people.officer, p.SEE_RECORDS)
    again = doors["administrator"].get(url, follow=True)
    assert told(again) == "It is suspended already."
