"""The weekly digest: to whom, when, what it tells and never tells, and that a week's goes out once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from agencies.models import User, WeeklyDigest
from agencies.weekly_digests import HOLD, take, waiting_for, week_due
from portal.reports import digest_sending
from portal.reports.digest import digest, letter_of
from portal.reports.digest_sending import send_digests
from scoring.models import ScoreSnapshot
from tests.admin_people import People, in_english, people_at_the_door, signed_in, small_country
from tests.factories import ScorecardFactory, indicator_set
from tests.scoring.country import Country, make_dossier

__all__ = ["people_at_the_door", "small_country"]

#: A Monday, eight in the morning in Vietnam.
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
WEEK = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def scored(country: Country, people: People) -> None:
    """November's scores; the north stood half a point lower a week ago; a dossier there comes due."""
    rules = indicator_set()
    for agency in (country.nation, country.north, country.south, *country.north_communes):
        ScorecardFactory(
            agency=agency, indicator_set=rules, period="2026-M11", share=Decimal("0.6"), rank=2, ranked=34
        )
    ScoreSnapshot.objects.create(
        agency=country.north,
        period="2026-M11",
        taken_on=date(2026, 11, 16),
        total="59.50",
        rank=5,
        points={"2.1": "11.00"},
    )
    received = MONDAY - timedelta(days=9)
    make_dossier(country.north_communes[0], None, received, deadline_at=MONDAY + timedelta(days=2))


def sent(at: datetime = MONDAY) -> dict[str, Any]:
    """The letters of a turn at ``at``, by whom they went to."""
    before = len(mail.outbox)
    send_digests(lambda: at)
    return {letter.to[0]: letter for letter in mail.outbox[before:]}


def test_it_goes_out_on_monday_morning_in_vietnam() -> None:
    assert week_due(MONDAY) == WEEK
    assert week_due(datetime(2026, 11, 22, 23, 29, tzinfo=UTC)) is None
    assert week_due(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == WEEK
    # What did not go out is made up for until Tuesday evening, and no later.
    assert week_due(MONDAY + timedelta(days=1)) == WEEK
    assert week_due(MONDAY + timedelta(days=2)) is None


def test_administrators_get_theirs_once_and_officers_none(country: Country) -> None:
    first = sent()
    assert set(first) == {"operator@example.vn", "reviewer@example.vn", "administrator@example.vn"}
    assert sent() == {} and sent(MONDAY + timedelta(hours=3)) == {}
    assert set(sent(MONDAY + timedelta(days=7))) == set(first)


def test_it_tells_what_the_home_does_and_nothing_of_others(country: Country) -> None:
    letter = sent()["administrator@example.vn"]
    html = letter.alternatives[0][0]
    for text in (letter.body, html):
        assert country.north.name in text and "60,00" in text
        assert "+0,50" in text and "2.1" in text and "+1,00" in text
        assert "hồ sơ đến hạn trong 7 ngày" in text
        assert country.south.name not in text and country.nation.name not in text
    assert "hạng 2 trên 34" in letter.body and "+3 bậc" in letter.body
    assert "Bản tóm tắt tuần 23/11/2026: Agency H44" in letter.subject
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_links_stand_in_it_where_the_portal_has_an_address(settings: Any) -> None:
    user = User.objects.get(username="administrator")
    told = digest(user, MONDAY)
    assert told is not None and "http" not in letter_of(told).text
    settings.PORTAL_URL = "https://index.example.gov.vn/"
    assert "https://index.example.gov.vn/tai-khoan/thu/" in letter_of(told).text


def test_who_wants_none_gets_none(country: Country, people: People) -> None:
    page = reverse("account_letters")
    assert "Sent each Monday" in in_english(people.administrator).get(page).content.decode()
    people.administrator.post(page, {"weekly": "no"})
    assert not User.objects.get(username="administrator").weekly_digest
    assert "administrator@example.vn" not in sent()
    people.administrator.post(page, {"weekly": "yes"})
    assert "administrator@example.vn" in sent()
    assert Client().get(page).status_code == 302


def test_a_worker_lost_while_writing_is_followed_and_one_lost_while_sending_is_not(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = User.objects.get(username="administrator")

    def lost(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(digest_sending, "digest", lost)
        with pytest.raises(KeyboardInterrupt):
            send_digests(lambda: MONDAY)
    taken = WeeklyDigest.objects.get().user
    assert taken.email not in sent(MONDAY + timedelta(minutes=5))
    assert list(sent(MONDAY + HOLD + timedelta(minutes=1))) == [taken.email]

    WeeklyDigest.objects.filter(user=user).delete()
    with monkeypatch.context() as patch:
        patch.setattr(digest_sending, "_send", lost)
        with pytest.raises(KeyboardInterrupt):
            send_digests(lambda: MONDAY)
    # It may have gone: nobody gets two.
    assert sent(MONDAY + timedelta(hours=4)) == {}


def test_two_workers_do_not_write_the_same_letter(country: Country) -> None:
    (user_id, *_others) = waiting_for(WEEK, MONDAY)
    letter = take(user_id, WEEK, MONDAY)
    assert letter is not None and take(user_id, WEEK, MONDAY) is None
    assert user_id not in waiting_for(WEEK, MONDAY)


def test_a_mail_server_that_refuses_is_asked_again_a_few_times(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.exclude(username="administrator").update(weekly_digest=False)
    tried = []

    def away(*_arguments: object) -> None:
        tried.append(1)
        raise SMTPServerDisconnected

    with monkeypatch.context() as patch:
        patch.setattr(digest_sending, "_send", away)
        for turn in range(9):
            send_digests(lambda turn=turn: MONDAY + turn * (HOLD + timedelta(minutes=1)))  # type: ignore[misc]
    assert len(tried) == 5
    WeeklyDigest.objects.update(failures=1)
    assert len(sent(MONDAY + timedelta(hours=3))) == 1


def test_a_turn_leaves_the_rest_to_the_next(country: Country) -> None:
    # Asked at the beginning, before each letter, as it goes and once it went.
    moments = iter([MONDAY] * 4 + [MONDAY + timedelta(minutes=3)])
    count, more = send_digests(lambda: next(moments))
    assert (count, more) == (1, True)
    assert len(sent()) == 2


def test_without_an_agency_nothing_is_sent(country: Country) -> None:
    nobody = User.objects.create_user("nobody", "nobody@example.vn", "mật khẩu", is_staff=True)
    assert digest(nobody, MONDAY) is None
    assert "Not sent" not in in_english(signed_in(nobody)).get(reverse("account_letters")).content.decode()
