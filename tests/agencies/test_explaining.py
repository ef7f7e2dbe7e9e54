"""Why somebody may, or may not: the chain of grants, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from agencies import permissions as p
from agencies import roles
from agencies.explaining import explain_access
from agencies.granting import grant
from agencies.models import User
from agencies.moving import move
from agencies.revoking import suspend
from tests.people import LET_IN, FourPeople, account, four_people, role

__all__ = ["four_people"]

NOW = LET_IN + timedelta(days=30)


@pytest.fixture(autouse=True)
def english() -> object:
    with override("en"):
        yield


def test_a_chain_reads_from_the_root_down(four_people: FourPeople) -> None:
    (told,) = explain_access(four_people.officer, four_people.commune, NOW)
    held = (p.SEE_RECORDS, p.WORK_INBOX, p.HANDLE_PETITIONS, p.WRITE_OBJECTIONS)
    assert told.permissions == tuple(p.label(name) for name in held)
    assert told.chain == (
        "05/01/2024: the server’s command line made operator System operator of Cả nước (người đầu tiên).",
        "05/01/2024: operator made administrator Agency administrator of Tỉnh Phú Thọ (phân công).",
        "05/01/2024: administrator made officer Agency officer of Phường Việt Trì (phân công).",
    )
    assert told.why_not == ""


def test_access_from_above_is_explained_below(four_people: FourPeople) -> None:
    (told,) = explain_access(four_people.administrator, four_people.commune, NOW)
    assert p.label(p.DELEGATE) in told.permissions
    assert explain_access(four_people.officer, four_people.province, NOW) == []
    assert explain_access(four_people.stranger, four_people.commune, NOW) == []


def test_a_superuser_is_the_operator_of_last_resort(four_people: FourPeople) -> None:
    (told,) = explain_access(User.objects.create_superuser("last-resort"), four_people.commune, NOW)
    assert told.grant is None and len(told.permissions) == len(p.CODENAMES)


def test_what_rests_above_is_named(four_people: FourPeople) -> None:
    suspend(four_people.grants["administrator"], by=four_people.operator, reason="xem xét", as_of=NOW)
    (told,) = explain_access(four_people.officer, four_people.commune, NOW)
    assert told.permissions == ()
    assert told.why_not == (
        "The access of administrator as Agency administrator of Tỉnh Phú Thọ is suspended."
    )


def test_windows_moves_and_inactive_accounts_are_named(four_people: FourPeople) -> None:
    someone = account("someone")
    grant(
        four_people.administrator,
        someone,
        role(roles.AUDITOR),
        four_people.commune,
        valid_from=NOW + timedelta(days=1),
        valid_until=NOW + timedelta(days=2),
        reason="thanh tra",
        as_of=NOW,
    )

    def why_not(moment: object) -> str:
        return explain_access(someone, four_people.commune, moment)[0].why_not  # type: ignore[arg-type]

    assert "has not begun" in why_not(NOW)
    assert why_not(NOW + timedelta(days=1)) == ""
    assert "has expired" in why_not(NOW + timedelta(days=2))
    move(four_people.commune, four_people.other)
    four_people.commune.refresh_from_db()
    assert "no longer lies below Tỉnh Phú Thọ" in why_not(NOW + timedelta(days=1))
    someone.is_active = False
    someone.save()
    assert why_not(NOW) == "The account is inactive."


def test_an_end_at_midnight_is_told_as_the_day_before(four_people: FourPeople) -> None:
    someone = account("someone")
    grant(
        four_people.administrator,
        someone,
        role(roles.AUDITOR),
        four_people.commune,
        valid_until=datetime(2024, 12, 31, 17, 0, tzinfo=UTC),
        reason="thanh tra",
        as_of=NOW,
    )
    (told,) = explain_access(someone, four_people.commune, NOW)
    assert "until 31/12/2024" in told.chain[-1]


def test_the_words_are_vietnamese_first(four_people: FourPeople) -> None:
    with override("vi"):
        (told,) = explain_access(four_people.officer, four_people.commune, NOW)
    assert told.chain[-1].startswith("05/01/2024: administrator giao cho officer")
