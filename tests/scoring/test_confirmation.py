"""Offices confirm their frozen figures from the bottom up; who is missing is known and reminded."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from agencies import roles
from agencies.granting import grant
from agencies.models import Agency, EventLog, User
from scoring.confirmation_reminders import remind_in_time, remind_now
from scoring.confirmations import missing_below, progress_of_all
from scoring.confirming import answer, ask_to_confirm, take_back, usual_end
from scoring.models import Confirmation, ConfirmationRound
from scoring.publishing import propose, withdraw
from tests.people import EVERYBODY, LET_IN, account, role
from tests.scoring.country import NOW
from tests.scoring.publishing import Results, closed, make_results
from tests.worlds import built_once

UNTIL = usual_end(NOW)


built = built_once(make_results)


@pytest.fixture
def results(built: Results, db: None) -> Results:
    return deepcopy(built)


@pytest.fixture
def asked(results: Results) -> ConfirmationRound:
    return ask_to_confirm(closed(results), until=UNTIL, note="Kỳ tháng 3", by=results.proposer, as_of=NOW)


def yes(asked: ConfirmationRound, agency: Agency, by: User, note: str = "") -> Confirmation:
    return answer(asked, agency, confirmed=True, note=note, by=by, as_of=NOW)


def commune_of(results: Results) -> Agency:
    """A commune of the administrator's province that has figures."""
    return results.country.north_communes[0]


def test_five_working_days_are_given_over_a_holiday() -> None:
    assert usual_end(datetime.fromisoformat("2026-04-29T02:00:00+00:00")) == date(2026, 5, 8)


def test_a_commune_confirms_then_its_province(results: Results, asked: ConfirmationRound) -> None:
    people = results.people
    before = progress_of_all(asked)
    assert before.confirmed == 0 and before.asked == before.missing == asked.publication.offices - 1
    below = missing_below(asked, people.province)
    with pytest.raises(ValidationError) as refused:
        yes(asked, people.province, people.administrator)
    assert str(below) in str(refused.value.message_dict["note"])
    for office in Agency.objects.filter(parent=people.province):
        if asked.publication.scorecards.filter(agency=office).exists():
            yes(asked, office, people.administrator)
    assert missing_below(asked, people.province) == 0
    given = yes(asked, people.province, people.administrator)
    card = asked.publication.scorecards.get(agency=people.province)
    assert (given.total, given.missing_below, given.by_name) == (card.total, 0, str(people.administrator))
    assert progress_of_all(asked).confirmed == below + 1
    event = EventLog.objects.filter(verb="confirmation.confirmed").latest("number")
    assert event.agency == people.province and event.after["total"] == f"{card.total:.2f}"


def test_a_province_goes_without_the_missing_only_with_a_word(
    results: Results, asked: ConfirmationRound
) -> None:
    people = results.people
    given = yes(asked, people.province, people.administrator, note="Ba xã mất mạng.")
    assert given.missing_below == missing_below(asked, people.province) > 0


def test_what_is_wrong_is_said_and_may_be_put_right(results: Results, asked: ConfirmationRound) -> None:
    people = results.people
    with pytest.raises(ValidationError):
        answer(asked, commune_of(results), confirmed=False, note=" ", by=people.administrator, as_of=NOW)
    answer(
        asked, commune_of(results), confirmed=False, note="Thiếu 3 hồ sơ", by=people.administrator, as_of=NOW
    )
    assert progress_of_all(asked).disputed == 1
    yes(asked, commune_of(results), people.administrator)
    assert progress_of_all(asked).disputed == 0
    take_back(asked, commune_of(results), by=people.administrator, as_of=NOW)
    assert progress_of_all(asked).confirmed == 0
    with pytest.raises(ValidationError):
        take_back(asked, commune_of(results), by=people.administrator, as_of=NOW)
    verbs = EventLog.objects.filter(agency=commune_of(results), verb__startswith="confirmation.")
    assert [event.verb.split(".")[1] for event in verbs.order_by("number")] == [
        "disputed",
        "confirmed",
        "taken_back",
    ]


def test_who_may_confirm(results: Results, asked: ConfirmationRound) -> None:
    people, commune = results.people, commune_of(results)
    for name in EVERYBODY:
        if name in ("operator", "administrator"):
            assert yes(asked, commune, people[name]).by == people[name]
            continue
        with pytest.raises(PermissionDenied):
            yes(asked, commune, people[name])
        with pytest.raises(PermissionDenied):
            take_back(asked, commune, by=people[name], as_of=NOW)
    for office in (results.people.other, results.people.nation):
        with pytest.raises(PermissionDenied):
            yes(asked, office, results.people.administrator)
    with pytest.raises(ValidationError):
        yes(asked, results.people.nation, results.people.operator)


def test_nobody_answers_once_the_result_is_proposed_or_withdrawn(
    results: Results, asked: ConfirmationRound
) -> None:
    propose(asked.publication, by=results.proposer, reason="Kết quả", as_of=NOW)
    with pytest.raises(ValidationError):
        yes(asked, commune_of(results), results.people.administrator)
    with pytest.raises(ValidationError):
        ask_to_confirm(asked.publication, until=UNTIL, note="", by=results.proposer, as_of=NOW)
    withdraw(asked.publication, by=results.proposer, reason="Làm lại", as_of=NOW)
    with pytest.raises(ValidationError):
        yes(asked, commune_of(results), results.people.administrator)


def test_only_reviewers_ask_and_for_a_day_ahead(results: Results) -> None:
    publication = closed(results)
    with pytest.raises(PermissionDenied):
        ask_to_confirm(publication, until=UNTIL, note="", by=results.people.administrator, as_of=NOW)
    for day in (NOW.date(), NOW.date() + timedelta(days=200)):
        with pytest.raises(ValidationError):
            ask_to_confirm(publication, until=day, note="", by=results.proposer, as_of=NOW)
    first = ask_to_confirm(publication, until=UNTIL, note="", by=results.proposer, as_of=NOW)
    later = ask_to_confirm(
        publication, until=UNTIL + timedelta(days=7), note="lùi", by=results.approver, as_of=NOW
    )
    assert first.pk == later.pk and later.asked_by == results.proposer
    assert EventLog.objects.filter(verb="confirmation.asked").count() == 2


def test_who_is_missing_is_reminded_before_the_end_and_after_it(
    results: Results, asked: ConfirmationRound, django_capture_on_commit_callbacks: object
) -> None:
    people = results.people
    clerk = account("clerk")
    grant(people.operator, clerk, role(roles.ADMINISTRATOR), commune_of(results), reason="xã", as_of=LET_IN)

    def letters(at: datetime) -> list[str]:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            remind_in_time(at)
        return sorted(letter.to[0] for letter in mail.outbox)

    end = datetime.combine(UNTIL, NOW.timetz())
    assert letters(NOW) == []
    soon = letters(end - timedelta(days=1))
    assert clerk.email in soon and people.administrator.email in soon and people.stranger.email not in soon
    assert letters(end) == []
    yes(asked, commune_of(results), clerk)
    over = letters(end + timedelta(days=1))
    assert clerk.email not in over and people.administrator.email in over
    assert people.province.name in mail.outbox[0].body and "2026" in mail.outbox[0].subject
    assert letters(end + timedelta(days=2)) == []


def test_reminding_by_hand_stays_in_one_s_own_part_and_once_a_day(
    results: Results, asked: ConfirmationRound
) -> None:
    people = results.people
    other = account("other-administrator")
    grant(people.operator, other, role(roles.ADMINISTRATOR), people.other, reason="tỉnh", as_of=LET_IN)
    assert remind_now(asked, by=people.administrator, as_of=NOW) == 1
    assert remind_now(asked, by=people.administrator, as_of=NOW) == 0
    assert remind_now(asked, by=people.administrator, as_of=NOW + timedelta(days=1)) == 1
    with pytest.raises(PermissionDenied):
        remind_now(asked, by=people.officer, as_of=NOW)
