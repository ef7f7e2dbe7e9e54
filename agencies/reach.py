"""An agency that moves may leave the reach of the grants that those on it hang on."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from agencies.grant_worth import settle
from agencies.models import Agency, Grant
from agencies.models.agency import within
from agencies.signals import agency_moved


@receiver(agency_moved, dispatch_uid="agencies.reach")
def on_agency_moved(agency: Agency, **_signal: Any) -> None:
    """Grants on it, or below, are worth something again or nothing any more (``succession.stranded``)."""
    settle(Grant.objects.open().filter(within(agency.path, "agency__path")).values_list("pk", flat=True))
