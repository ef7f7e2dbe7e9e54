"""Tasks of action lists: who sets them, what is refused, and the criterion itself ending them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.models import Agency, EventLog
from scoring.action_progress import progress_of
from scoring.action_reminders import remind_of_tasks
from scoring.action_tasks import cancel_task, change_task, set_task, settle_tasks
from scoring.models import ActionTask, Scorecard
from scoring.periods import Period
from tests.factories import ScorecardFactory, indicator_set
from tests.people import FourPeople, four_people

__all__ = ["four_people"]

NOW = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)
YEAR = Period.parse("2026")
DUE = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def scored(four_people: FourPeople) -> None:
    """The commune handles 60 of 100 dossiers in time this year."""
    rules = indicator_set()
    for agency in (four_people.province, four_people.commune, four_people.other):
        ScorecardFactory(agency=agency, indicator_set=rules, period="2026", share=Decimal("0.6"))
    counts(four_people.commune, "60", "100")


def counts(agency: Agency, numerator: str, denominator: str) -> None:
    card = Scorecard.objects.get(agency=agency, period="2026")
    card.criteria = {**card.criteria, "2.1": [numerator, denominator, "12.00"]}
    card.save()


def give(people: FourPeople, **asked: Any) -> ActionTask:
    given: dict[str, Any] = {
        "owner": people.province,
        "agency": people.commune,
        "criterion": "2.1",
        "period": YEAR,
        "target": Decimal("0.9"),
        "due_on": DUE,
        "by": people.administrator,
        "as_of": NOW,
        **asked,
    }
    return set_task(
        given.pop("owner"), given.pop("agency"), given.pop("criterion"), given.pop("period"), **given
    )


def verbs() -> list[str]:
    return list(
        EventLog.objects.filter(verb__startswith="task.").order_by("number").values_list("verb", flat=True)
    )


def test_it_begins_where_the_criterion_stands_and_says_how_far_it_is(four_people: FourPeople) -> None:
    task = give(four_people, responsible=four_people.officer, note="Rà soát hồ sơ trễ")
    assert task.start == Decimal("0.6")
    counts(four_people.commune, "75", "100")
    (progress,) = progress_of([task], NOW)
    assert progress.now is not None and progress.now.value == Decimal("0.7500")
    assert progress.share == Decimal("0.5") and progress.lacking == 15
    assert (progress.days_left, progress.overdue, progress.reached) == (46, False, False)
    assert progress.criterion is not None and progress.criterion.code == "2.1"
    assert progress_of([task], NOW + timedelta(days=60))[0].overdue


def test_reaching_it_ends_it_and_falling_back_before_its_day_opens_it_again(four_people: FourPeople) -> None:
    task = give(four_people)
    assert settle_tasks(NOW) == 0
    counts(four_people.commune, "90", "100")
    assert settle_tasks(NOW) == 1 and settle_tasks(NOW) == 0
    task.refresh_from_db()
    assert (task.state, task.ended_at_rate) == (ActionTask.State.DONE, Decimal("0.9"))
    counts(four_people.commune, "80", "100")
    assert settle_tasks(NOW + timedelta(days=1)) == 1
    task.refresh_from_db()
    assert (task.state, task.ended_at) == (ActionTask.State.OPEN, None)
    counts(four_people.commune, "95", "100")
    settle_tasks(NOW + timedelta(days=2))
    counts(four_people.commune, "10", "100")
    # Once its day is over, what was reached stays reached.
    assert settle_tasks(NOW + timedelta(days=60)) == 0
    assert verbs() == ["task.set", "task.reached", "task.fell_back", "task.reached"]


def test_who_sets_changes_and_cancels(four_people: FourPeople) -> None:
    for name in ("officer", "stranger", "reviewer"):
        with pytest.raises(PermissionDenied):
            give(four_people, by=four_people[name])
    with pytest.raises(PermissionDenied):
        give(four_people, agency=four_people.other)
    task = give(four_people)
    kept = {"target": task.target, "due_on": task.due_on, "responsible": None, "note": "", "as_of": NOW}
    for name in ("officer", "stranger", "reviewer"):
        with pytest.raises(PermissionDenied):
            change_task(task, by=four_people[name], reason="x", **{**kept, "note": "x"})
        with pytest.raises(PermissionDenied):
            cancel_task(task, by=four_people[name], reason="x", as_of=NOW)
    change_task(task, by=four_people.administrator, reason="siết lại", **{**kept, "target": Decimal("0.95")})
    logged = EventLog.objects.get(verb="task.changed")
    assert (logged.before, logged.after) == ({"target": "0.9000"}, {"target": "0.95"})
    cancel_task(task, by=four_people.operator, reason="trùng", as_of=NOW)
    assert verbs() == ["task.set", "task.changed", "task.cancelled"]
    with pytest.raises(ValidationError):
        cancel_task(task, by=four_people.administrator, reason="x", as_of=NOW)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"criterion": "9.9"}, "criterion"),
        ({"criterion": "5.2"}, "criterion"),
        ({"criterion": "1.4"}, "criterion"),
        ({"target": Decimal("0.6")}, "target"),
        ({"target": Decimal("1.01")}, "target"),
        ({"target": Decimal(0)}, "target"),
        ({"due_on": date(2026, 10, 14)}, "due_on"),
        ({"due_on": date(2027, 1, 1)}, "due_on"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    four_people: FourPeople, asked: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        give(four_people, **asked)
    assert list(refused.value.message_dict) == [field]


def test_a_stranger_is_not_made_responsible_and_nothing_is_set_twice(four_people: FourPeople) -> None:
    with pytest.raises(ValidationError) as refused:
        give(four_people, responsible=four_people.stranger)
    assert list(refused.value.message_dict) == ["responsible"]
    task = give(four_people)
    with pytest.raises(ValidationError):
        give(four_people)
    cancel_task(task, by=four_people.administrator, reason="đặt lại", as_of=NOW)
    assert give(four_people).pk != task.pk
    with pytest.raises(ValidationError):
        cancel_task(
            give(four_people, agency=four_people.province),
            by=four_people.administrator,
            reason=" ",
            as_of=NOW,
        )


def test_letters_come_a_week_and_a_day_before_and_after_each_once(
    four_people: FourPeople, django_capture_on_commit_callbacks: Any
) -> None:
    task = give(four_people, responsible=four_people.officer)

    def letters(day: date) -> int:
        before = len(mail.outbox)
        at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        with django_capture_on_commit_callbacks(execute=True):
            remind_of_tasks(at)
            remind_of_tasks(at)
        return len(mail.outbox) - before

    assert letters(date(2026, 11, 10)) == 0
    assert letters(date(2026, 11, 24)) == 1
    assert mail.outbox[-1].to == ["officer@example.vn"]
    assert "90,00" in mail.outbox[-1].body and "60,00" in mail.outbox[-1].body
    assert letters(date(2026, 11, 25)) == 0
    assert letters(date(2026, 11, 29)) == 1
    assert letters(date(2026, 12, 1)) == 1
    assert "Quá hạn" in mail.outbox[-1].subject
    assert letters(date(2026, 12, 2)) == 0
    task.refresh_from_db()
    assert task.reminded == 3


def test_without_a_person_the_units_people_are_written_to_and_never_others(
    four_people: FourPeople, django_capture_on_commit_callbacks: Any
) -> None:
    give(four_people)
    with django_capture_on_commit_callbacks(execute=True):
        remind_of_tasks(datetime(2026, 11, 29, 3, tzinfo=UTC))
    assert [letter.to for letter in mail.outbox] == [["officer@example.vn"]]
