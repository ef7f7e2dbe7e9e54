"""Try every refused record that waits in the inbox again."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from procedures.inbox import retry_all, waiting


class Command(BaseCommand):
    help = "Try every record waiting in the inbox again, and say how many were taken."

    def handle(self, *args: Any, **options: Any) -> None:
        taken = retry_all(timezone.now())
        self.stdout.write(f"{taken} taken, {waiting().count()} still waiting.")
