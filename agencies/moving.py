"""Moving an agency, with everything below it, to another place in the tree."""

from __future__ import annotations

from django.db import transaction

from agencies.models import Agency
from agencies.signals import agency_moved
from agencies.tree import place


@transaction.atomic
def move(agency: Agency, parent: Agency) -> None:
    """Put a known agency under ``parent`` and announce it, so that both branches are added up anew.

    Does nothing if it is there already. Raises ValidationError when ``parent`` is the agency itself
    or lies below it.
    """
    left = agency.parent_id
    if left == parent.pk:
        return
    place(agency, parent)
    agency_moved.send(sender=Agency, agency=agency, parents={pk for pk in (left, parent.pk) if pk})
