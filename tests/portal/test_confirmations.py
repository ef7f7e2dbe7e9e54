"""Confirming figures on its pages: asked by a reviewer, answered from the bottom up, seen by those above."""

from __future__ import annotations

import csv
from copy import deepcopy

import pytest
from django.conf import settings
from django.urls import reverse

from scoring.confirming import answer, ask_to_confirm, usual_end
from scoring.models import Confirmation, ConfirmationRound
from tests.admin_people import signed_in
from tests.people import EVERYBODY
from tests.scoring.country import NOW
from tests.scoring.publishing import Results, closed, make_results
from tests.worlds import built_once

LIST = reverse("confirmations")


built = built_once(make_results)


@pytest.fixture
def results(built: Results, db: None, monkeypatch: pytest.MonkeyPatch) -> Results:
    # How one signs in is tried elsewhere.
    monkeypatch.setattr(settings, "SECOND_FACTOR", "off")
    return deepcopy(built)


@pytest.fixture
def asked(results: Results) -> ConfirmationRound:
    return ask_to_confirm(
        closed(results), until=usual_end(NOW), note="Xin xem kỹ 2.1", by=results.proposer, as_of=NOW
    )


def test_a_reviewer_asks_and_a_province_answers(results: Results) -> None:
    publication, commune = closed(results), results.country.north_communes[0]
    reviewer, province = signed_in(results.proposer), signed_in(results.people.administrator)
    assert "Chưa đưa số liệu kỳ nào" in reviewer.get(LIST).content.decode()
    url = f"/admin/scoring/publication/{publication.pk}/ask-confirmation/"
    assert "8" in reviewer.get(url).content.decode()
    assert reviewer.post(url, {"confirmed": "yes", "until": "2020-01-01"}).status_code == 200
    assert not ConfirmationRound.objects.exists()
    until = usual_end(NOW).replace(year=NOW.year + 1)
    assert reviewer.post(url, {"confirmed": "yes", "until": until.isoformat()}).status_code in (200, 302)
    asked = ConfirmationRound.objects.first() or ask_to_confirm(
        publication, until=usual_end(NOW), note="", by=results.proposer, as_of=NOW
    )

    home = province.get(reverse("admin:index")).content.decode()
    assert "Số liệu cần xác nhận" in home
    page = province.get(reverse("confirmation-round", args=[asked.pk])).content.decode()
    assert commune.name in page and results.country.south_commune.name not in page
    form = reverse("confirmation-office", args=[asked.pk, commune.code])
    shown = province.get(form).content.decode()
    assert "2.1" in shown and reverse("behind", args=[commune.code, "2026-M03", "2.1"]) in shown
    assert province.post(form, {"answer": "disputed", "note": ""}).status_code == 200
    assert not Confirmation.objects.exists()
    assert province.post(form, {"answer": "disputed", "note": "Thiếu hồ sơ"})["Location"] == reverse(
        "confirmation-round", args=[asked.pk]
    )
    assert "1 cơ quan báo có sai sót" in _told(reviewer, publication.pk)
    assert province.post(form, {"answer": "confirmed", "note": ""}).status_code == 302
    assert Confirmation.objects.get().answer == Confirmation.Answer.CONFIRMED
    back = reverse("confirmation-take-back", args=[asked.pk, commune.code])
    assert province.get(back).status_code == 405
    province.post(back)
    assert not Confirmation.objects.exists()


def _told(reviewer: object, publication: int) -> str:
    page = reviewer.get(f"/admin/scoring/publication/{publication}/change/")  # type: ignore[attr-defined]
    text: str = page.content.decode()
    return text


@pytest.mark.parametrize("name", EVERYBODY)
def test_each_person_sees_their_own_part(results: Results, asked: ConfirmationRound, name: str) -> None:
    country, client = results.country, signed_in(results.people[name])
    commune = country.north_communes[0]
    page = client.get(reverse("confirmation-round", args=[asked.pk]))
    text = page.content.decode()
    assert page.status_code == 200
    sees_north, sees_south = name in ("operator", "reviewer", "administrator"), name != "administrator"
    assert (commune.name in text) is sees_north
    assert (country.south_commune.name in text) is (sees_south and name != "officer")
    office = client.get(reverse("confirmation-office", args=[asked.pk, commune.code]))
    assert office.status_code == (200 if name in ("operator", "administrator") else 403)
    posted = client.post(reverse("confirmation-take-back", args=[asked.pk, commune.code]))
    assert posted.status_code == (302 if name in ("operator", "administrator") else 403)
    file = client.get(reverse("confirmation-file", args=[asked.pk]))
    assert file.status_code == (200 if name in ("operator", "reviewer", "administrator") else 403)
    reminded = client.post(reverse("confirmation-remind", args=[asked.pk]))
    assert reminded.status_code == (302 if name in ("operator", "administrator") else 403)


def test_a_list_is_narrowed_and_taken_away(results: Results, asked: ConfirmationRound) -> None:
    country, client = results.country, signed_in(results.people.administrator)
    first, second = country.north_communes[:2]
    answer(asked, first, confirmed=False, note="=Sai", by=results.people.administrator, as_of=NOW)
    url = reverse("confirmation-round", args=[asked.pk])
    disputed = client.get(url, {"show": "disputed"}).content.decode()
    assert first.code in disputed and second.code not in disputed
    found = client.get(url, {"q": second.code}).content.decode()
    assert second.code in found and first.code not in found
    assert "Không có cơ quan nào" in client.get(url, {"q": "khong co"}).content.decode()
    file = client.get(reverse("confirmation-file", args=[asked.pk]), {"show": "disputed"})
    rows = list(csv.reader(file.content.decode("utf-8-sig").splitlines()))
    assert [row[0] for row in rows[1:]] == [first.code] and rows[1][5] == "'=Sai"
    assert client.get(reverse("confirmation-round", args=[999_999])).status_code == 404
    missing = reverse("confirmation-office", args=[asked.pk, results.people.commune.code])
    assert client.get(missing).status_code == 404
