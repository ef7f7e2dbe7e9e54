"""Moving an agency, with everything below it, to another place in the tree."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from agencies.event_log import decision, record
from agencies.event_words import AGENCY_MOVED
from agencies.models import Agency, User
from agencies.signals import agency_moved
from agencies.tree import place


def move(
    agency: Agency,
    parent: Agency,
    *,
    by: User | None = None,
    reason: str = "",
    as_of: datetime | None = None,
) -> None:
    """Put a known agency under ``parent`` and announce it, so that both branches are added up anew.

    Does nothing if it is there already. ``by`` None is the server's command line; ``as_of`` is the
    moment noted, now if left out. Raises ValidationError when ``parent`` is the agency itself or lies
    below it.
    """
    left = agency.parent
    if left == parent:
        return
    with decision():
        place(agency, parent)
        parents = {above.pk for above in (left, parent) if above}
        agency_moved.send(sender=Agency, agency=agency, parents=parents)
        record(
            AGENCY_MOVED,
            agency,
            actor=by,
            as_of=as_of or timezone.now(),
            agency=agency,
            before={"parent": left.code if left else None},
            after={"parent": parent.code},
            reason=reason,
        )
