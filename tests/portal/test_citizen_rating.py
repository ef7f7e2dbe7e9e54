"""Rating a dossier on the public pages: without scripts, without an account, and without learning codes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback import rating_links
from feedback.guessing import PER_CODE
from feedback.models import Door, Opinion, Rating, RatingChange
from feedback.ratings import CHANGEABLE
from portal.citizen import throttle, tickets
from portal.citizen.throttle import Pace
from procedures.applicants import applicant_hash
from procedures.models import Dossier
from tests.scoring.country import Country, make_country, make_dossier

DIGITS = "4321"


@pytest.fixture
def country(db: None) -> Country:
    return make_country()


def dossier_in(country: Country, **facts: Any) -> Dossier:
    now = timezone.now()
    facts.setdefault("ended_at", now - timedelta(days=2))
    made = make_dossier(country.north_communes[0], country.marriage, now - timedelta(days=9), **facts)
    made.phone_hash = applicant_hash(made.code, "0912344321")
    made.save()
    return made


@pytest.fixture
def dossier(country: Country) -> Dossier:
    return dossier_in(country)


def proved(client: Client, dossier: Dossier) -> str:
    """The address of the question, after the right digits."""
    answer = client.post("/danh-gia/", {"code": dossier.code, "digits": DIGITS})
    assert answer.status_code == 302
    return str(answer["Location"])


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_one_touch_is_a_rating_and_more_may_follow(client: Client, dossier: Dossier) -> None:
    question = proved(client, dossier)
    assert dossier.agency.name in text(client.get(question))
    answer = client.post(question, {"satisfaction": "2"})
    assert answer["Location"] == f"{question}them/"
    assert Rating.objects.get().satisfaction == Opinion.Satisfaction.SATISFIED
    details = {"access": "5", "staff": "3", "comment": " Nhanh.\r\nLịch sự. "}
    answer = client.post(f"{question}them/", details)
    assert answer["Location"] == f"{question}cam-on/"
    rating = Rating.objects.get()
    assert (rating.access, rating.staff, rating.result) == (5, 3, None)
    assert (rating.comment, rating.door) == ("Nhanh.\nLịch sự.", Door.PAGE)
    assert "5.4" in text(client.get(f"{question}cam-on/"))


def test_a_double_click_and_a_reload_make_one_rating(client: Client, dossier: Dossier) -> None:
    question = proved(client, dossier)
    for _click in range(3):
        assert client.post(question, {"satisfaction": "3"}).status_code == 302
    assert (Rating.objects.count(), RatingChange.objects.count()) == (1, 0)


def test_another_answer_keeps_what_else_was_said_and_shows_what_was(client: Client, dossier: Dossier) -> None:
    question = proved(client, dossier)
    client.post(question, {"satisfaction": "1"})
    client.post(f"{question}them/", {"staff": "1", "comment": "Chờ lâu"})
    page = text(client.get(proved(Client(), dossier)))
    assert "Ngày" in page
    assert "Không hài lòng" in page
    assert 'value="1" aria-pressed="true"' in page
    client.post(question, {"satisfaction": "2"})
    rating = Rating.objects.get()
    assert (rating.satisfaction, rating.staff, rating.comment) == (2, 1, "Chờ lâu")


def test_after_fifteen_days_nothing_is_asked_any_more(client: Client, dossier: Dossier) -> None:
    question = proved(client, dossier)
    client.post(question, {"satisfaction": "1"})
    Rating.objects.update(given_at=timezone.now() - CHANGEABLE - timedelta(minutes=1))
    page = client.get(question)
    assert "đã quá 15 ngày" in text(page)
    assert 'name="satisfaction"' not in text(page)
    refused = client.post(question, {"satisfaction": "3"})
    assert refused.status_code == 422
    assert Rating.objects.get().satisfaction == Opinion.Satisfaction.NOT_SATISFIED


def test_a_dossier_nobody_has_received_is_not_rated_and_says_why(client: Client, country: Country) -> None:
    waiting = dossier_in(country, ended_at=None)
    Dossier.objects.filter(pk=waiting.pk).update(received_at=None, in_handling=False)
    page = client.get(proved(client, waiting))
    assert 'name="satisfaction"' not in text(page)
    assert 'class="notice"' in text(page)


def test_a_link_on_a_receipt_needs_no_code(client: Client, dossier: Dossier) -> None:
    token = rating_links.make(dossier.pk, timezone.now())
    assert client.get(f"/danh-gia/{token}/").status_code == 200
    client.post(f"/danh-gia/{token}/", {"satisfaction": "3"})
    assert Rating.objects.get().door == Door.LINK


@pytest.mark.parametrize("token", ["khong-phai-lien-ket", "1-1:abc", "A" * 27])
def test_a_link_that_is_not_ours_leads_to_the_form(client: Client, dossier: Dossier, token: str) -> None:
    answer = client.get(f"/danh-gia/{token}/")
    assert answer.status_code == 403
    assert 'name="digits"' in text(answer)
    assert client.post(f"/danh-gia/{token}/", {"satisfaction": "3"}).status_code == 403
    assert not Rating.objects.exists()


def test_a_ticket_is_good_for_half_an_hour(client: Client, dossier: Dossier) -> None:
    old = tickets.ticket_for(dossier, timezone.now() - timedelta(minutes=31))
    answer = client.get(f"/danh-gia/{old}/")
    assert answer.status_code == 403
    assert "nửa giờ" in text(answer)


@pytest.mark.parametrize("told", ["", "0", "4", "x", "3.0", "-1", "9" * 400])
def test_an_answer_there_is_not_is_refused(client: Client, dossier: Dossier, told: str) -> None:
    answer = client.post(proved(client, dossier), {"satisfaction": told})
    assert answer.status_code == 422
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    ("field", "told"), [("staff", "6"), ("staff", "0"), ("staff", "rất tốt"), ("comment", "x" * 2001)]
)
def test_details_there_are_not_are_refused_at_their_field(
    client: Client, dossier: Dossier, field: str, told: str
) -> None:
    question = proved(client, dossier)
    client.post(question, {"satisfaction": "3"})
    answer = client.post(f"{question}them/", {field: told})
    assert answer.status_code == 422
    assert 'class="mistake"' in text(answer)
    assert Rating.objects.get().comment == ""


def test_a_wrong_guess_and_a_code_nobody_has_are_answered_alike(client: Client, dossier: Dossier) -> None:
    unknown = dossier.code[:-1] + "X"

    def asked(code: str) -> tuple[int, str, int, set[str]]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = client.post("/danh-gia/", {"code": code, "digits": "0000"})
        page = re.sub(r'(?<=name="csrfmiddlewaretoken" value=")\w+', "", text(answer)).replace(code, "CODE")
        return answer.status_code, page, len(queries), set(answer.headers) | set(answer.cookies)

    known, other = asked(dossier.code), asked(unknown)
    assert known == other
    assert known[0] == 403


def test_a_lock_says_so_whether_or_not_the_code_exists(client: Client, dossier: Dossier) -> None:
    pages = []
    for code in (dossier.code, dossier.code[:-1] + "X"):
        for _try in range(PER_CODE[0].tries):
            assert client.post("/danh-gia/", {"code": code, "digits": "0000"}).status_code == 403
        answer = client.post("/danh-gia/", {"code": code, "digits": DIGITS})
        assert answer.status_code == 429
        pages.append(len(answer.content))
    assert pages[0] == pages[1]


def test_guessing_many_codes_from_one_address_ends_soon(client: Client, dossier: Dossier) -> None:
    answers = [
        client.post("/danh-gia/", {"code": f"H44.101-{number:06}", "digits": "0000"}).status_code
        for number in range(50)
    ]
    assert answers == [403] * 30 + [429] * 20


@pytest.mark.parametrize("digits", ["", "12", "12345", "abcd", "１２３４", "12 4"])
def test_digits_that_are_none_are_refused_before_anything_is_looked_up(
    client: Client, dossier: Dossier, digits: str
) -> None:
    answer = client.post("/danh-gia/", {"code": dossier.code, "digits": digits})
    assert answer.status_code == 422
    assert "DIGITS" not in text(answer)


def test_the_digits_are_not_written_back(client: Client, dossier: Dossier) -> None:
    page = text(client.post("/danh-gia/", {"code": dossier.code, "digits": "9876"}))
    assert "9876" not in page


def test_too_many_ratings_from_one_address_are_refused_in_words(
    client: Client, country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(throttle.PACES, throttle.RATE, Pace(3, timedelta(minutes=1)))
    answers = [client.post(proved(client, dossier_in(country)), {"satisfaction": "3"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "quá nhiều cùng lúc" in text(answers[-1])
    assert Rating.objects.count() == 3


def test_nothing_is_taken_without_the_forms_token(dossier: Dossier) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/danh-gia/", {"code": dossier.code, "digits": DIGITS})
    assert answer.status_code == 403
    assert "cookie" in text(answer)


def test_looking_and_rating_write_no_session(client: Client, dossier: Dossier) -> None:
    question = proved(client, dossier)
    client.post(question, {"satisfaction": "3"})
    assert "sessionid" not in client.cookies
    assert not Session.objects.exists()
