"""An objection's whole life: written, sent, judged, decided; its deadlines, its effect on the score."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import EventLog
from procedures.models import Correction, Dossier
from procedures.months import VIETNAM
from procedures.sync import sync_dossiers
from scoring.models import DirtyMonth, Objection, Publication, Scorecard, Tally
from scoring.objections import deciding, doors, evidence, reminding, terms, writing
from scoring.periods import Period
from scoring.recount import drain, recount_all
from tests.people import FOUR, four_people
from tests.scoring.objecting import APRIL, NOW, Case, case, on, record
from tests.scoring.test_recount import state

__all__ = ["case", "four_people"]

State, Desk = Objection.State, Objection.Desk
NEXT_DAY = NOW + timedelta(days=1)


def ids(objection: Objection, *fields: str) -> list[int]:
    return list(objection.items.filter(field__in=fields).values_list("pk", flat=True))


def test_the_whole_life_of_one_that_is_accepted(case: Case) -> None:
    people, objection = case.people, case.draft()
    with pytest.raises(PermissionDenied):
        writing.send(objection, by=people.officer, as_of=NOW)
    writing.send(objection, by=case.head, as_of=NOW)
    assert (objection.state, objection.desk, objection.above) == (State.SENT, Desk.ABOVE, people.province)
    # Five working days after Wednesday 20 May.
    assert objection.due_at == datetime(2026, 5, 27, 23, 59, 59, tzinfo=VIETNAM)

    deciding.give_opinion(objection, True, "Đúng, biên nhận ghi ngày 8", by=people.administrator, as_of=NOW)
    objection.refresh_from_db()
    assert (objection.state, objection.desk) == (State.SUPPORTED, Desk.OFFICE)

    assert case.points() == ["1", "2", "10.00"]
    before = state()
    accepted = ids(objection, "finished_at", "channel")
    effect = deciding.effect_of_accepting(objection, accepted, by=people.reviewer, as_of=NOW)
    assert effect.facts == 2 and effect.after.total > effect.before.total
    moved = {change.criterion: (change.before, change.after) for change in effect.changes}
    assert moved["2.1"] == (["1", "2", "10.00"], ["2", "2", "20.00"])
    assert moved["3.3"][1][0] == "1"
    assert state() == before and not Correction.objects.exists() and not DirtyMonth.objects.exists()

    made = deciding.decide(
        objection, accepted=accepted, text="Chấp nhận theo biên nhận", by=people.reviewer, as_of=NEXT_DAY
    )
    assert len(made) == 2 and {correction.source for correction in made} == {objection.number}
    drain(NEXT_DAY)
    assert case.points() == ["2", "2", "20.00"]
    card = Scorecard.objects.get(agency=people.commune, period=APRIL.code)
    objection.refresh_from_db()
    assert objection.state == State.ACCEPTED and objection.due_at is None
    assert objection.effect["total"][1] == str(card.total) == str(effect.after.total)
    incremental = state()
    recount_all(NEXT_DAY)
    assert state() == incremental

    sync_dossiers([record(1, on(20))], client=case.client, as_of=NEXT_DAY)
    drain(NEXT_DAY)
    assert state() == incremental

    verbs = [step.verb for step in objection.steps.all()]
    assert verbs == ["written", "sent", "supported", "decided"]
    logged = EventLog.objects.filter(verb__startswith="objection.").values_list("verb", flat=True)
    assert set(logged) == {"objection.sent", "objection.judged", "objection.decided"}

    assert deciding.withdraw_corrections(objection, "nhầm biên nhận", by=people.operator, as_of=NEXT_DAY) == 2
    drain(NEXT_DAY)
    assert case.points() == ["1", "2", "10.00"]


def test_accepted_in_part_and_refused(case: Case) -> None:
    people, objection = case.people, case.sent()
    deciding.give_opinion(objection, False, "Không có căn cứ", by=people.administrator, as_of=NOW)
    deciding.decide(
        objection, accepted=ids(objection, "channel"), text="Chỉ kênh", by=people.reviewer, as_of=NOW
    )
    objection.refresh_from_db()
    assert objection.state == State.PARTLY
    outcomes = dict(objection.items.values_list("field", "outcome"))
    assert outcomes == {"channel": "accepted", "finished_at": "refused"}
    case.late.refresh_from_db()
    assert case.late.channel == 2 and case.late.finished_at == on(20)

    other = writing.draft(
        people.commune, APRIL, text="Chưa công bố", criterion="1.1", by=case.head, as_of=NOW
    )
    writing.send(other, by=people.administrator, as_of=NOW)
    assert deciding.decide(other, accepted=[], text="Không", by=people.reviewer, as_of=NOW) == []
    other.refresh_from_db()
    assert other.state == State.REFUSED and other.effect == {}
    with pytest.raises(ValidationError):
        deciding.decide(other, accepted=[], text="Lại", by=people.reviewer, as_of=NOW)


def test_what_the_province_sends_itself_goes_to_the_office_at_once(case: Case) -> None:
    objection = case.draft()
    writing.send(objection, by=case.people.administrator, as_of=NOW)
    assert (objection.desk, objection.above) == (Desk.OFFICE, None)
    assert objection.due_at == datetime(2026, 6, 3, 23, 59, 59, tzinfo=VIETNAM)


def test_nobody_judges_or_decides_their_own(case: Case) -> None:
    people, objection = case.people, case.draft(by="administrator")
    writing.send(objection, by=case.head, as_of=NOW)
    with pytest.raises(PermissionDenied):
        deciding.give_opinion(objection, True, "Tôi viết", by=people.administrator, as_of=NOW)
    own = writing.draft(people.commune, APRIL, text="x", criterion="1.1", by=people.operator, as_of=NOW)
    writing.send(own, by=people.operator, as_of=NOW)
    with pytest.raises(PermissionDenied):
        deciding.decide(own, accepted=[], text="Được", wholly=True, by=people.operator, as_of=NOW)
    deciding.decide(own, accepted=[], text="Được", wholly=True, by=people.reviewer, as_of=NOW)


@pytest.mark.parametrize("name", FOUR)
def test_each_of_the_four_at_each_verb(case: Case, name: str) -> None:
    """Officer writes, the province judges, the Office decides; a stranger does nothing and sees nothing."""
    person, objection = case.people[name], case.sent()
    writes = {"administrator", "officer"}
    assert doors.may_write(person, case.people.commune) is (name in writes)
    assert doors.may_send(person, case.people.commune) is (name == "administrator")
    assert doors.may_judge(person, objection) is (name == "administrator")
    assert doors.may_decide(person, objection) is (name == "reviewer")
    assert doors.may_see_evidence(person, objection) is (name != "stranger")
    assert doors.reached(person).filter(pk=objection.pk).exists() is (name != "stranger")
    assert doors.waiting_for(person).filter(pk=objection.pk).exists() is (name == "administrator")
    draft = writing.draft(case.people.commune, APRIL, text="Nháp", by=case.head, as_of=NOW)
    assert doors.reached(person).filter(pk=draft.pk).exists() is (name in writes)
    for verb in (
        lambda: writing.draft(case.people.commune, APRIL, text="x", by=person, as_of=NOW),
        lambda: deciding.give_opinion(objection, True, "x", by=person, as_of=NOW),
        lambda: deciding.decide(objection, accepted=[], text="x", by=person, as_of=NOW),
    ):
        allowed = {"administrator": (0, 1), "officer": (0,)}.get(name, ())
        number = (
            0 if "draft" in verb.__code__.co_names else 1 if "give_opinion" in verb.__code__.co_names else 2
        )
        if number in allowed:
            verb()
        elif number == 2 and name == "reviewer":
            with pytest.raises(ValidationError):  # it still waits for the level above
                verb()
        else:
            with pytest.raises(PermissionDenied):
                verb()


def test_more_is_asked_for_and_said(case: Case) -> None:
    people, objection = case.people, case.sent()
    deciding.give_opinion(objection, True, "Đúng", by=people.administrator, as_of=NOW)
    deciding.ask_more(objection, "Gửi biên nhận", by=people.reviewer, as_of=NOW)
    objection.refresh_from_db()
    assert (objection.state, objection.desk) == (State.MORE_ASKED, Desk.AGENCY)
    assert doors.waiting_for(people.officer).get() == objection
    writing.say_more(objection, "Đã gửi", by=people.officer, as_of=NOW)
    assert (objection.state, objection.desk) == (State.SUPPORTED, Desk.OFFICE)


def test_files_are_judged_by_what_they_hold(case: Case, django_capture_on_commit_callbacks: object) -> None:
    objection, by = case.draft(), case.people.officer
    pdf = SimpleUploadedFile("biên nhận.pdf", b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF")
    (kept,) = evidence.attach(objection, [pdf], by=by, as_of=NOW)
    assert kept.name == "biên nhận.pdf" and kept.file.name.startswith("objections/")
    for name, content in (
        ("a.pdf", b"MZ\x90"),
        ("b.pdf", b"%PDF-1.4 /JavaScript %%EOF"),
        ("c.png", b"not a picture"),
    ):
        with pytest.raises(ValidationError) as refused:
            evidence.attach(objection, [SimpleUploadedFile(name, content)], by=by, as_of=NOW)
        assert "attachments" in refused.value.message_dict
    with pytest.raises(ValidationError):
        evidence.attach(
            objection, [SimpleUploadedFile(f"{n}.pdf", pdf.open().read()) for n in range(5)], by=by, as_of=NOW
        )
    assert objection.evidence.count() == 1
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert evidence.take_out(objection, [kept.pk], by=by) == 1
    assert not objection.evidence.exists() and not kept.file.storage.exists(kept.file.name)


def test_files_go_a_year_after_it_is_over(case: Case) -> None:
    objection = case.draft()
    pdf = SimpleUploadedFile("biên nhận.pdf", b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF")
    (kept,) = evidence.attach(objection, [pdf], by=case.people.officer, as_of=NOW)
    stored = kept.file.name
    writing.withdraw(objection, "", by=case.people.officer, as_of=NOW)
    assert evidence.forget(NOW + timedelta(days=364)) == 0 and kept.file.storage.exists(stored)
    assert evidence.forget(NOW + timedelta(days=365)) == 1 and not kept.file.storage.exists(stored)
    assert evidence.forget(NOW + timedelta(days=365)) == 0
    assert objection.steps.last().verb == "evidence_gone"


def test_what_may_not_be_disputed(case: Case) -> None:
    people, objection = case.people, case.sent()
    elsewhere = writing.draft(people.other, APRIL, text="x", by=people.operator, as_of=NOW)
    again = writing.draft(people.commune, APRIL, text="x", by=people.officer, as_of=NOW)
    with pytest.raises(ValidationError, match=re.escape(case.late.code)):
        writing.dispute(elsewhere, [case.late], "channel", by=people.operator, as_of=NOW)
    with pytest.raises(ValidationError, match=objection.number):
        writing.dispute(again, [case.late], "channel", by=people.officer, as_of=NOW)
    with pytest.raises(ValidationError):
        writing.dispute(again, [case.timely], "phone_hash", by=people.officer, as_of=NOW)
    with pytest.raises(ValidationError):
        writing.dispute(again, [case.timely], "status", value=77, by=people.officer, as_of=NOW)
    with pytest.raises(ValidationError):
        writing.send(again, by=case.head, as_of=NOW)  # neither a criterion nor a dossier
    writing.dispute(again, [case.timely], "received_at", by=people.officer, as_of=NOW)
    assert writing.lacking(again)
    item = again.items.get()
    with pytest.raises(ValidationError):
        writing.fill_in(again, {item.pk: "mai"}, by=people.officer, as_of=NOW)
    writing.fill_in(again, {item.pk: "2026-04-02T08:00"}, by=people.officer, as_of=NOW)
    assert writing.lacking(again) == []
    with pytest.raises(ValidationError):
        writing.draft(people.nation, APRIL, text="x", by=people.operator, as_of=NOW)
    with pytest.raises(ValidationError):
        writing.draft(people.commune, APRIL, text="x", criterion="9.9", by=people.officer, as_of=NOW)
    with pytest.raises(ValidationError):
        writing.draft(people.commune, Period.parse("2027"), text="x", by=people.officer, as_of=NOW)


def published(at: datetime) -> Publication:
    return Publication.objects.create(
        period=APRIL.code, version=1, state="published", closed_at=at, approved_at=at, as_of=at, number=1
    )


def test_objections_end_some_working_days_after_the_publication(case: Case) -> None:
    # Ten working days from Friday 24 April: 30 April and 1 May are days off, and the 27th (Hùng Kings).
    published(datetime(2026, 4, 24, 9, tzinfo=VIETNAM))
    until = terms.window(APRIL, NOW).until
    assert until == datetime(2026, 5, 13, 23, 59, 59, tzinfo=VIETNAM)
    assert (
        terms.window(APRIL, until).is_open and not terms.window(APRIL, until + timedelta(seconds=1)).is_open
    )
    with pytest.raises(ValidationError) as refused:
        case.draft()
    assert "13/05/2026" in str(refused.value)


def test_deadlines_run_over_holidays(case: Case) -> None:
    objection = case.draft(as_of=datetime(2026, 4, 29, 9, tzinfo=VIETNAM))
    writing.send(objection, by=case.head, as_of=datetime(2026, 4, 29, 9, tzinfo=VIETNAM))
    # Thursday 30 April and Friday 1 May are days off: the fifth working day is Friday the 8th.
    assert objection.due_at == datetime(2026, 5, 8, 23, 59, 59, tzinfo=VIETNAM)


def test_reminded_once_and_passed_on(case: Case, django_capture_on_commit_callbacks: object) -> None:
    objection = case.sent()
    assert reminding.remind(NOW) == 0
    near = objection.due_at - timedelta(days=1)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert reminding.remind(near) == 1 and reminding.remind(near) == 0
    assert [letter.to for letter in mail.outbox] == [["administrator@example.vn"]]
    assert objection.number in mail.outbox[0].subject and "8/4" not in mail.outbox[0].body
    past = objection.due_at + timedelta(minutes=1)
    assert reminding.escalate(past - timedelta(minutes=2)) == 0
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert reminding.escalate(past) == 1 and reminding.escalate(past) == 0
    objection.refresh_from_db()
    assert (objection.state, objection.desk) == (State.SENT, Desk.OFFICE)
    assert mail.outbox[-1].to == ["reviewer@example.vn"]
    far = objection.due_at + timedelta(minutes=1)
    assert objection.is_late(far) and reminding.escalate(far) == 1 and reminding.escalate(far) == 0
    assert objection.steps.last().verb == "overdue"
    deciding.decide(
        objection, accepted=ids(objection, "channel"), text="Được", by=case.people.reviewer, as_of=far
    )


def test_a_lost_answer_goes_back_to_who_asked(case: Case) -> None:
    objection = case.sent()
    deciding.ask_more(objection, "Gửi biên nhận", by=case.people.administrator, as_of=NOW)
    objection.refresh_from_db()
    reminding.escalate(objection.due_at + timedelta(minutes=1))
    objection.refresh_from_db()
    assert (objection.state, objection.desk) == (State.SENT, Desk.ABOVE)


def test_withdrawn_before_it_is_decided(case: Case) -> None:
    objection = case.sent()
    with pytest.raises(PermissionDenied):
        writing.withdraw(objection, "nhầm", by=case.people.officer, as_of=NOW)
    writing.withdraw(objection, "nhầm", by=case.head, as_of=NOW)
    assert objection.state == State.WITHDRAWN and objection.is_over
    # What it disputed may be disputed anew.
    case.sent()


def test_the_terms_are_data(case: Case) -> None:
    days = {"after_closing": 3, "after_publication": 7, "opinion": 2, "decision": 4, "more": 1}
    with pytest.raises(PermissionDenied):
        terms.change_terms(days, by=case.people.administrator, reason="x", as_of=NOW)
    with pytest.raises(ValidationError):
        terms.change_terms({**days, "opinion": 0}, by=case.people.reviewer, reason="x", as_of=NOW)
    terms.change_terms(days, by=case.people.reviewer, reason="theo công văn", as_of=NOW)
    assert case.sent().due_at == datetime(2026, 5, 22, 23, 59, 59, tzinfo=VIETNAM)
    assert EventLog.objects.get(verb="objections.terms_changed").before["opinion"] == 5


def test_a_fact_that_became_so_by_itself_needs_no_correction(case: Case) -> None:
    objection = case.draft()
    writing.send(objection, by=case.people.administrator, as_of=NOW)
    sync_dossiers([record(1, on(8))], client=case.client, as_of=NOW)
    assert Dossier.objects.get(pk=case.late.pk).finished_at == on(20), "an older state"
    Dossier.objects.filter(pk=case.late.pk).update(channel=2)
    made = deciding.decide(
        objection,
        accepted=ids(objection, "channel", "finished_at"),
        text="Được",
        by=case.people.reviewer,
        as_of=NOW,
    )
    assert [one.field for one in made] == ["finished_at"]
    objection.refresh_from_db()
    assert objection.state == State.ACCEPTED
    assert Tally.objects.exists()
