"""Who holds what at an agency: given there, or on an agency above."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, QuerySet

from agencies.grant_state import going
from agencies.models import Agency, Grant, User


def told_grants(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    """These grants with all that a page tells of one."""
    return grants.select_related("user", "role", "agency", "granted_by", "ended_by").prefetch_related(
        "role__permissions"
    )


def holders_at(agency: Agency, as_of: datetime) -> tuple[list[Grant], list[Grant]]:
    """The grants, not over at ``as_of``, given on this agency and those inherited from above.

    Those inherited come from the nearest agency upwards.
    """
    reaching = told_grants(
        going(Grant.objects.all(), as_of).filter(agency__in=[*agency.ancestor_ids(), agency.pk])
    )
    direct: list[Grant] = []
    inherited: list[Grant] = []
    for grant in reaching.order_by("-agency__depth", "role_id", "user__username", "pk"):
        (direct if grant.agency_id == agency.pk else inherited).append(grant)
    return direct, inherited


def counted_holders(agencies: Iterable[Agency], as_of: datetime) -> dict[int, int]:
    """How many people hold something on each of these agencies itself, by id; left out where nobody."""
    found = going(Grant.objects.all(), as_of).filter(agency__in=[agency.pk for agency in agencies]).order_by()
    return dict(found.values_list("agency_id").annotate(people=Count("user", distinct=True)))


def reaches(user: User, agency: Agency) -> bool:
    """Whether an open grant of ``user``, or a superuser's power, reaches an agency."""
    on = [*agency.ancestor_ids(), agency.pk]
    return user.is_superuser or Grant.objects.open().filter(user=user, agency__in=on).exists()
