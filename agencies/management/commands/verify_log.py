"""`manage.py verify_log`: was anything changed in, or taken from, the log of decisions?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from agencies import event_log_guard
from agencies.event_log import flaws
from agencies.models import EventLogHead


class Command(BaseCommand):
    """Read the whole chain and compare every hash."""

    help = (
        "Verify the log of decisions: every row's hash, the chain of them, the last rows, the triggers. "
        "Ends with exit code 1 when something is wrong. Keep the printed hash elsewhere: a log that still "
        "leads to it was not rewritten."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Name every flaw, and raise CommandError when there is one."""
        found = 0
        for flaw in flaws():
            self.stdout.write(f"row {flaw.number} {flaw.what}")
            found += 1
        for name in event_log_guard.missing(connection):
            self.stdout.write(f"trigger {name} is missing or switched off")
            found += 1
        if found:
            raise CommandError(f"{found} flaws in the log of decisions.")
        head = EventLogHead.objects.filter(pk=1).first()
        count, last_hash = (head.count, head.hash) if head else (0, "")
        self.stdout.write(f"The log is sound: {count} rows, {last_hash}")
