"""Recounting leaves the processor to others: a rest longer than the work, and what came meanwhile at once."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from agencies.models import Agency
from scoring import tasks
from scoring.models import DirtyMonth
from scoring.tasks import LONGEST_REST, QUEUED, RESTING, recount
from tests.factories import NationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock of the test's own, which sleeping moves on; each recount takes what ``takes`` says."""
    cache.delete_many([RESTING, QUEUED])
    at = [1000.0]
    slept = [0.0]

    def sleep(seconds: float) -> None:
        slept[0] += seconds
        at[0] += seconds

    def drain(as_of: object) -> int:
        taken, _models = DirtyMonth.objects.all().delete()
        at[0] += 0.1 if taken else 0.0
        return taken

    monkeypatch.setattr(tasks, "sleep", sleep)
    monkeypatch.setattr(tasks, "drain", drain)
    monkeypatch.setattr(tasks, "time", lambda: at[0])
    monkeypatch.setattr(tasks, "monotonic", lambda: at[0])
    return slept


def mark() -> None:
    nation = Agency.objects.first() or NationFactory()
    DirtyMonth.objects.create(agency=nation, month=202603, marked_at="2026-03-01T00:00:00Z")


def test_the_first_is_counted_at_once_and_the_next_after_a_rest(clock: list[float]) -> None:
    mark()
    recount()
    assert clock[0] == pytest.approx(4 * 0.1)
    mark()
    recount()
    # What was left of the rest was none: it was had before the task ended.
    assert clock[0] == pytest.approx(2 * 4 * 0.1)
    assert not DirtyMonth.objects.exists()


def test_no_rest_is_longer_than_the_longest(clock: list[float]) -> None:
    cache.set(RESTING, 1000.0 + 3600)
    recount()
    assert clock[0] == LONGEST_REST


def test_whoever_marks_while_it_rests_wakes_nobody_else(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.set(RESTING, 1000.5)
    cache.set(QUEUED, 1)
    asked: list[int] = []
    monkeypatch.setattr(recount, "delay", lambda: asked.append(1))
    monkeypatch.setattr(tasks, "sleep", lambda _seconds: tasks.wake_recount())
    recount()
    assert asked == []
    tasks.wake_recount()
    assert asked == [1]
