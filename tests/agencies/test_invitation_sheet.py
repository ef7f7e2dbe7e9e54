"""Inviting many from a spreadsheet: every row checked, the good ones kept, nothing done on a trial."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from openpyxl import Workbook
from pytest_django import DjangoAssertNumQueries

from agencies import invitation_sheet
from agencies.invitation_sheet import invite_all
from agencies.models import Invitation
from tests.people import LET_IN, FourPeople, four_people

__all__ = ["four_people"]

NOW = LET_IN + timedelta(days=30)
HEADING = "Thư điện tử;Họ và tên;Vai trò;Mã định danh;Đến ngày;Lý do\n"
GOOD = "an@example.vn;Nguyễn Văn An;officer;H44.07900;31/12/2026;phân công\n"


def csv(text: str) -> io.BytesIO:
    return io.BytesIO(("\ufeff" + text).encode())


def test_a_trial_says_what_would_happen_and_does_nothing(four_people: FourPeople) -> None:
    outcome = invite_all(four_people.administrator, csv(HEADING + GOOD), as_of=NOW, dry_run=True)
    (row,) = outcome.invited
    assert (row.row, row.email, row.role.code, row.agency) == (
        2,
        "an@example.vn",
        "officer",
        four_people.commune,
    )
    # To the end of that day, in Vietnam.
    assert row.valid_until == datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    assert (row.invitation, outcome.problems) == (None, [])
    assert not Invitation.objects.exists()


def test_good_rows_are_invited_and_bad_ones_told_with_row_field_and_reason(four_people: FourPeople) -> None:
    rows = (
        GOOD,
        "không phải thư;B;officer;H44.07900;;phân công\n",
        "\n",
        "c@example.vn;C;thủ trưởng;H44.07900;;phân công\n",
        "d@example.vn;D;Cán bộ cơ quan;H99.1;;phân công\n",
        "e@example.vn;E;Agency officer;H19;;phân công\n",
        "f@example.vn;F;reviewer;H44;32/13/2026;phân công\n",
        "AN@example.vn;A;officer;H44.07900;;phân công\n",
        "g@example.vn;G;officer;h44.07900;;\n",
        "h@example.vn;H;Cán bộ cơ quan;H44.07900;2026-12-31;phân công\n",
    )
    outcome = invite_all(four_people.administrator, csv(HEADING + "".join(rows)), as_of=NOW, dry_run=False)
    assert [(row.row, row.email) for row in outcome.invited] == [(2, "an@example.vn"), (11, "h@example.vn")]
    assert all(row.token and row.invitation for row in outcome.invited)
    assert Invitation.objects.count() == 2
    assert [(problem.row, problem.field) for problem in outcome.problems] == [
        (3, "email"),
        (5, "role"),
        (6, "agency"),
        (7, "agency"),
        (8, "valid_until"),
        (9, "email"),
        (10, "reason"),
    ]
    assert all(problem.reason for problem in outcome.problems)


def test_a_workbook_reads_like_a_text_file(four_people: FourPeople) -> None:
    book = Workbook()
    book.active.append(["email", "role", "agency code", "until", "reason"])
    book.active.append(["an@example.vn", "officer", "H44.07900", date(2026, 12, 31), "phân công"])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    outcome = invite_all(four_people.administrator, file, as_of=NOW, dry_run=True)
    assert outcome.problems == []
    assert outcome.invited[0].valid_until == datetime(2026, 12, 31, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"PK\x03\x04 not a workbook",
        HEADING.encode(),
        b"email;role\na;b\n",
        b"x" * (invitation_sheet.MOST_BYTES + 1),
        (HEADING + GOOD * (invitation_sheet.MOST_ROWS + 1)).encode(),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(four_people: FourPeople, content: bytes) -> None:
    with pytest.raises(ValidationError):
        invite_all(four_people.administrator, io.BytesIO(content), as_of=NOW, dry_run=False)
    assert not Invitation.objects.exists()


def test_who_may_not_delegate_invites_nobody(four_people: FourPeople) -> None:
    for who in ("reviewer", "officer", "stranger"):
        outcome = invite_all(four_people[who], csv(HEADING + GOOD), as_of=NOW, dry_run=False)
        assert [problem.field for problem in outcome.problems] == ["agency"]
    assert not Invitation.objects.exists()


def test_checking_does_not_ask_the_grants_for_every_row(
    four_people: FourPeople, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = "".join(GOOD.replace("an@", f"a{number}@") for number in range(200))
    with django_assert_max_num_queries(420):
        outcome = invite_all(four_people.administrator, csv(HEADING + rows), as_of=NOW, dry_run=True)
    assert len(outcome.invited) == 200
