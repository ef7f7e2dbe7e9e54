"""Access review by its page: what is due to whom, confirming and ending several together, the file."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies import permissions as p
from agencies import roles
from agencies.granting import grant
from agencies.models import Grant
from agencies.visibility import paths_held
from tests.delegation_doors import Doors, agree, answers, doors, four_people, told
from tests.people import FourPeople, account, role

__all__ = ["doors", "four_people"]


def listed(door: Client, show: str) -> dict[str, tuple[bool, bool]]:
    """The usernames in a part of the list, each with whether it is flagged and may be decided."""
    rows = door.get(reverse("delegation-review"), {"show": show}).context["rows"]
    return {row.grant.user.username: (flagged, decidable) for row, flagged, decidable in rows}


def ticked(act: str, *grants: Grant) -> str:
    return f"{reverse('delegation-decide')}?act={act}&" + "&".join(f"grant={grant.pk}" for grant in grants)


def test_who_reviews(doors: Doors, four_people: FourPeople) -> None:
    expected = {"operator": 200, "reviewer": 403, "administrator": 200, "officer": 403, "stranger": 403}
    assert answers(doors, "delegation-review") == expected
    refused = {who: status if status == 403 else 302 for who, status in expected.items()}
    url = ticked("keep")
    assert {who: door.get(url).status_code for who, door in doors.items()} == refused


def test_each_sees_what_is_due_in_their_part(doors: Doors, four_people: FourPeople) -> None:
    assert listed(doors["administrator"], "mine") == {"officer": (True, True)}
    assert listed(doors["administrator"], "overdue") == {
        "officer": (True, True),
        "administrator": (False, False),
    }
    assert listed(doors["operator"], "mine") == {
        "administrator": (True, True),
        "reviewer": (True, True),
        "stranger": (True, True),
    }
    fresh = account("fresh")
    made = grant(
        four_people.administrator, fresh, role(roles.OFFICER), four_people.commune,
        reason="x", as_of=timezone.now(),
    )  # fmt: skip
    assert "fresh" not in listed(doors["administrator"], "due")
    Grant.objects.filter(pk=made.pk).update(review_due_on=timezone.localdate() + timedelta(days=20))
    assert listed(doors["administrator"], "due")["fresh"] == (False, True)
    assert "fresh" not in listed(doors["administrator"], "overdue")


def test_ticked_ones_are_confirmed_together(doors: Doors, four_people: FourPeople) -> None:
    grants = four_people.grants
    url = ticked("keep", grants["administrator"], grants["stranger"])
    page = doors["operator"].get(url)
    assert "You say that 2 accesses are still needed." in page.context["consequences"]
    done = agree(doors["operator"], url)
    assert told(done) == "2 accesses confirmed."
    assert Grant.objects.filter(confirmed_at__isnull=False).count() == 2
    assert listed(doors["operator"], "mine").keys() == {"reviewer"}


def test_ticked_ones_end_together_those_that_hang_on_another_too(
    doors: Doors, four_people: FourPeople
) -> None:
    grants = four_people.grants
    url = ticked("end", grants["administrator"], grants["officer"])
    page = doors["operator"].get(url)
    assert "2 accesses end at once." in page.context["consequences"]
    refused = agree(doors["operator"], url)
    assert refused.context["form"].errors == {"reason": ["This field is required."]}
    done = agree(doors["operator"], url, reason="sáp nhập phòng")
    assert told(done) == "2 accesses ended."
    assert not paths_held(four_people.officer, p.SEE_RECORDS)


def test_one_that_is_not_one_s_own_to_decide_stops_all(doors: Doors, four_people: FourPeople) -> None:
    grants = four_people.grants
    for act in ("keep", "end"):
        for other, status in (("administrator", 403), ("stranger", 404), ("operator", 404)):
            url = ticked(act, grants["officer"], grants[other])
            assert doors["administrator"].get(url).status_code == status
            sent = {"confirmed": "yes", "act": act, "grant": [grants["officer"].pk, grants[other].pk]}
            assert doors["administrator"].post(url, {**sent, "reason": "x"}).status_code == status
    assert doors["administrator"].get(f"{reverse('delegation-decide')}?act=keep&grant=x").status_code == 404
    assert doors["administrator"].get(ticked("eat", grants["officer"])).status_code == 404
    assert not Grant.objects.filter(confirmed_at__isnull=False).exists()
    nothing = doors["administrator"].get(ticked("keep"), follow=True)
    assert told(nothing) == "Tick the accesses first."


def test_the_list_is_taken_out_as_a_file(doors: Doors, four_people: FourPeople) -> None:
    url = reverse("delegation-review-file")
    answer = doors["administrator"].post(url, {"form": "csv", "show": "overdue"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "officer@example.vn" in text and "stranger" not in text
    for who, status in (("reviewer", 403), ("officer", 403), ("stranger", 403)):
        assert doors[who].post(url, {"form": "csv"}).status_code == status
