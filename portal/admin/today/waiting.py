"""One thing to look after, and how much of it there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from agencies.admin_display import figure
from agencies.planner import COUNTED_UP_TO, counted_up_to


@dataclass(frozen=True)
class Work:
    """One thing to look after: how much of it there is, what it means, and where it is listed.

    ``look`` is ``good``, ``warn``, ``bad`` or ``quiet``.
    """

    title: str
    count: str
    note: str
    url: str
    look: str


def waiting(title: str, records: QuerySet[Any], note: str, none: str, url: str, look: str = "warn") -> Work:
    """Records that wait; ``none`` is the note where there are none."""
    count = counted_up_to(records, COUNTED_UP_TO)
    return Work(title, shown(count), note if count else none, url, look if count else "good")


def shown(count: int) -> str:
    """A count as ``counted_up_to`` gives it: beyond its limit only "more than"."""
    return f"> {figure(COUNTED_UP_TO)}" if count > COUNTED_UP_TO else figure(count)
