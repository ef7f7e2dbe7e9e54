"""What is done from the command line of the server: a first operator, a sweep."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from agencies import permissions as p
from agencies import roles
from agencies.granting import grant
from agencies.models import AgencyUserObjectPermission, Grant, User
from agencies.tasks import expire_grants
from agencies.visibility import may
from tests.people import FourPeople, account, four_people, role

__all__ = ["four_people"]


def said(*command: str) -> str:
    output = StringIO()
    call_command(*command, stdout=output)
    return output.getvalue()


def test_the_first_operator_comes_from_the_command_line(four_people: FourPeople) -> None:
    someone = User.objects.create_user("someone")
    assert "someone now operates Cả nước" in said("make_operator", "someone", "--reason", "thay người")
    assert may(someone, p.OPERATE_SYSTEM, None)
    assert Grant.objects.get(user=someone).reason == "thay người"


@pytest.mark.parametrize("username", ["nobody", "operator"])
def test_who_cannot_be_made_operator(four_people: FourPeople, username: str) -> None:
    with pytest.raises(CommandError):
        call_command("make_operator", username)


def test_without_a_nation_there_is_nothing_to_operate(db: None) -> None:
    account("someone")
    with pytest.raises(CommandError):
        call_command("make_operator", "someone")


def test_the_sweep_closes_and_mends(four_people: FourPeople) -> None:
    someone, now = account("someone"), timezone.now()
    made = grant(
        four_people.administrator,
        someone,
        role(roles.OFFICER),
        four_people.commune,
        valid_until=now - timedelta(minutes=1),
        reason="ngắn hạn",
        as_of=now - timedelta(days=1),
    )
    AgencyUserObjectPermission.objects.filter(user=four_people.officer).first().delete()  # type: ignore[union-attr]
    assert said("expire_grants") == "1 grants closed, 1 permission rows mended.\n"
    made.refresh_from_db()
    assert made.ended_at is not None
    assert said("expire_grants") == "0 grants closed, 0 permission rows mended.\n"
    assert may(four_people.officer, p.SEE_RECORDS, four_people.commune)


def test_the_background_task_does_the_same(four_people: FourPeople) -> None:
    AgencyUserObjectPermission.objects.filter(user=four_people.officer).delete()
    expire_grants()
    assert may(four_people.officer, p.WORK_INBOX, four_people.commune)
