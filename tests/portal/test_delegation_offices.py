"""The tree and an office's page: who sees which, what is told, and what may be done from there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from agencies import roles
from agencies.granting import grant
from agencies.models import Agency, User
from agencies.revoking import suspend
from agencies.tree import place
from tests.delegation_doors import Doors, answers, doors, everybody, four_people, names
from tests.people import LET_IN, FourPeople, account, role

__all__ = ["doors", "four_people"]


def office(doors: Doors, who: str, agency: Agency) -> dict[str, object]:
    context: dict[str, object] = doors[who].get(reverse("delegation-office", args=[agency.code])).context
    return context


def test_an_office_is_seen_by_who_watches_over_it(doors: Doors, four_people: FourPeople) -> None:
    for code, expected in (
        ("VN", everybody(operator=200, reviewer=200)),
        ("H44", everybody(operator=200, reviewer=200, administrator=200)),
        ("H44.07900", everybody(operator=200, reviewer=200, administrator=200, officer=403)),
        ("H19", everybody(operator=200, reviewer=200, stranger=403)),
        ("H99", everybody()),
    ):
        assert answers(doors, "delegation-office", code) == expected, code
        assert answers(doors, "delegation-children", code) == expected, code


def test_the_tree_begins_at_one_s_tops(doors: Doors, four_people: FourPeople) -> None:
    assert answers(doors, "delegation") == everybody(
        operator=200, reviewer=200, administrator=200, officer=403, stranger=403
    )
    (top,) = doors["administrator"].get(reverse("delegation")).context["nodes"]
    assert top.agency == four_people.province and top.people == 1
    assert [(node.agency, node.people, node.below) for node in top.below] == [(four_people.commune, 1, None)]
    (nation,) = doors["operator"].get(reverse("delegation")).context["nodes"]
    assert {node.agency.code: node.has_below for node in nation.below} == {"H44": True, "H19": False}


def test_the_tree_is_open_down_to_the_office_chosen(doors: Doors, four_people: FourPeople) -> None:
    page = doors["operator"].get(reverse("delegation-office", args=["H44.07900"]))
    (nation,) = page.context["nodes"]
    by_code = {node.agency.code: node for node in nation.below}
    assert by_code["H44"].below[0].chosen and by_code["H19"].below is None
    below = doors["operator"].get(reverse("delegation-children", args=["H44"])).content.decode()
    assert "Phường Việt Trì" in below and "<html" not in below


def test_an_office_is_found_by_name_without_marks_or_by_code(doors: Doors, four_people: FourPeople) -> None:
    def found(who: str, asked: str) -> list[str]:
        page = doors[who].get(reverse("delegation"), {"q": asked})
        return [node.agency.code for node in page.context["found"]]

    assert found("administrator", "viet tri") == ["H44.07900"]
    assert found("administrator", "h44") == ["H44", "H44.07900"]
    assert found("administrator", "dong nai") == []
    assert found("operator", "dong nai") == ["H19"]


def test_direct_and_inherited_each_with_where_from(doors: Doors, four_people: FourPeople) -> None:
    context = office(doors, "administrator", four_people.commune)
    assert names(context["direct"]) == ["officer"]  # type: ignore[arg-type]
    assert [(row.grant.user.username, row.grant.agency.code) for row in context["inherited"]] == [  # type: ignore[attr-defined]
        ("administrator", "H44"),
        ("operator", "VN"),
        ("reviewer", "VN"),
    ]
    html = doors["administrator"].get(reverse("delegation-office", args=["H44.07900"])).content.decode()
    for text in ("Agency officer", "phân công", "in force", "Given by administrator", "To be confirmed by"):
        assert text in html


def test_what_may_be_done_is_offered_to_who_decides(doors: Doors, four_people: FourPeople) -> None:
    def offered(who: str, agency: Agency) -> list[str]:
        (row,) = office(doors, who, agency)["direct"]  # type: ignore[attr-defined]
        return [deed.label for deed in row.deeds]

    everything = ["Still needed", "Suspend", "Revoke"]
    assert offered("administrator", four_people.commune) == everything
    assert offered("operator", four_people.commune) == everything
    assert offered("reviewer", four_people.commune) == []
    assert offered("administrator", four_people.province) == ["Give up"]
    inherited = office(doors, "operator", four_people.commune)["inherited"]
    assert not any(row.deeds for row in inherited)  # type: ignore[attr-defined]


def test_every_state_is_told_with_its_reason(doors: Doors, four_people: FourPeople) -> None:
    now, by = timezone.now(), four_people.administrator
    later = account("later")
    grant(
        by, later, role(roles.AUDITOR), four_people.commune,
        valid_from=now + timedelta(days=3), reason="sau", as_of=now,
    )  # fmt: skip
    suspend(four_people.grants["officer"], by=by, reason="nghỉ", as_of=now)
    asleep = grant(by, account("asleep"), role(roles.AUDITOR), four_people.commune, reason="x", as_of=now)
    User.objects.filter(pk=asleep.user_id).update(is_active=False)
    rows = office(doors, "operator", four_people.commune)["direct"]
    states = {row.grant.user.username: (row.standing.state, row.standing.why) for row in rows}  # type: ignore[attr-defined]
    assert states == {
        "later": ("later", ""),
        "officer": ("suspended", ""),
        "asleep": ("nothing", "The account is inactive."),
    }
    suspend(four_people.grants["administrator"], by=four_people.operator, reason="nghỉ", as_of=now)
    User.objects.filter(pk=asleep.user_id).update(is_active=True)
    rows = office(doors, "operator", four_people.commune)["direct"]
    whys = {row.grant.user.username: row.standing.why for row in rows}  # type: ignore[attr-defined]
    assert (
        whys["asleep"] == "The access of administrator as Agency administrator of Tỉnh Phú Thọ is suspended."
    )


def test_the_chain_is_explained_in_words_to_who_may_see(doors: Doors, four_people: FourPeople) -> None:
    officer = four_people.officer.pk
    assert answers(doors, "delegation-explained", "H44.07900", officer) == everybody(
        operator=200, reviewer=200, administrator=200, officer=200
    )
    assert answers(doors, "delegation-explained", "H44", officer) == everybody()
    stranger = four_people.stranger.pk
    assert answers(doors, "delegation-explained", "H44.07900", stranger) == everybody(officer=403)
    (told,) = (
        doors["officer"]
        .get(reverse("delegation-explained", args=["H44.07900", officer]))
        .context["explanations"]
    )
    assert len(told.chain) == 3 and "the server’s command line made operator" in told.chain[0]
    assert "administrator made officer Agency officer of Phường Việt Trì" in told.chain[2]


def test_an_office_that_ended_gives_nothing_more(doors: Doors, four_people: FourPeople) -> None:
    Agency.objects.filter(pk=four_people.commune.pk).update(valid_to=LET_IN.date())
    html = doors["administrator"].get(reverse("delegation-office", args=["H44.07900"])).content.decode()
    assert "Access is given at what came after it." in html
    assert reverse("delegation-grant", args=["H44.07900"]) not in html
    page = doors["administrator"].get(reverse("delegation"))
    assert "(ended)" in page.content.decode()


def test_the_sidebar_offers_what_one_may_open(doors: Doors, four_people: FourPeople) -> None:
    def entries(who: str) -> list[str]:
        groups = doors[who].get(reverse("admin:index")).context["sidebar_navigation"]
        return [
            item["title"] for group in groups if group["title"] == "Delegation" for item in group["items"]
        ]

    assert entries("administrator") == [
        "Offices", "Who holds what", "Access review", "Succession", "Invite from a table", "My access",
    ]  # fmt: skip
    assert entries("reviewer") == ["Offices", "Who holds what", "Succession", "My access"]
    assert entries("officer") == entries("stranger") == ["My access"]


def test_a_wide_tree_and_a_busy_office_cost_the_same_number_of_queries(
    doors: Doors, four_people: FourPeople, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    url = reverse("delegation-office", args=["H44"])
    doors["operator"].get(url)
    for number in range(12):
        commune = place(
            Agency(code=f"H44.{number:05}", name=f"Xã {number}", kind="commune"), four_people.province
        )
        for agency in (commune, four_people.province):
            person = account(f"o{agency.pk}-{number}")
            grant(
                four_people.administrator,
                person,
                role(roles.OFFICER),
                agency,
                reason="x",
                as_of=timezone.now(),
            )
    with django_assert_max_num_queries(30):
        assert doors["operator"].get(url).status_code == 200


@pytest.mark.parametrize("name", ["delegation", "delegation-holders"])
def test_pages_only_read(doors: Doors, name: str) -> None:
    assert doors["operator"].post(reverse(name)).status_code == 405


def test_every_explanation_offered_opens(doors: Doors, four_people: FourPeople) -> None:
    shown = office(doors, "administrator", four_people.province)
    rows = [*shown["direct"], *shown["inherited"]]  # type: ignore[misc]
    assert {row.grant.agency.code for row in rows} == {"VN", "H44"}
    for row in rows:
        assert doors["administrator"].get(row.explained).status_code == 200, row.explained
