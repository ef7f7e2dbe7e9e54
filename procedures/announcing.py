"""What agencies announce and declare, saved so that the criteria they move are counted anew.

Decisions announcing procedures (Decision 766, criteria 1.1 and 1.2) and the dossiers declared to the
national reporting system (criterion 1.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agencies.models import Agency
from procedures.among import among
from procedures.dossier_rows import Span
from procedures.models import Announcement, ReportedVolume
from procedures.months import month_of
from procedures.signals import counts_changed
from procedures.upserting import save_changed
from procedures.working_days import add_working_days

#: Working days a decision must come before its legal basis takes effect, and in which it must be
#: published afterwards: of a province, and of anyone above.
PROVINCE_DAYS = (5, 5)
MINISTRY_DAYS = (20, 10)
MINISTRIES = frozenset(
    {
        Agency.Kind.NATION,
        Agency.Kind.MINISTRY,
        Agency.Kind.MINISTERIAL_AGENCY,
        Agency.Kind.GOVERNMENT_AGENCY,
    }
)

_ANNOUNCED = (
    "change", "decision_number", "decided_on", "effective_on", "must_publish", "published_on",
    "announce_by", "publish_by", "decided_month", "publish_month", "agency_id", "procedure_id",
)  # fmt: skip


def derive_days(announcement: Announcement) -> Announcement:
    """Fill the days by which it had to be decided and published, and the months it counts in.

    Raises ValidationError for a date outside the calendar of working days.
    """
    before, within = MINISTRY_DAYS if announcement.agency.kind in MINISTRIES else PROVINCE_DAYS
    try:
        announcement.announce_by = add_working_days(announcement.effective_on, -before)
        announcement.publish_by = add_working_days(announcement.decided_on, within)
    except ValueError as error:
        raise ValidationError({"decided_on": str(error)}) from None
    announcement.decided_month = _month(announcement.decided_on)
    announcement.publish_month = _month(announcement.publish_by)
    return announcement


def save_announcements(announcements: Iterable[Announcement], *, as_of: datetime) -> int:
    """Add or amend announcements; returns how many were new or changed.

    One with a key is that row; else agency, procedure and decision number tell which it is. The months
    it counts in, before and now, are marked for its agency and all below, which inherit the criteria.
    Raises ValidationError, and then saves none.
    """
    given = [derive_days(announcement) for announcement in announcements]
    with transaction.atomic():
        changed = save_changed(
            given,
            _stored(Announcement, given),
            lambda a: (a.agency_id, a.procedure_id, a.decision_number),
            _ANNOUNCED,
        )
        _mark_announced([row for pair in changed for row in pair if row])
    return len(changed)


def remove_announcements(announcements: Iterable[Announcement]) -> int:
    """Delete announcements entered by mistake; returns how many."""
    gone = list(announcements)
    with transaction.atomic():
        Announcement.objects.filter(among("id", [a.pk for a in gone])).delete()
        _mark_announced(gone)
    return len(gone)


def declare_volumes(volumes: Iterable[ReportedVolume], *, as_of: datetime) -> int:
    """Add or amend declared volumes, known by agency and month; returns how many changed.

    Marked are the month itself and, up to ``as_of``, every month of the year after, which may fall
    back on the year before (criterion 1.4). Raises ValidationError for what is no month.
    """
    given = list(volumes)
    for volume in given:
        if not 1 <= volume.month % 100 <= 12 or not 1990 <= volume.month // 100 <= 2100:
            raise ValidationError(
                {"month": _("%(month)s is not a month (yyyymm).") % {"month": volume.month}}
            )
    with transaction.atomic():
        changed = save_changed(
            given,
            _stored(ReportedVolume, given),
            lambda v: (v.agency_id, v.month),
            ("agency_id", "month", "dossiers"),
        )
        _mark_declared([row for pair in changed for row in pair if row], as_of)
    return len(changed)


def remove_volumes(volumes: Iterable[ReportedVolume], *, as_of: datetime) -> int:
    """Delete volumes declared by mistake; returns how many."""
    gone = list(volumes)
    with transaction.atomic():
        ReportedVolume.objects.filter(among("id", [v.pk for v in gone])).delete()
        _mark_declared(gone, as_of)
    return len(gone)


Row = TypeVar("Row", Announcement, ReportedVolume)


def _stored(model: type[Row], given: Sequence[Row]) -> QuerySet[Row]:
    """The rows among which the given ones may be: by their keys, and all of their agencies."""
    return model._default_manager.filter(
        Q(among("id", [row.pk for row in given if row.pk]))
        | Q(among("agency_id", list({row.agency_id for row in given})))
    )


def _mark_announced(announcements: Sequence[Announcement]) -> None:
    months: dict[int, set[int]] = {}
    for announcement in announcements:
        touched = months.setdefault(announcement.agency_id, set())
        touched.update((announcement.decided_month, announcement.publish_month))
    spans: set[Span] = set()
    for agency in Agency.objects.filter(pk__in=months):
        below = Agency.objects.under(agency.path).order_by().values_list("pk", flat=True)
        spans |= {(pk, month, month) for pk in below for month in months[agency.pk]}
    if spans:
        counts_changed.send(sender=Announcement, spans=spans)


def _mark_declared(volumes: Sequence[ReportedVolume], as_of: datetime) -> None:
    this_month = month_of(as_of)
    spans: set[Span] = set()
    for volume in volumes:
        spans.add((volume.agency_id, volume.month, volume.month))
        year_after = volume.month // 100 * 100 + 100
        last = min(year_after + 12, this_month)
        if last > year_after:
            spans.add((volume.agency_id, year_after + 1, last))
    if spans:
        counts_changed.send(sender=ReportedVolume, spans=spans)


def _month(day: date) -> int:
    return day.year * 100 + day.month
