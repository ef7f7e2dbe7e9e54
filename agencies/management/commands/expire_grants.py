"""`manage.py expire_grants`: close what is over, and check what every grant is worth."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from agencies.grant_worth import settle_all
from agencies.revoking import expire


class Command(BaseCommand):
    """Do by hand what the background task does."""

    help = (
        "Close the grants whose time is over and mend permission rows that are not what their chain of "
        "grants is worth. Access ends on time without it; the background task runs it every few minutes."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how much there was to do."""
        closed = expire(timezone.now())
        self.stdout.write(f"{closed} grants closed, {settle_all()} permission rows mended.")
