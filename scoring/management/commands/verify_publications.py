"""Check that everything published is still what it was; exit code 1 if not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring.models import Publication
from scoring.publication_flaws import flaws


class Command(BaseCommand):
    help = "Check the hashes, the chain and the triggers of everything that was published."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(flaws())
        for flaw in found:
            self.stderr.write(flaw)
        if found:
            raise CommandError(f"{len(found)} flaws.")
        last = Publication.objects.published().order_by("-number").first()
        told = f"last fingerprint {last.fingerprint}" if last else "nothing is published yet"
        self.stdout.write(f"All as it was; {told}.")
