"""Access review: every half-year somebody above confirms that an access is still needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from agencies.authority import refuse_unless_above, refuse_unless_open
from agencies.event_log import decision, record
from agencies.event_words import GRANT_CONFIRMED
from agencies.granting import review_day
from agencies.models import Agency, AgencyUserObjectPermission, Grant, User
from agencies.models.agency import PATH_SEPARATOR, within
from agencies.operators import operators
from agencies.permissions import DELEGATE, OPERATE_SYSTEM
from agencies.visibility import forget_held, paths_held


@dataclass(frozen=True)
class Overdue:
    """A grant nobody confirmed in time, and the people on the level above who are to look at it."""

    grant: Grant
    reviewers: tuple[User, ...]


def confirm(grant: Grant, *, by: User, as_of: datetime, reason: str = "") -> None:
    """Say that a grant is still needed; it is due again in half a year.

    Raises PermissionDenied unless ``by`` decides about it (nobody confirms their own),
    ValidationError for a grant that has ended.
    """
    with decision():
        refuse_unless_open(grant)
        refuse_unless_above(by, grant, as_of)
        before = grant.review_due_on
        grant.confirmed_at, grant.review_due_on = as_of, review_day(as_of)
        grant.save(update_fields=["confirmed_at", "review_due_on"])
        record(
            GRANT_CONFIRMED,
            grant,
            actor=by,
            as_of=as_of,
            agency=grant.agency,
            before={"review_due_on": before},
            after={"user": grant.user.get_username(), "review_due_on": grant.review_due_on},
            reason=reason,
        )
    forget_held(by)


def overdue(as_of: datetime, of: Q | None = None) -> list[Overdue]:
    """The open grants whose day of review is past, each with who is to look at it; ``of`` narrows them.

    Those are the people who delegate on the nearest agency above; where there are none, on the
    agency itself, and at the top the operators. Nobody reviews their own.
    """
    late = list(
        Grant.objects.open()
        .filter(of or Q(), review_due_on__lt=timezone.localdate(as_of))
        .select_related("user", "role", "agency")
        .order_by("review_due_on", "pk")
    )
    delegates = _delegates({part for grant in late for part in _ids(grant.agency)}, as_of)
    of_last_resort = list(operators(as_of)) if late else []
    return [Overdue(grant, _above(grant, delegates, of_last_resort)) for grant in late]


def flagged_for(user: User, as_of: datetime) -> list[Grant]:
    """The overdue grants that ``user`` is to look at."""
    # Only where the user delegates, or is the last resort, can they be the nearest to look.
    reach = Q(pk__in=[])
    for path in {*paths_held(user, DELEGATE, as_of), *paths_held(user, OPERATE_SYSTEM, as_of)}:
        reach |= within(path, "agency__path")
    late = overdue(as_of, reach)
    return [one.grant for one in late if any(person.pk == user.pk for person in one.reviewers)]


def _above(
    grant: Grant, delegates: dict[int, dict[int, User]], of_last_resort: Iterable[User]
) -> tuple[User, ...]:
    *above, own = _ids(grant.agency)
    for agency_id in (*reversed(above), own):
        people = [user for pk, user in delegates.get(agency_id, {}).items() if pk != grant.user_id]
        if people:
            return tuple(people)
    return tuple(person for person in of_last_resort if person.pk != grant.user_id)


def _delegates(agency_ids: set[int], as_of: datetime) -> dict[int, dict[int, User]]:
    """Who delegates on these agencies, by agency: one query."""
    found: dict[int, dict[int, User]] = {}
    rows = AgencyUserObjectPermission.objects.in_force(as_of).filter(
        permission__codename=DELEGATE, content_object__in=agency_ids, user__is_active=True
    )
    for row in rows.select_related("user").order_by("user_id"):
        found.setdefault(row.content_object_id, {})[row.user_id] = row.user
    return found


def _ids(agency: Agency) -> list[int]:
    return [int(part) for part in agency.path.strip(PATH_SEPARATOR).split(PATH_SEPARATOR)]
