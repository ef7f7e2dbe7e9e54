"""How a grant stands at a moment: in force, resting, to come, worth nothing for a reason, or over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agencies.explaining import explain_access
from agencies.models import Grant


class State(StrEnum):
    """What can be said of a grant."""

    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    LATER = "later"
    NOTHING = "nothing"
    ENDED = "ended"


@dataclass(frozen=True)
class Standing:
    """The state of a grant; ``why`` it is worth nothing, or why it ended, in words."""

    state: State
    why: str = ""


def standings_of(grants: Iterable[Grant], as_of: datetime) -> dict[int, Standing]:
    """How each of these grants (with user and agency) stands, by id.

    One query for all, and a few more for each that is worth nothing though nobody touched it.
    """
    asked = list(grants)
    in_force = set(
        Grant.objects.in_force(as_of)
        .filter(pk__in=[grant.pk for grant in asked])
        .values_list("pk", flat=True)
    )
    return {grant.pk: _standing(grant, grant.pk in in_force, as_of) for grant in asked}


def going(grants: QuerySet[Grant], as_of: datetime) -> QuerySet[Grant]:
    """Those of ``grants`` that are not over, swept or not: in force, resting, to come, or worth nothing."""
    return grants.exclude(_over(as_of))


def in_state(grants: QuerySet[Grant], state: State, as_of: datetime) -> QuerySet[Grant]:
    """Those of ``grants`` that stand so, as ``standings_of`` tells it."""
    if state is State.ENDED:
        return grants.filter(_over(as_of))
    left = going(grants, as_of)
    if state is State.SUSPENDED:
        return left.filter(suspended_at__isnull=False)
    awake = left.filter(suspended_at__isnull=True)
    if state is State.LATER:
        return awake.filter(valid_from__gt=as_of)
    working = Q(pk__in=Grant.objects.in_force(as_of).values("pk"), user__is_active=True)
    begun = awake.filter(valid_from__lte=as_of)
    return begun.filter(working) if state is State.IN_FORCE else begun.exclude(working)


def _over(as_of: datetime) -> Q:
    return Q(ended_at__isnull=False) | Q(valid_until__lte=as_of)


def _standing(grant: Grant, in_force: bool, as_of: datetime) -> Standing:
    if grant.ended_at is not None:
        return Standing(State.ENDED, grant.end_reason)
    if grant.valid_until is not None and grant.valid_until <= as_of:
        return Standing(State.ENDED, _("Its time was over."))
    if grant.suspended_at is not None:
        return Standing(State.SUSPENDED)
    if grant.valid_from > as_of:
        return Standing(State.LATER)
    if in_force and grant.user.is_active:
        return Standing(State.IN_FORCE)
    explained = explain_access(grant.user, grant.agency, as_of)
    why = (told.why_not for told in explained if told.grant is not None and told.grant.pk == grant.pk)
    return Standing(State.NOTHING, next(why, ""))
