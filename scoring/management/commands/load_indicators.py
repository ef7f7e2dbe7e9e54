"""`manage.py load_indicators`: put indicator sets in force from files."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from scoring.indicator_documents import DECISION_766, Loaded, load, read_document
from scoring.regrading import mark_for_regrading


class Command(BaseCommand):
    """Load indicator sets; loading one that is there changes nothing, a newer one has its months graded."""

    help = "Store indicator sets from JSON files as approved sets; twice is as good as once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare which files."""
        parser.add_argument(
            "files",
            nargs="*",
            type=Path,
            default=[DECISION_766],
            metavar="FILE",
            help="none: the set of Decision 766/QĐ-TTg that comes with the portal",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load each file; raises CommandError at the first that is no indicator set."""
        for path in options["files"]:
            try:
                indicator_set, outcome = load(read_document(path))
            except OSError as error:
                raise CommandError(f"{path}: {error.strerror}") from error
            except ValidationError as error:
                raise CommandError("\n".join(f"{path}: {said}" for said in error.messages)) from error
            if outcome is not Loaded.UNCHANGED:
                # A newer version of a set in force: what it scores is graded anew.
                mark_for_regrading(indicator_set, timezone.now())
            if options["verbosity"]:
                self.stdout.write(f"{indicator_set}, from {indicator_set.valid_from}: {outcome.value}")
