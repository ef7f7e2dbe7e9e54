"""The path every change takes: marked months are recounted, added up, graded and ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Min

from agencies.models import Agency
from agencies.models.agency import within
from feedback.models import Petition, PetitionStay
from procedures.models import NO_MONTH, Announcement, Dossier, ReportedVolume
from procedures.months import month_of, months_between
from scoring.catalogue import refresh_catalogue
from scoring.freshness import bump
from scoring.models import DirtyMonth, Tally
from scoring.models.tally import Scope
from scoring.outbox import CATALOGUE
from scoring.periods import Period, containing
from scoring.scorecards import refresh_scorecards
from scoring.tally import recount_month
from scoring.turn import turn

#: Marks taken at a time: what keeps one transaction well under a second.
BATCH = 400


def drain(as_of: datetime, limit: int = BATCH) -> int:
    """Recount the oldest marks of the outbox, in one transaction; returns how many were taken.

    The marks go only if everything they called for is done, so a worker lost in the middle loses
    nothing, and a mark made meanwhile stays for the next call.
    """
    with turn():
        marks = list(DirtyMonth.objects.order_by("id").values_list("id", "agency_id", "month")[:limit])
        if not marks:
            return 0
        by_month: dict[int, set[int]] = defaultdict(set)
        for _id, agency_id, month in marks:
            by_month[month].add(agency_id)
        by_period: dict[Period, set[int]] = defaultdict(set)
        _take_catalogue(by_month.pop(CATALOGUE, set()), by_month, by_period)
        for month in sorted(by_month):
            if month <= month_of(as_of):
                touched = recount_month(month, by_month[month], as_of)
                for period in containing(month):
                    by_period[period] |= touched
        for period, agency_ids in by_period.items():
            refresh_scorecards(period, agency_ids, as_of)
        DirtyMonth.objects.filter(pk__in=[mark_id for mark_id, *_ in marks]).delete()
        transaction.on_commit(bump, robust=True)
    return len(marks)


def recount_all(
    as_of: datetime,
    *,
    agency: Agency | None = None,
    since: int | None = None,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> None:
    """Recount everything from the records: all agencies or one subtree, all months or ``since``.

    A month at a time, each in a transaction of its own, so live traffic goes on beside it; it ends
    in the very state the incremental path keeps. ``progress`` hears what is being done, and how
    many steps of how many are done.
    """
    agency_ids = None
    marks = DirtyMonth.objects.order_by("id")
    if agency is not None:
        agency_ids = set(Agency.objects.under(agency.path).values_list("pk", flat=True))
        marks = marks.filter(agency_id__in=agency_ids)
    if since is not None:
        marks = marks.filter(month__gte=since)
    # By id, not "up to the last": a transaction still under way may hold a lower one.
    settled = list(marks.values_list("pk", flat=True))
    months = _months_with_records(as_of, since)
    periods = list(dict.fromkeys(period for month in months for period in containing(month)))
    by_period: dict[Period, set[int]] = defaultdict(set)
    steps = len(months) + len(periods)
    with turn():
        refresh_catalogue(agency_ids)
    for done, month in enumerate(months):
        progress(str(month), done, steps)
        with turn():
            touched = recount_month(month, agency_ids, as_of)
        for period in containing(month):
            by_period[period] |= touched
    for done, period in enumerate(periods, len(months)):
        progress(period.code, done, steps)
        with turn():
            refresh_scorecards(period, by_period[period] if agency_ids is not None else None, as_of)
    for first in range(0, len(settled), BATCH):
        DirtyMonth.objects.filter(pk__in=settled[first : first + BATCH]).delete()
    bump()
    progress("", steps, steps)


def _months_with_records(as_of: datetime, since: int | None) -> list[int]:
    """Every month that has, or had, something to count, up to that of ``as_of``."""
    firsts = [
        Dossier.objects.filter(started_month__gt=NO_MONTH).aggregate(n=Min("started_month"))["n"],
        Announcement.objects.filter(decided_month__gt=0).aggregate(n=Min("decided_month"))["n"],
        ReportedVolume.objects.aggregate(n=Min("month"))["n"],
        PetitionStay.objects.aggregate(n=Min("started_month"))["n"],
        Petition.objects.aggregate(n=Min("received_month"))["n"],
        Tally.objects.aggregate(n=Min("month"))["n"],
    ]
    first = min((month for month in firsts if month is not None), default=None)
    if first is None:
        return []
    return months_between(max(first, since or first), month_of(as_of))


def _take_catalogue(
    agency_ids: set[int], by_month: dict[int, set[int]], by_period: dict[Period, set[int]]
) -> None:
    """Recount what these agencies offer and announce; adds the months to recount because of it
    (dossiers of offered procedures) and the agencies to grade again in each period: these, all
    above them, and all below one that announces, which inherit criterion 1.3.
    """
    if not agency_ids:
        return
    refresh_catalogue(agency_ids)
    graded = set(agency_ids)
    for agency in Agency.objects.filter(pk__in=agency_ids):
        graded.update(agency.ancestor_ids())
        if agency.announces:
            graded.update(Agency.objects.filter(within(agency.path)).values_list("pk", flat=True))
    tallies = Tally.objects.filter(agency_id__in=agency_ids).order_by()
    for agency_id, month, scope in tallies.values_list("agency_id", "month", "scope").distinct():
        if scope != Scope.SUBTREE:
            by_month[month].add(agency_id)
        for period in containing(month):
            by_period[period] |= graded
