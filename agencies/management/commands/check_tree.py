"""`manage.py check_tree`: is what is remembered of the agency tree true to the tree?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies import codes, tree


class Command(BaseCommand):
    """Name every flaw of the tree; write paths and depths anew with ``--fix``."""

    help = (
        "Compare each agency's path and depth with its parents, and look for codes that lead to two "
        "agencies and successors that lead back. Ends with exit code 1 when something is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the one choice there is."""
        parser.add_argument("--fix", action="store_true", help="write wrong paths and depths anew")

    def handle(self, *args: Any, **options: Any) -> None:
        """Report, mend if asked, and raise CommandError when flaws remain."""
        if options["fix"]:
            self.stdout.write(f"{tree.rebuild()} paths written anew.")
        found = 0
        for line in self._flaws():
            self.stdout.write(line)
            found += 1
        if found:
            raise CommandError(f"{found} flaws in the agency tree.")
        self.stdout.write("The agency tree is sound.")

    def _flaws(self) -> Iterator[str]:
        for flaw in tree.flaws():
            agency = flaw.agency
            if flaw.expected_path is None:
                yield f"{agency.code}: is its own ancestor; give it another parent"
            else:
                yield (
                    f"{agency.code}: path {agency.path} and depth {agency.depth}, "
                    f"but its parents make it {flaw.expected_path}; --fix mends it"
                )
        for code, owners in codes.collisions():
            yield f"code {code}: belongs to {', '.join(owners)}"
        for chain in tree.circular_successions():
            yield f"successors lead back: {' → '.join(chain)}"
