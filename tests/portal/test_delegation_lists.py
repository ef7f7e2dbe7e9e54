"""Who holds what as a list and a file, what ended included; inviting many from a table."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from agencies import roles
from agencies.granting import grant
from agencies.models import EventLog, Grant, Invitation, User
from agencies.revoking import revoke, suspend
from tests.delegation_doors import Doors, answers, doors, four_people, names, told
from tests.people import FourPeople, account, role

__all__ = ["doors", "four_people"]


def listed(door: Client, **asked: str) -> list[str]:
    return names(door.get(reverse("delegation-holders"), asked).context["rows"])


def test_each_lists_their_own_part(doors: Doors, four_people: FourPeople) -> None:
    assert answers(doors, "delegation-holders") == {
        "operator": 200, "reviewer": 200, "administrator": 200, "officer": 403, "stranger": 403,
    }  # fmt: skip
    assert listed(doors["administrator"]) == ["administrator", "officer"]
    assert listed(doors["reviewer"]) == ["operator", "reviewer", "administrator", "officer", "stranger"]


def test_the_list_is_narrowed(doors: Doors, four_people: FourPeople) -> None:
    now, by, door = timezone.now(), four_people.administrator, doors["administrator"]
    left = grant(by, account("left"), role(roles.AUDITOR), four_people.commune, reason="x", as_of=now)
    revoke(left, by=by, reason="nghỉ việc", as_of=now)
    suspend(four_people.grants["officer"], by=by, reason="x", as_of=now)
    assert listed(door, state="ended") == ["left"]
    assert "nghỉ việc" in door.get(reverse("delegation-holders"), {"state": "ended"}).content.decode()
    assert listed(door, state="suspended") == ["officer"]
    assert listed(door, state="in_force") == ["administrator"]
    assert listed(door, state="all") == ["administrator", "left", "officer"]
    assert listed(door, role="officer") == listed(door, office="h44.07900") == ["officer"]
    assert listed(door, person="ADMIN") == ["administrator"]
    User.objects.filter(pk=four_people.administrator.pk).update(is_superuser=False)
    asleep = grant(by, account("asleep"), role(roles.AUDITOR), four_people.province, reason="x", as_of=now)
    User.objects.filter(pk=asleep.user_id).update(is_active=False)
    assert listed(door, state="nothing") == ["asleep"]
    assert listed(door, state="later") == []
    assert door.get(reverse("delegation-holders"), {"office": "H19"}).status_code == 404
    assert door.get(reverse("delegation-holders"), {"office": "H99"}).status_code == 404


def rows_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_the_list_as_a_file_holds_what_one_may_export(doors: Doors, four_people: FourPeople) -> None:
    url = reverse("delegation-holders-file")
    Grant.objects.filter(pk=four_people.grants["officer"].pk).update(reason="=HYPERLINK(1)")
    head, *rows = rows_of(doors["administrator"].post(url, {"form": "csv"}))
    assert [(row[0], row[3]) for row in rows] == [("H44", "administrator"), ("H44.07900", "officer")]
    assert rows[1][head.index("reason")] == "'=HYPERLINK(1)"
    assert rows[1][head.index("state")] == "in force"
    narrow = rows_of(doors["operator"].post(url, {"form": "csv", "role": "reviewer"}))
    assert [row[3] for row in narrow[1:]] == ["reviewer"]
    assert EventLog.objects.filter(verb="table.exported").count() == 2
    for who, status in (("officer", 403), ("stranger", 403), ("reviewer", 200)):
        assert doors[who].post(url, {"form": "csv"}).status_code == status
    assert doors["administrator"].post(url, {"form": "pdf"}).status_code == 404
    assert doors["administrator"].post(url, {"form": "csv", "office": "H19"}).status_code == 404
    assert doors["administrator"].get(url).status_code == 405


def test_who_may_not_export_is_not_offered_to(doors: Doors, four_people: FourPeople) -> None:
    auditor = account("auditor")
    grant(
        four_people.operator, auditor, role(roles.AUDITOR), four_people.province, reason="x",
        as_of=timezone.now(),
    )  # fmt: skip
    from tests.admin_people import signed_in

    door = signed_in(auditor)
    page = door.get(reverse("delegation-holders"))
    assert len(page.context["rows"]) == 3 and reverse("delegation-holders-file") not in page.content.decode()
    assert door.post(reverse("delegation-holders-file"), {"form": "csv"}).status_code == 403


# --- Many invitations --------------------------------------------------------------------------------

HEADING = "email,name,role,agency,until,reason\n"
GOOD = 'an@example.vn,An,officer,H44.07900,31/12/2099,"theo ""công văn"" số 1, mục 2"\n'


def upload(door: Client, content: str) -> Any:
    file = SimpleUploadedFile("people.csv", content.encode())
    return door.post(reverse("delegation-sheet"), {"file": file})


def test_who_invites_many(doors: Doors) -> None:
    expected = {"operator": 200, "reviewer": 403, "administrator": 200, "officer": 403, "stranger": 403}
    assert answers(doors, "delegation-sheet") == expected
    assert answers(doors, "delegation-sheet-empty", "csv") == expected
    sent = {
        who: door.post(reverse("delegation-sheet"), {"rows": HEADING + GOOD}) for who, door in doors.items()
    }
    assert [who for who, answer in sent.items() if answer.status_code == 403] == [
        "reviewer", "officer", "stranger",
    ]  # fmt: skip
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_empty_table_is_one_the_reader_knows(
    doors: Doors, language: str, form: str, settings: Any
) -> None:
    door = doors["administrator"]
    door.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = door.get(reverse("delegation-sheet-empty", args=[form]))
    content = b"".join(answer.streaming_content)
    if form == "csv":
        heading = content.decode("utf-8-sig").strip()
    else:
        sheet: Any = load_workbook(io.BytesIO(content)).active
        heading = ",".join(str(cell.value) for cell in sheet[1])
    checked = upload(door, f"{heading}\nan@example.vn,An,officer,H44.07900,2099-01-01,31/12/2099,phân công\n")
    (row, until), *_rest = checked.context["invited"]
    assert (row.name, until.isoformat()) == ("An", "2099-12-31") and checked.context["problems"] == []


def test_a_trial_tells_rows_and_problems_then_the_good_ones_are_invited(doors: Doors) -> None:
    door = doors["administrator"]
    content = (
        HEADING + GOOD
        + "b@example.vn,B,operator,H44.07900,,x\n"
        + "\n"
        + "c@example.vn,C,officer,H19,,x\n"
        + "d@example.vn,D,officer,H44,,phân công\n"
    )  # fmt: skip
    page = upload(door, content)
    assert [(row["row"], str(row["field"])) for row in page.context["problems"]] == [
        (3, "Role"),
        (5, "Agency code"),
    ]
    assert "Invite 2 people" in page.content.decode()
    assert not Invitation.objects.exists() and not mail.outbox
    done = door.post(reverse("delegation-sheet"), {"rows": page.context["rows"]})
    assert told(done) == "2 letters are on their way."
    assert sorted(letter.to[0] for letter in mail.outbox) == ["an@example.vn", "d@example.vn"]
    made = Invitation.objects.get(email="an@example.vn")
    assert made.reason == 'theo "công văn" số 1, mục 2' and made.valid_until is not None
    links = re.findall(r"https?://\S+", mail.outbox[0].body)
    assert Client().get(links[0]).status_code == 200
    twice = door.post(reverse("delegation-sheet"), {"rows": page.context["rows"]})
    assert [row["row"] for row in twice.context["problems"]] == [2, 6] and len(mail.outbox) == 2


def test_what_is_no_table_is_told_at_the_file(doors: Doors) -> None:
    page = upload(doors["administrator"], "name,e-mail\nAn,an@example.vn\n")
    assert "Row 1 must head the columns" in page.context["form"].errors["file"][0]
    assert "required" in str(doors["administrator"].post(reverse("delegation-sheet")).context["form"].errors)
    broken = doors["administrator"].post(reverse("delegation-sheet"), {"rows": "x,y"}, follow=True)
    assert "Row 1 must head the columns" in told(broken)


def test_more_letters_than_a_page_can_wait_for_are_not_begun(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.delegation.sheet_page.MOST_LETTERS", 1)
    rows = "".join(f"p{number}@example.vn,P,officer,H44,,x\n" for number in range(2))
    page = upload(doors["administrator"], HEADING + rows)
    assert "split the table" in page.content.decode()
    sent = doors["administrator"].post(
        reverse("delegation-sheet"), {"rows": page.context["rows"]}, follow=True
    )
    assert "split the table" in told(sent) and not Invitation.objects.exists()
