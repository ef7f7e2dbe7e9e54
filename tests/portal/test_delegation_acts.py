"""Revoking, suspending, resuming and confirming by their pages: by whom, and what is shown before."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies import permissions as p
from agencies import roles
from agencies.granting import grant
from agencies.models import EventLog, Grant
from agencies.visibility import paths_held
from tests.delegation_doors import Doors, agree, answers, doors, everybody, four_people, told
from tests.people import FourPeople, account, role

__all__ = ["doors", "four_people"]

ACTS = ("revoke", "suspend", "resume", "confirm")


@pytest.mark.parametrize("act", ACTS)
def test_who_may_open_and_send_which(doors: Doors, four_people: FourPeople, act: str) -> None:
    """The reviewer sees who holds what and decides nothing; one's own can only be given up."""
    page, grants = f"delegation-{act}", four_people.grants
    own = 200 if act == "revoke" else 403
    for data in (None, {"confirmed": "no"}):
        for whose, expected in (
            ("officer", everybody(operator=200, reviewer=403, administrator=200, officer=own)),
            ("administrator", everybody(operator=200, reviewer=403, administrator=own)),
            ("stranger", everybody(operator=200, reviewer=403, stranger=own)),
            ("reviewer", everybody(operator=200, reviewer=own)),
            ("operator", everybody(operator=own, reviewer=403)),
        ):
            assert answers(doors, page, grants[whose].pk, data=data) == expected, whose
        assert answers(doors, page, 99999, data=data) == everybody()


@pytest.mark.parametrize("act", ACTS)
def test_a_guessed_id_changes_nothing(doors: Doors, four_people: FourPeople, act: str) -> None:
    before = list(Grant.objects.order_by("pk").values())
    for who in ("reviewer", "stranger", "officer"):
        for whose in ("administrator", "operator"):
            url = reverse(f"delegation-{act}", args=[four_people.grants[whose].pk])
            answer = doors[who].post(url, {"confirmed": "yes", "seen": "", "reason": "x"})
            assert answer.status_code in (403, 404)
    assert list(Grant.objects.order_by("pk").values()) == before


def test_revoking_names_who_goes_too_and_then_ends_them(doors: Doors, four_people: FourPeople) -> None:
    officer, administrator = four_people.officer, four_people.administrator
    url = reverse("delegation-revoke", args=[four_people.grants["administrator"].pk])
    page = doors["operator"].get(url)
    consequences = " ".join(page.context["consequences"])
    assert "Tỉnh Phú Thọ and 1 office below it" in consequences
    assert "1 access hangs on it and goes the same way" in consequences
    assert [part.heading for part in page.context["carried"]] == ["End with it"]
    assert "Agency officer · Phường Việt Trì" in page.content.decode()
    assert paths_held(officer, p.WORK_INBOX)
    done = agree(doors["operator"], url, reason="nghỉ việc")
    assert told(done) == "administrator is no longer Agency administrator of Tỉnh Phú Thọ."
    assert not paths_held(officer, p.WORK_INBOX) and not paths_held(administrator, p.DELEGATE)
    event = EventLog.objects.get(verb="grant.revoked")
    assert (event.actor, event.reason) == (four_people.operator, "nghỉ việc")


def test_what_changed_meanwhile_is_shown_again(doors: Doors, four_people: FourPeople) -> None:
    url = reverse("delegation-revoke", args=[four_people.grants["administrator"].pk])
    seen = doors["operator"].get(url).context["seen"]
    grant(
        four_people.administrator, account("second"), role(roles.OFFICER), four_people.commune,
        reason="x", as_of=timezone.now(),
    )  # fmt: skip
    again = doors["operator"].post(url, {"confirmed": "yes", "seen": seen, "reason": "nghỉ việc"})
    assert "has changed meanwhile" in told(again)
    assert "2 accesses hang on it" in " ".join(again.context["consequences"])
    assert Grant.objects.get(pk=four_people.grants["administrator"].pk).ended_at is None
    assert again.context["form"]["reason"].value() == "nghỉ việc"


def test_a_reason_is_needed(doors: Doors, four_people: FourPeople) -> None:
    for act in ("revoke", "suspend"):
        url = reverse(f"delegation-{act}", args=[four_people.grants["officer"].pk])
        refused = agree(doors["administrator"], url, reason=" ")
        assert refused.context["form"].errors == {"reason": ["This field is required."]}
    assert paths_held(four_people.officer, p.WORK_INBOX)


def test_suspending_and_resuming(doors: Doors, four_people: FourPeople) -> None:
    door, pk = doors["administrator"], four_people.grants["officer"].pk
    rests = agree(door, reverse("delegation-suspend", args=[pk]), reason="xác minh")
    assert "rests" in told(rests) and not paths_held(four_people.officer, p.WORK_INBOX)
    twice = agree(door, reverse("delegation-suspend", args=[pk]), reason="xác minh")
    assert twice.context["form"].non_field_errors() == ["It is suspended already."]
    agree(door, reverse("delegation-resume", args=[pk]), reason="xong")
    assert paths_held(four_people.officer, p.WORK_INBOX)


def test_giving_up_one_s_own(doors: Doors, four_people: FourPeople) -> None:
    url = reverse("delegation-revoke", args=[four_people.grants["officer"].pk])
    done = agree(doors["officer"], url, reason="chuyển công tác")
    assert done.redirect_chain[-1][0] == reverse("delegation-person", args=[four_people.officer.pk])
    assert "Nobody gave you access yet." in done.content.decode()


def test_the_last_operator_stays(doors: Doors, four_people: FourPeople) -> None:
    url = reverse("delegation-revoke", args=[four_people.grants["operator"].pk])
    refused = agree(doors["operator"], url, reason="nghỉ")
    (why,) = refused.context["form"].non_field_errors()
    assert why.startswith("This is the last operator")
    assert Grant.objects.get(pk=four_people.grants["operator"].pk).ended_at is None


def test_what_has_ended_is_told_so(doors: Doors, four_people: FourPeople) -> None:
    url = reverse("delegation-revoke", args=[four_people.grants["officer"].pk])
    agree(doors["administrator"], url, reason="x")
    again = doors["administrator"].get(url, follow=True)
    assert told(again) == "This access has ended already."


def test_confirming_puts_the_day_of_review_off(doors: Doors, four_people: FourPeople) -> None:
    url = reverse("delegation-confirm", args=[four_people.grants["officer"].pk])
    done = agree(doors["administrator"], url)
    assert "Confirmed: officer as Agency officer" in told(done)
    confirmed = Grant.objects.get(pk=four_people.grants["officer"].pk)
    assert confirmed.confirmed_at and confirmed.review_due_on > timezone.localdate()
