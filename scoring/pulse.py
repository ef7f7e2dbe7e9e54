"""Signs of life of periodic tasks, and the watch over those gone silent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone

from scoring.models import TaskPulse

#: A task is silent once it has missed this many of its turns.
MISSED = 3


@contextmanager
def pulse(name: str, every: timedelta) -> Iterator[None]:
    """Record that the task ``name``, expected ``every`` so often, started and ended well or not."""
    TaskPulse.objects.update_or_create(
        name=name, defaults={"every": every, "last_started_at": timezone.now()}
    )
    try:
        yield
    except Exception as error:
        TaskPulse.objects.filter(name=name).update(last_error=repr(error)[:500])
        raise
    TaskPulse.objects.filter(name=name).update(last_finished_at=timezone.now(), last_error="")


def silent_tasks(as_of: datetime) -> list[TaskPulse]:
    """Tasks that have not ended well for three of their turns, the longest silent first."""
    return sorted(
        (task for task in TaskPulse.objects.all() if _silent(task, as_of)),
        key=lambda task: task.last_finished_at or datetime.min.replace(tzinfo=as_of.tzinfo),
    )


def _silent(task: TaskPulse, as_of: datetime) -> bool:
    # A minute of grace: a busy worker is late, not silent.
    patience = MISSED * task.every + timedelta(minutes=1)
    last = task.last_finished_at or task.last_started_at
    return last is None or as_of - last > patience
