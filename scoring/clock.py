"""The passing of time: what turns late, or enters a new month, though nobody sends anything."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from agencies.models import Agency
from agencies.models.agency import within
from feedback.models import PetitionStay
from procedures.models import STILL_OPEN, Announcement, Dossier, ReportedVolume
from procedures.months import VIETNAM, month_of, months_between
from scoring.models import ClockTick
from scoring.outbox import Span, mark
from scoring.turn import turn


def tick(as_of: datetime) -> int:
    """Mark for recount all that changed only because time passed since the last tick.

    Open dossiers whose deadline passed (criterion 2.1), announcements whose last day to publish
    passed (criterion 1.2), petitions past theirs (criteria 5.2 and 5.3), and, when a month has begun,
    everyone with dossiers or petitions carried into it.
    Ticks missed are caught up; returns how many agency-months were marked.
    """
    with turn():
        last, _created = ClockTick.objects.get_or_create(pk=1, defaults={"until": as_of})
        if last.until >= as_of:
            return 0
        spans = _deadlines_passed(last.until, as_of) | _publications_due(last.until, as_of)
        spans |= _petitions_overdue(last.until, as_of) | _months_begun(last.until, as_of)
        ClockTick.objects.filter(pk=1).update(until=as_of)
        return mark(spans)


def _deadlines_passed(since: datetime, until: datetime) -> set[Span]:
    # A deadline passed before a month's end moves that month's stock too.
    late = Dossier.objects.filter(ended_month=STILL_OPEN, deadline_at__gte=since, deadline_at__lt=until)
    agency_ids = late.order_by().values_list("agency_id", flat=True).distinct()
    return {(agency_id, month_of(since), month_of(until)) for agency_id in agency_ids}


def _publications_due(since: datetime, until: datetime) -> set[Span]:
    days = since.astimezone(VIETNAM).date(), until.astimezone(VIETNAM).date()
    due = Announcement.objects.filter(
        must_publish=True, published_on__isnull=True, publish_by__gte=days[0], publish_by__lt=days[1]
    )
    spans: set[Span] = set()
    for path, month in due.order_by().values_list("agency__path", "publish_month").distinct():
        # Everybody below inherits the criterion.
        below = Agency.objects.filter(within(path)).values_list("pk", flat=True)
        spans |= {(agency_id, month, month) for agency_id in below}
    return spans


def _petitions_overdue(since: datetime, until: datetime) -> set[Span]:
    spans: set[Span] = set()
    unhandled = PetitionStay.objects.filter(ended_month=STILL_OPEN, handle_by__gte=since, handle_by__lt=until)
    for agency_id, first in unhandled.values_list("agency_id", "petition__received_month").distinct():
        spans |= {(agency_id, month_of(since), month_of(until)), (agency_id, first, first)}
    unpublished = PetitionStay.objects.filter(publish_by__gte=since, publish_by__lt=until)
    told = unpublished.values_list("agency_id", "petition__received_month", "ended_month")
    for agency_id, first, ended in told.distinct():
        spans |= {(agency_id, ended, ended), (agency_id, first, first)}
    return spans


def _months_begun(since: datetime, until: datetime) -> set[Span]:
    first, last = month_of(since), month_of(until)
    spans: set[Span] = set()
    for month in months_between(first, last)[1:]:
        alive = Dossier.objects.filter(started_month__lte=month, ended_month__gte=month)
        year = month // 100 * 100
        declared = ReportedVolume.objects.filter(Q(month=month) | Q(month__range=(year - 100, year)))
        handled = PetitionStay.objects.filter(started_month__lte=month, ended_month__gte=month)
        for rows in (alive, declared, handled):
            ids = rows.order_by().values_list("agency_id", flat=True).distinct()
            # From the month before, whose stock is now final.
            spans |= {(agency_id, months_between(first, month)[-2], month) for agency_id in ids}
    return spans
