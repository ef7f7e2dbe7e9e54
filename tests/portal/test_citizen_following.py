"""Following a petition by its receipt; published answers; nothing for who has no receipt."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback import petition_work as work
from feedback.models import Petition, PetitionStep
from feedback.petitions import COMPLAINED_WITHIN, JUDGED_WITHIN, Receipt
from portal.citizen.following import OPEN_FOR
from tests.feedback.conftest import Staff, write
from tests.portal.citizen_country import WORDS, answered_petition, published_petition
from tests.scoring.country import Country, make_country


@pytest.fixture
def country(db: None) -> Country:
    return make_country()


@pytest.fixture
def staff(country: Country) -> Staff:
    return Staff(country)


@pytest.fixture
def sent(country: Country) -> Receipt:
    return write(country.north_communes[0], as_of=timezone.now() - timedelta(minutes=5))


def opened(client: Client, sent: Receipt) -> str:
    """The address of the petition's page, after its receipt was shown."""
    told = {"code": f" {sent.petition.code.lower()} ", "secret": sent.secret.lower().replace("-", " ")}
    answer = client.post("/phan-anh/tra-cuu/", told)
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_receipt_opens_the_petition_in_plain_words(client: Client, sent: Receipt, staff: Staff) -> None:
    address = opened(client, sent)
    page = text(client.get(address))
    assert "đã nhận và sẽ xử lý" in page
    assert "Bạn được trả lời chậm nhất ngày" in page
    work.take_up(sent.petition, by=staff.officer, as_of=timezone.now())
    work.note(sent.petition, "Chỉ nội bộ", by=staff.officer, as_of=timezone.now())
    page = text(client.get(address))
    assert "đang xử lý" in page
    assert "Chỉ nội bộ" not in page
    assert "officer" not in page


def test_without_the_receipt_there_is_only_the_form(client: Client, sent: Receipt) -> None:
    address = opened(client, sent)
    stranger = Client()
    for path in ("", "bo-sung/", "y-kien/", "phan-anh-lai/"):
        answer = stranger.post(f"{address}{path}") if path else stranger.get(address)
        assert answer["Location"].startswith("/phan-anh/tra-cuu/?ma=PA")
    assert sent.petition.body not in text(stranger.get(address, follow=True))


def test_a_petition_is_closed_by_hand_or_after_an_hour(client: Client, sent: Receipt) -> None:
    address = opened(client, sent)
    client.post("/phan-anh/tra-cuu/dong/")
    assert client.get(address).status_code == 302
    opened(client, sent)
    assert client.get(address).status_code == 200
    session = client.session
    session["petitions_open"] = {sent.petition.code: int((timezone.now() - OPEN_FOR).timestamp())}
    session.save()
    assert client.get(address).status_code == 302


def test_a_wrong_secret_and_a_code_nobody_has_are_answered_alike(client: Client, sent: Receipt) -> None:
    unknown = f"{sent.petition.code[:-1]}{'2' if sent.petition.code[-1] != '2' else '3'}"

    def asked(code: str) -> tuple[int, str, int]:
        with CaptureQueriesContext(connection) as queries:
            answer = client.post("/phan-anh/tra-cuu/", {"code": code, "secret": "2222-2222-2222"})
        page = re.sub(r'(?<=name="csrfmiddlewaretoken" value=")\w+', "", text(answer)).replace(code, "CODE")
        return answer.status_code, page, len(queries)

    assert asked(sent.petition.code) == asked(unknown)
    for code in (sent.petition.code, unknown):
        for _try in range(4):
            asked(code)
        assert asked(code)[0] == 429


def test_a_supplement_is_sent_once(client: Client, sent: Receipt, staff: Staff) -> None:
    address = opened(client, sent)
    assert 'name="text"' not in text(client.get(address))
    work.ask_supplement(sent.petition, "Gửi số hồ sơ.", by=staff.officer, as_of=timezone.now())
    page = text(client.get(address))
    assert "Gửi số hồ sơ." in page
    assert 'id="bo-sung"' in page
    empty = client.post(f"{address}bo-sung/", {"text": " "})
    assert empty.status_code == 422
    for _click in range(2):
        assert client.post(f"{address}bo-sung/", {"text": "H44.101-000001"})["Location"] == address
    sent.petition.refresh_from_db()
    assert sent.petition.state == Petition.State.SUPPLEMENTED
    assert sent.petition.steps.filter(verb=PetitionStep.Verb.SUPPLEMENTED).count() == 1
    assert client.post(f"{address}bo-sung/", {"text": "Khác"}).status_code == 422


def test_the_answer_is_judged_and_the_judgement_changed(client: Client, sent: Receipt, staff: Staff) -> None:
    address = opened(client, sent)
    assert client.post(f"{address}y-kien/", {"verdict": "satisfied"}).status_code == 422
    work.answer(sent.petition, "Đã xử lý.", by=staff.officer, as_of=timezone.now())
    page = text(client.get(address))
    assert "Đã xử lý." in page
    assert page.count('name="verdict"') == 2
    for verdict in ("satisfied", "dissatisfied", "dissatisfied"):
        client.post(f"{address}y-kien/", {"verdict": verdict})
        sent.petition.refresh_from_db()
        assert sent.petition.verdict == verdict
    assert client.post(f"{address}y-kien/", {"verdict": "khong"}).status_code == 422
    Petition.objects.update(answered_at=timezone.now() - JUDGED_WITHIN - timedelta(minutes=1))
    assert 'name="verdict"' not in text(client.get(address))


def test_a_complaint_has_it_handled_again_once(client: Client, sent: Receipt, staff: Staff) -> None:
    address = opened(client, sent)
    work.answer(sent.petition, "Không có gì sai.", by=staff.officer, as_of=timezone.now())
    assert 'id="phan-anh-lai"' in text(client.get(address))
    for _click in range(2):
        assert client.post(f"{address}phan-anh-lai/", {"text": "Vẫn chờ."})["Location"] == address
    sent.petition.refresh_from_db()
    assert (sent.petition.complaints, sent.petition.state) == (1, Petition.State.RECEIVED)
    page = text(client.get(address))
    assert "Vẫn chờ." in page
    assert 'id="phan-anh-lai"' not in page


def test_after_a_month_nothing_is_complained_of(client: Client, sent: Receipt, staff: Staff) -> None:
    address = opened(client, sent)
    work.answer(sent.petition, "Xong.", by=staff.officer, as_of=timezone.now())
    sent.petition.stays.update(ended_at=timezone.now() - COMPLAINED_WITHIN - timedelta(minutes=1))
    assert 'id="phan-anh-lai"' not in text(client.get(address))
    assert client.post(f"{address}phan-anh-lai/", {"text": "Vẫn chờ."}).status_code == 422


def test_a_refusal_and_a_transfer_are_told_with_their_reasons(
    client: Client, sent: Receipt, staff: Staff, country: Country
) -> None:
    address = opened(client, sent)
    other = country.north_communes[1]
    work.transfer(sent.petition, other, by=staff.officer, reason="Thuộc xã khác", as_of=timezone.now())
    page = text(client.get(address))
    assert "Thuộc xã khác" in page
    assert other.name in page
    work.refuse(
        sent.petition,
        "unclear",
        by=staff.administrator,
        explanation="Không rõ việc gì.",
        as_of=timezone.now(),
    )
    page = text(client.get(address))
    assert "Phản ánh bị từ chối." in page
    assert "Không rõ việc gì." in page


def test_a_deadline_that_passed_is_said(client: Client, sent: Receipt) -> None:
    address = opened(client, sent)
    Petition.objects.update(due_by=timezone.now() - timedelta(days=1))
    assert "hiện đã quá hạn" in text(client.get(address))


def test_published_answers_are_searched_and_read(client: Client, country: Country, staff: Staff) -> None:
    published = published_petition(country, staff)
    waiting = answered_petition(country, staff)
    for query in ("?q=khai+sinh", "?q=KHAI%20SINH%20quay", "?co-quan=H44", ""):
        page = text(client.get(f"/phan-anh/tra-loi/{query}"))
        assert WORDS["subject"] in page, query
        assert waiting.code not in page
    for query in ("?q=hạnh", "?co-quan=H19", "?q=0912"):
        assert WORDS["subject"] not in text(client.get(f"/phan-anh/tra-loi/{query}")), query
    page = text(client.get(f"/phan-anh/tra-loi/{published.code}/"))
    assert WORDS["answer"] in page
    assert "Hạnh" not in page
    assert "0912" not in page
    assert client.get(f"/phan-anh/tra-loi/{waiting.code}/").status_code == 404


def test_the_list_asks_the_same_number_of_queries_however_long(
    client: Client, country: Country, staff: Staff, django_assert_num_queries: Any
) -> None:
    for _number in range(3):
        published_petition(country, staff)
    with django_assert_num_queries(2):
        client.get("/phan-anh/tra-loi/")
