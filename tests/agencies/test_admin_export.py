"""Lists as files: harmless in a spreadsheet, no longer than one opens, for those who may take them."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.urls import reverse

from agencies import admin_export
from agencies.admin_export import csv_lines, harmless
from agencies.models import Agency
from procedures.models import InboxItem
from tests.admin_people import People, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.scoring.country import NOW, Country

EXPORT = "admin:procedures_inboxitem_export"


@pytest.mark.parametrize("text", ["=1+1", "+84901", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(("value", "cell"), [("H44", "H44"), (-2, -2), (None, ""), ("", ""), ("a=b", "a=b")])
def test_other_values_stay_as_they_are(value: Any, cell: Any) -> None:
    assert harmless(value) == cell


def test_a_file_begins_with_its_columns_and_quotes_what_must_be() -> None:
    agencies = [Agency(code="H44", name='Sở "A", B'), Agency(code="=H1", name="Một\ndòng")]
    text = "".join(csv_lines({"mã": lambda a: a.code, "tên": lambda a: a.name}, agencies))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows == [["mã", "tên"], ["H44", 'Sở "A", B'], ["'=H1", "Một\ndòng"]]


def refused(agency: Agency, code: str) -> None:
    InboxItem.objects.create(
        agency=agency,
        kind="dossier",
        dossier_code=code,
        position=0,
        field="code",
        reason="?",
        fingerprint=code,
        received_at=NOW,
        last_at=NOW,
    )


def test_a_file_is_for_who_may_export(people: People, country: Country) -> None:
    refused(country.north_communes[0], "=H44.101-1")
    answer: Any = people.administrator.get(reverse(EXPORT))
    assert "'=H44.101-1" in b"".join(answer.streaming_content).decode()
    assert people.officer.get(reverse(EXPORT)).status_code == 403
    listed = people.officer.get(reverse("admin:procedures_inboxitem_changelist"))
    assert "=H44.101-1" in listed.content.decode()
    assert reverse(EXPORT) not in listed.content.decode()
    nothing: Any = people.neighbour.get(reverse(EXPORT))
    assert "H44" not in b"".join(nothing.streaming_content).decode()


def test_too_long_a_list_is_refused_with_a_word(
    people: People, country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_export, "EXPORT_LIMIT", 1)
    for number in range(2):
        refused(country.north, f"H44-{number}")
    answer = people.administrator.get(reverse(EXPORT), {"state": "waiting"}, follow=True)
    assert answer.redirect_chain[-1][0].endswith("?state=waiting")
    assert "hơn 1 dòng" in answer.content.decode()
