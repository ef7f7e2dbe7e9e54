"""What senders and agencies do with a petition, and what the clock says of it."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.models import EventLog
from feedback import petition_work as work
from feedback.guessing import LockedError, NotProvedError
from feedback.models import Grievance, Petition, PetitionStay, PetitionStep
from feedback.petitions import complain_again, judge, supplement, told_to_sender
from feedback.publishing import close_unpublished, publish
from feedback.receipts import find
from procedures.models import STILL_OPEN, Dossier
from procedures.months import VIETNAM
from tests.feedback.conftest import NOW, Staff, at, days, write
from tests.scoring.country import Country

State = Petition.State


def end_of(day: str) -> datetime:
    return datetime.fromisoformat(f"2026-{day}").replace(hour=23, minute=59, second=59, tzinfo=VIETNAM)


def stay_of(petition: Petition) -> PetitionStay:
    return PetitionStay.objects.get(petition=petition, is_present=True)


def published(petition: Petition, by, as_of) -> None:
    publish(petition, subject="Chờ lâu", body="Chờ ba giờ.", answer="Đã thêm quầy.", by=by, as_of=as_of)


def test_a_form_sent_twice_is_one_petition_with_one_receipt(commune) -> None:
    first, second = write(commune, form_key="k"), write(commune, form_key="k", as_of=NOW + days(1))
    assert (first.created, second.created) == (True, False)
    assert first.petition.pk == second.petition.pk and first.secret == second.secret
    assert Petition.objects.count() == PetitionStay.objects.count() == PetitionStep.objects.count() == 1
    assert first.petition.code.startswith("PA260518-") and len(first.secret) == 14


def test_with_code_and_secret_one_follows_it_and_guessing_is_limited(commune) -> None:
    receipt = write(commune)
    typed = receipt.petition.code.lower(), receipt.secret.lower().replace("-", " ")
    assert find(*typed, address="") == receipt.petition
    kinds = []
    for code in (receipt.petition.code, "PA260518-2222-3333"):
        for _ in range(6):
            with pytest.raises(ValidationError) as refused:
                find(code, "2222-2222-2222", address="")
            kinds.append((type(refused.value), tuple(refused.value.messages)))
    assert kinds[:6] == kinds[6:]
    assert [kind for kind, _told in kinds[:6]] == [NotProvedError] * 5 + [LockedError]
    assert receipt.secret not in str(Petition.objects.values_list()[0])


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"kind": "x"}, "kind"),
        ({"subject": " "}, "subject"),
        ({"body": ""}, "body"),
        ({"body": "x" * 5001}, "body"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_field(commune, told: dict, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        write(commune, **told)
    assert set(refused.value.message_dict) == {field} and not Petition.objects.exists()


def test_the_whole_way_in_time(commune, staff: Staff) -> None:
    petition = write(commune).petition
    # Fifteen working days from Monday 18 May, none of them a holiday.
    assert petition.due_by == stay_of(petition).handle_by == end_of("06-08")
    work.take_up(petition, by=staff.officer, as_of=at("05-19"))
    work.assign(petition, staff.officer, by=staff.officer, as_of=at("05-19"))
    work.note(petition, "hỏi lại bộ phận một cửa", by=staff.officer, as_of=at("05-20"))
    work.answer(petition, "Đã thêm quầy.", by=staff.officer, as_of=at("06-08", 23))
    assert (petition.state, petition.due_by) == (State.AWAITING_PUBLICATION, end_of("06-10"))
    published(petition, staff.officer, at("06-10", 20))
    judge(petition, "satisfied", as_of=at("06-11"))
    stay = stay_of(petition)
    assert (stay.ended_month, stay.late_since, stay.outcome) == (202606, None, "answered")
    assert (petition.state, petition.due_by, petition.verdict) == (State.PUBLISHED, None, "satisfied")
    read = [step.verb for step in told_to_sender(petition)]
    assert read == ["sent", "taken_up", "answered", "published", "judged"]
    assert {"assigned", "noted"} <= {step.verb for step in petition.steps.all()}


@pytest.mark.parametrize(
    ("act", "day", "late_since"),
    [
        ("refuse", "05-20", None),
        ("refuse", "05-21", "05-20"),
        ("ask", "05-25", None),
        ("ask", "05-26", "05-25"),
        ("answer", "06-09", "06-08"),
        ("transfer", "06-08", None),
        ("transfer", "06-09", "06-08"),
    ],
)
def test_each_step_has_its_deadline(
    country: Country, commune, staff: Staff, act: str, day: str, late_since: str | None
) -> None:
    petition, moment = write(commune).petition, at(day, 20)
    if act == "refuse":
        work.refuse(petition, "complaint", by=staff.officer, explanation="đơn khiếu nại", as_of=moment)
    elif act == "ask":
        work.ask_supplement(petition, "Quầy nào?", by=staff.officer, as_of=moment)
    elif act == "answer":
        work.answer(petition, "Đã thêm quầy.", by=staff.officer, as_of=moment)
    else:
        work.transfer(petition, country.south_commune, by=staff.officer, reason="của họ", as_of=moment)
    stay = PetitionStay.objects.get(petition=petition, agency=commune)
    assert stay.late_since == (late_since and end_of(late_since))
    assert stay.ended_month == int(f"2026{day[:2]}")


def test_holidays_do_not_count(commune) -> None:
    # Off are 27 April (for the Hùng Kings' day, a Sunday in 2026), 30 April and 1 May.
    assert write(commune, as_of=at("04-24")).petition.due_by == end_of("05-20")


def test_publishing_late_makes_it_late(commune, staff: Staff) -> None:
    petition = write(commune).petition
    work.answer(petition, "Đã thêm quầy.", by=staff.officer, as_of=at("05-20"))
    close_unpublished(petition, reason="việc riêng", by=staff.officer, as_of=at("05-23"))
    assert (petition.state, stay_of(petition).late_since) == (State.CLOSED, end_of("05-22"))


def test_a_supplement_starts_the_clock_anew_and_the_wait_for_it_is_nobody_s(commune, staff: Staff) -> None:
    petition = write(commune).petition
    with pytest.raises(ValidationError):
        supplement(petition, "quầy số 4", as_of=at("05-19"))
    work.ask_supplement(petition, "Quầy nào?", by=staff.officer, as_of=at("05-19"))
    assert petition.due_by is None and stay_of(petition).ended_month == 202605
    supplement(petition, "quầy số 4", as_of=at("07-06"))
    assert (petition.state, petition.due_by) == (State.SUPPLEMENTED, end_of("07-27"))
    assert stay_of(petition).ended_month == STILL_OPEN and stay_of(petition).late_since is None


def test_a_transfer_gives_the_next_agency_its_own_time_and_keeps_what_was_late(
    country: Country, commune, staff: Staff
) -> None:
    petition = write(commune).petition
    work.assign(petition, staff.officer, by=staff.officer, as_of=NOW)
    late = at("06-15")
    work.transfer(petition, country.south_commune, by=staff.officer, reason="của họ", as_of=late)
    assert (petition.agency, petition.assignee, petition.state) == (country.south_commune, None, "received")
    assert petition.due_by == end_of("07-06")
    with pytest.raises(PermissionDenied):
        work.take_up(petition, by=staff.officer, as_of=late)
    work.transfer(petition, commune, by=staff.stranger, reason="không phải", as_of=at("06-16"))
    back = stay_of(petition)
    assert PetitionStay.objects.count() == 2 and back.agency == commune
    assert back.late_since == end_of("06-08") and back.handle_by == end_of("07-07")
    logged = EventLog.objects.filter(verb="petition.transferred")
    assert {event.agency_name for event in logged} == {commune.name, country.south_commune.name}
    for to in (commune,):
        with pytest.raises(ValidationError):
            work.transfer(petition, to, by=staff.officer, reason="x", as_of=late)


def test_a_refusal_needs_one_of_the_reasons_and_words(commune, staff: Staff) -> None:
    petition = write(commune).petition
    for why, explanation in (("because", "x"), ("complaint", " ")):
        with pytest.raises(ValidationError):
            work.refuse(petition, why, by=staff.officer, explanation=explanation, as_of=NOW)
    assert petition.state == State.RECEIVED


def test_complaining_again_opens_it_anew_twice_at_most(commune, staff: Staff) -> None:
    petition = write(commune).petition
    moment = NOW
    for count in (1, 2):
        moment += days(1)
        work.answer(petition, "Đã thêm quầy.", by=staff.officer, as_of=moment)
        judge(petition, "dissatisfied", as_of=moment)
        complain_again(petition, "vẫn chờ", as_of=moment)
        assert (petition.complaints, petition.verdict, petition.state) == (count, "none", State.RECEIVED)
        assert stay_of(petition).ended_month == STILL_OPEN
    work.answer(petition, "Đã thêm quầy.", by=staff.officer, as_of=moment)
    with pytest.raises(ValidationError):
        complain_again(petition, "vẫn chờ", as_of=moment)
    assert Petition.objects.count() == 1


def test_an_answer_is_judged_within_fifteen_days(commune, staff: Staff) -> None:
    petition = write(commune).petition
    with pytest.raises(ValidationError):
        judge(petition, "satisfied", as_of=NOW)
    work.answer(petition, "Đã thêm quầy.", by=staff.officer, as_of=NOW)
    judge(petition, "satisfied", as_of=NOW + days(1))
    judge(petition, "dissatisfied", as_of=NOW + days(15))
    for verdict, moment in (("satisfied", days(16)), ("maybe", days(1))):
        with pytest.raises(ValidationError):
            judge(petition, verdict, as_of=NOW + moment)
    assert petition.verdict == "dissatisfied"


@pytest.mark.parametrize("who", ["reviewer", "stranger"])
def test_who_does_not_handle_petitions_there_does_nothing_with_them(commune, staff: Staff, who: str) -> None:
    petition, person = write(commune).petition, getattr(staff, who)
    told = {"by": person, "as_of": NOW}
    for act in (
        lambda: work.take_up(petition, **told),
        lambda: work.assign(petition, person, **told),
        lambda: work.note(petition, "x", **told),
        lambda: work.transfer(petition, petition.agency.parent, reason="x", **told),
        lambda: work.ask_supplement(petition, "x", **told),
        lambda: work.refuse(petition, "abusive", explanation="x", **told),
        lambda: work.answer(petition, "x", **told),
        lambda: published(petition, person, NOW),
        lambda: close_unpublished(petition, reason="x", **told),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert not work.desk(person).exists()
    assert set(work.desk(staff.administrator)) == set(work.desk(staff.officer)) == {petition}
    with pytest.raises(ValidationError):
        work.assign(petition, person, by=staff.officer, as_of=NOW)


def test_a_petition_about_a_dossier_counts_against_it_and_knows_its_procedure(dossier: Dossier) -> None:
    petition = write(dossier.agency, dossier=dossier).petition
    assert petition.procedure == dossier.procedure
    assert Grievance.objects.get().dossier == dossier
