"""Who gets a weekly digest, and that each week's goes out once, also when a worker is lost in the middle."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from agencies.models import User
from agencies.models.delegation import AgencyUserObjectPermission
from agencies.models.weekly_digest import WeeklyDigest
from agencies.permissions import DELEGATE, PUBLISH_RESULTS

#: When on Monday letters begin to go out, and for how long what did not go is still made up for.
BEGINS, LASTS = time(6, 30), timedelta(days=1, hours=12)
#: How long writing one may take before its worker counts as lost.
HOLD = timedelta(minutes=10)
#: How often a letter that the mail server refused is tried.
MOST_FAILURES = 5
#: Whoever holds one of these administers an agency, or the whole result.
ADMINISTERS = (DELEGATE, PUBLISH_RESULTS)


def week_due(as_of: datetime) -> date | None:
    """The Monday whose letters are to go out at ``as_of``; None when none are."""
    local = timezone.localtime(as_of)
    monday = local.date() - timedelta(days=local.weekday())
    begins = datetime.combine(monday, BEGINS, local.tzinfo)
    return monday if begins <= local < begins + LASTS else None


def waiting_for(week: date, as_of: datetime) -> list[int]:
    """The ids of those whose letter of a week is still to be written, in order."""
    held = AgencyUserObjectPermission.objects.in_force(as_of).filter(permission__codename__in=ADMINISTERS)
    people = User.objects.filter(is_active=True, weekly_digest=True, pk__in=held.values("user")).exclude(
        email=""
    )
    begun = WeeklyDigest.objects.filter(week=week).exclude(_to_be_taken(as_of))
    return list(people.exclude(pk__in=begun.values("user")).order_by("pk").values_list("pk", flat=True))


def take(user_id: int, week: date, as_of: datetime) -> WeeklyDigest | None:
    """Take a person's letter of a week up; None when another has it or it went out."""
    try:
        with transaction.atomic():
            return WeeklyDigest.objects.create(user_id=user_id, week=week, taken_at=as_of)
    except IntegrityError:
        mine = WeeklyDigest.objects.filter(_to_be_taken(as_of), user=user_id, week=week)
        if not mine.update(taken_at=as_of):
            return None
        return WeeklyDigest.objects.get(user=user_id, week=week)


def going(letter: WeeklyDigest, as_of: datetime) -> bool:
    """Say that the letter goes out now; False when another worker has taken it over."""
    mine = WeeklyDigest.objects.filter(pk=letter.pk, taken_at=letter.taken_at, going_at=None)
    return bool(mine.update(going_at=as_of))


def gone(letter: WeeklyDigest, as_of: datetime) -> None:
    """The mail server took it."""
    WeeklyDigest.objects.filter(pk=letter.pk).update(sent_at=as_of)


def refused(letter: WeeklyDigest) -> None:
    """The mail server did not take it: it is tried again, a few times, once it would count as lost."""
    WeeklyDigest.objects.filter(pk=letter.pk).update(going_at=None, failures=F("failures") + 1)


def _to_be_taken(as_of: datetime) -> Q:
    """Letters that were taken up and left."""
    return Q(going_at=None, taken_at__lt=as_of - HOLD, failures__lt=MOST_FAILURES)
