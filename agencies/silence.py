"""Connected systems that went silent."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from agencies.models import IntegrationClient

#: A system that sends nothing for this long is worth a call.
SILENT_AFTER = timedelta(hours=24)


def silent_systems(
    clients: QuerySet[IntegrationClient], as_of: datetime, after: timedelta = SILENT_AFTER
) -> QuerySet[IntegrationClient]:
    """Those of ``clients`` that may send but had not been heard of for so long at ``as_of``, or never."""
    quiet = Q(last_seen_at__isnull=True) | Q(last_seen_at__lt=as_of - after)
    return clients.filter(quiet, revoked_at__isnull=True)
