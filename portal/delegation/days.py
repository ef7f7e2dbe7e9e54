"""Days as people choose them, and the moments at which they begin and end in Vietnam."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def start_of(day: date | None) -> datetime | None:
    """When a day begins; None without one."""
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def end_of(day: date | None) -> datetime | None:
    """When a day is over: until a day means to its end."""
    return start_of(day + timedelta(days=1)) if day else None


def last_day(until: datetime | None) -> date | None:
    """The last day on which something holds that ends at ``until``."""
    return timezone.localdate(until - timedelta(microseconds=1)) if until else None


def last_whole_day(until: datetime | None) -> date | None:
    """The last day that is over by ``until``: what is to end no later may be chosen up to it."""
    return timezone.localdate(until) - timedelta(days=1) if until else None
