"""Giving access: only what one holds, only in one's own subtree, no longer than one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from agencies import permissions as p
from agencies import roles
from agencies.granting import grant, make_operator
from agencies.models import Agency, AgencyUserObjectPermission, EventLog, Grant, Role, User
from agencies.tree import place
from agencies.visibility import may, paths_held
from tests.people import FOUR, LET_IN, FourPeople, account, four_people, role

__all__ = ["four_people"]

NOW = LET_IN + timedelta(days=30)


def refusal(*args: object, **kwargs: object) -> dict[str, list[str]]:
    """What a grant that is refused is refused for."""
    with pytest.raises(ValidationError) as refused:
        grant(*args, **{"reason": "phân công", "as_of": NOW, **kwargs})  # type: ignore[arg-type]
    return refused.value.message_dict


@pytest.mark.parametrize("who", FOUR)
@pytest.mark.parametrize("where", ["nation", "province", "commune", "other"])
def test_only_who_delegates_there_gives_access(four_people: FourPeople, who: str, where: str) -> None:
    someone, agency = account("someone"), getattr(four_people, where)
    if who == "administrator" and where in ("province", "commune"):
        made = grant(four_people[who], someone, role(roles.OFFICER), agency, reason="phân công", as_of=NOW)
        assert made.parent == four_people.grants["administrator"]
        assert may(someone, p.WORK_INBOX, agency)
        return
    assert "agency" in refusal(four_people[who], someone, role(roles.OFFICER), agency)
    assert not someone.grants.exists()


def test_nobody_passes_on_what_they_do_not_hold(four_people: FourPeople) -> None:
    told = refusal(four_people.administrator, account("someone"), role(roles.REVIEWER), four_people.commune)
    assert p.label(p.PUBLISH_RESULTS) in told["role"][0]
    assert p.label(p.SEE_RECORDS) not in told["role"][0]


def test_two_halves_do_not_make_a_whole(four_people: FourPeople) -> None:
    # Export by one grant, delegation by another: no chain would carry both.
    halves = Role.objects.create(code="clerk", name="Chỉ ủy quyền")
    roles.change_role(
        halves,
        [p.SEE_RECORDS, p.DELEGATE],
        by=four_people.operator,
        reason="thử",
        as_of=NOW,
    )
    clerk = account("clerk")
    for held in (halves, role(roles.AUDITOR)):
        grant(four_people.administrator, clerk, held, four_people.commune, reason="phân công", as_of=NOW)
    told = refusal(clerk, account("someone"), role(roles.AUDITOR), four_people.commune)
    assert list(told) == ["role"]


def test_nobody_gives_longer_than_they_have(four_people: FourPeople) -> None:
    deputy, end = account("deputy"), NOW + timedelta(days=90)
    grant(
        four_people.administrator,
        deputy,
        role(roles.ADMINISTRATOR),
        four_people.commune,
        valid_until=end,
        reason="thay",
        as_of=NOW,
    )
    someone = account("someone")
    for until in (None, end + timedelta(seconds=1)):
        told = refusal(deputy, someone, role(roles.OFFICER), four_people.commune, valid_until=until)
        assert list(told) == ["valid_until"]
    made = grant(
        deputy,
        someone,
        role(roles.OFFICER),
        four_people.commune,
        valid_until=end,
        reason="đúng hạn",
        as_of=NOW,
    )
    assert made.valid_until == end


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("user", {"user": "administrator"}),
        ("user", {"user": "officer"}),
        ("user", {"user": "inactive"}),
        ("agency", {"agency": "ended"}),
        ("valid_until", {"valid_until": NOW}),
        ("valid_until", {"valid_from": NOW + timedelta(days=2), "valid_until": NOW + timedelta(days=1)}),
        ("reason", {"reason": "  "}),
    ],
)
def test_what_makes_no_sense_is_refused(
    four_people: FourPeople, field: str, changed: dict[str, object]
) -> None:
    ended = Agency(code="H44.01", name="Sở cũ", kind="department", valid_to=NOW.date() - timedelta(days=1))
    inactive = User.objects.create(username="inactive", is_active=False)
    people = {
        "someone": account("someone"),
        "inactive": inactive,
        "officer": four_people.officer,
        "administrator": four_people.administrator,
    }
    agencies = {"commune": four_people.commune, "ended": place(ended, four_people.province)}
    asked = {"user": "someone", "agency": "commune", **changed}
    told = refusal(
        four_people.administrator,
        people[str(asked.pop("user"))],
        role(roles.OFFICER),
        agencies[str(asked.pop("agency"))],
        **asked,
    )
    assert list(told) == [field]


def test_the_same_access_may_follow_itself(four_people: FourPeople) -> None:
    someone, end = account("someone"), NOW + timedelta(days=30)
    first = {"valid_until": end, "reason": "đợt một", "as_of": NOW}
    given = (four_people.administrator, someone, role(roles.OFFICER), four_people.commune)
    grant(*given, **first)  # type: ignore[arg-type]
    assert "user" in refusal(*given, valid_from=end - timedelta(days=1))
    grant(*given, valid_from=end, reason="đợt hai", as_of=NOW)
    assert paths_held(someone, p.WORK_INBOX, end) == (four_people.commune.path,)


def test_a_superuser_begins_a_chain_anywhere(four_people: FourPeople) -> None:
    last_resort = User.objects.create_superuser("last-resort")
    made = grant(
        last_resort,
        account("someone"),
        role(roles.ADMINISTRATOR),
        four_people.other,
        reason="khôi phục",
        as_of=NOW,
    )
    assert made.parent is None and made.granted_by == last_resort


def test_a_grant_lies_on_one_agency_and_is_never_copied_down(four_people: FourPeople) -> None:
    rows = AgencyUserObjectPermission.objects.filter(user=four_people.administrator)
    assert {row.content_object_id for row in rows} == {four_people.province.pk}
    assert rows.count() == len(role(roles.ADMINISTRATOR).codenames())


def test_who_is_given_access_may_sign_in_to_use_it(four_people: FourPeople) -> None:
    someone = User.objects.create_user("someone")
    grant(
        four_people.administrator,
        someone,
        role(roles.OFFICER),
        four_people.commune,
        reason="phân công",
        as_of=NOW,
    )
    assert User.objects.get(pk=someone.pk).is_staff


def test_the_command_line_makes_an_operator_once(four_people: FourPeople) -> None:
    someone = account("someone")
    made = make_operator(someone, reason="dự phòng", as_of=NOW)
    assert (made.parent, made.granted_by, made.agency) == (None, None, four_people.nation)
    assert may(someone, p.OPERATE_SYSTEM, None)
    with pytest.raises(ValidationError):
        make_operator(someone, reason="lại", as_of=NOW)


def test_giving_access_stands_in_the_log(four_people: FourPeople) -> None:
    made = four_people.grants["officer"]
    event = EventLog.objects.get(object_type="agencies.grant", object_id=str(made.pk))
    assert (event.verb, event.actor, event.agency) == (
        "grant.made",
        four_people.administrator,
        four_people.commune,
    )
    assert event.after["user"] == "officer"
    assert event.after["permissions"] == role(roles.OFFICER).codenames()
    assert event.reason == "phân công"


def test_what_is_refused_leaves_nothing(four_people: FourPeople) -> None:
    before = (Grant.objects.count(), EventLog.objects.count())
    refusal(four_people.officer, account("someone"), role(roles.OFFICER), four_people.commune)
    assert (Grant.objects.count(), EventLog.objects.count()) == before
