"""Deadlines are called to mind before, and passed up after: each once, however often it is looked."""

from __future__ import annotations

from django.core import mail

from feedback import petition_work as work
from feedback.models import PetitionStep
from feedback.reminders import due_soon, escalate, passed_up, remind
from feedback.tasks import forget, watch_deadlines
from tests.feedback.conftest import NOW, Staff, at, write


def steps() -> list[str]:
    return list(
        PetitionStep.objects.filter(verb__in=["reminded", "escalated"]).values_list("verb", flat=True)
    )


def test_three_working_days_before_and_once(commune, staff: Staff) -> None:
    petition = write(commune).petition  # due on 8 June, a Monday
    assert remind(at("06-02", 23)) == 0
    assert remind(at("06-03", 0)) == 1
    assert remind(at("06-04")) == 0 and steps() == ["reminded"]
    assert list(due_soon(staff.officer, at("06-03"))) == [petition]
    assert (
        not due_soon(staff.officer, at("06-02")).exists()
        and not due_soon(staff.stranger, at("06-03")).exists()
    )


def test_after_it_goes_up_once_and_comes_back_when_done(commune, staff: Staff) -> None:
    petition = write(commune).petition
    assert escalate(at("06-08", 23)) == 0
    assert escalate(at("06-09", 0)) == 1
    assert escalate(at("06-10")) == 0 and steps() == ["escalated"]
    petition.refresh_from_db()
    assert petition.escalated_to == commune.parent
    assert list(passed_up(staff.administrator)) == [petition] and not passed_up(staff.officer).exists()
    work.answer(petition, "Đã thêm quầy.", by=staff.officer, as_of=at("06-10"))
    assert not passed_up(staff.administrator).exists()
    assert remind(at("06-11")) == 1 and escalate(at("06-13")) == 1
    assert steps() == ["escalated", "reminded", "escalated"]


def test_letters_go_to_who_has_it_and_say_nothing_of_the_text(
    commune, staff: Staff, django_capture_on_commit_callbacks
) -> None:
    petition = write(commune, subject="Bà Hạnh quát").petition
    work.assign(petition, staff.officer, by=staff.officer, as_of=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        remind(at("06-05"))
        escalate(at("06-10"))
    assert [letter.to for letter in mail.outbox] == [["officer@example.vn"], ["administrator@example.vn"]]
    assert all(petition.code in letter.subject and "Hạnh" not in letter.body for letter in mail.outbox)


def test_what_is_over_or_waits_for_the_sender_is_left_alone(commune, staff: Staff) -> None:
    refused, asked = (write(commune).petition for _ in range(2))
    work.refuse(refused, "abusive", by=staff.officer, explanation="x", as_of=NOW)
    work.ask_supplement(asked, "Quầy nào?", by=staff.officer, as_of=NOW)
    assert remind(at("06-05")) == escalate(at("06-20")) == 0


def test_the_tasks_run_on_nothing(db: None) -> None:
    watch_deadlines()
    forget()
    assert steps() == []
