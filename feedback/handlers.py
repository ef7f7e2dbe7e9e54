"""Who handles the petitions of an agency."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from agencies.models import Agency, User
from agencies.models.delegation import AgencyUserObjectPermission
from agencies.permissions import HANDLE_PETITIONS


def handlers_of(agency: Agency, as_of: datetime) -> QuerySet[User]:
    """The people to whom a petition at ``agency`` can be assigned: let in there, or above it."""
    places = [*agency.ancestor_ids(), agency.pk]
    held = AgencyUserObjectPermission.objects.in_force(as_of).filter(
        content_object__in=places, permission__codename=HANDLE_PETITIONS
    )
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by(
        "last_name", "first_name", "username"
    )
