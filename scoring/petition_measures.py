"""Petitions as they are counted: the columns behind criteria 5.1 to 5.3 of Decision 766.

What is counted is a petition's stay at an agency. A petition that was transferred counts in 5.2 for each
agency that handled it, for its own part; in 5.1 and 5.3 it counts once, where it is now, in the month it
first came. Those held for review, and those rejected, do not count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from procedures.models import STILL_OPEN
from scoring.measure_kinds import Column, Kind, Moment, Source

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

COUNTED = Q(petition__standing="counted")


def first_received(at: Moment) -> Q:
    """Petitions that first came in the month, where they are now."""
    return COUNTED & Q(is_present=True, petition__received_month=at.month)


def ended(at: Moment) -> Q:
    return COUNTED & Q(ended_month=at.month)


def still_open(at: Moment) -> Q:
    return COUNTED & Q(started_month__lte=at.month, ended_month__gt=at.month)


def done_late(at: Moment) -> Q:
    """A step was late, or an answer is not published though it should be by now."""
    return Q(late_since__isnull=False) | Q(publish_by__isnull=False, publish_by__lt=at.known)


def open_late(at: Moment) -> Q:
    return Q(late_since__isnull=False, late_since__lt=at.edge) | Q(handle_by__lt=at.edge)


def faulted(at: Moment) -> Q:
    """Disliked, complained of again, or late as far as is known now; each petition once."""
    return (
        Q(petition__verdict="dissatisfied")
        | Q(petition__complaints__gt=0)
        | done_late(at)
        | Q(ended_month=STILL_OPEN, handle_by__lt=at.known)
    )


def _flow(name: str, label: _StrPromise, records: Callable[[Moment], Q]) -> Column:
    return Column(name, label, Kind.FLOW, Source.PETITION, records)


def _at_end(name: str, label: _StrPromise, records: Callable[[Moment], Q]) -> Column:
    return Column(name, label, Kind.STOCK_AT_END, Source.PETITION, records)


PETITION_COLUMNS: tuple[Column, ...] = (
    _flow("petitions_received", _("petitions first received"), first_received),
    _flow(
        "petitions_on_rules",
        _("petitions about regulations or procedures"),
        lambda at: first_received(at) & Q(petition__kind="rules"),
    ),
    _flow(
        "petitions_on_staff",
        _("petitions about the conduct of staff"),
        lambda at: first_received(at) & Q(petition__kind="staff"),
    ),
    _flow(
        "petitions_faulted",
        _("petitions whose handling was disliked, complained of again or late"),
        lambda at: first_received(at) & faulted(at),
    ),
    _flow(
        "petitions_ended_on_time",
        _("petitions handled on time"),
        lambda at: ended(at) & ~done_late(at),
    ),
    _flow("petitions_ended_late", _("petitions handled late"), lambda at: ended(at) & done_late(at)),
    _at_end(
        "petitions_open_on_time",
        _("petitions still being handled within their deadline"),
        lambda at: still_open(at) & ~open_late(at),
    ),
    _at_end(
        "petitions_open_late",
        _("petitions still being handled past their deadline"),
        lambda at: still_open(at) & open_late(at),
    ),
)
