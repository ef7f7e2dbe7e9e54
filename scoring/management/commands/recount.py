from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agencies.models import Agency, AgencyCode
from scoring.periods import Period
from scoring.recount import drain, recount_all


class Command(BaseCommand):
    """Recount tallies, scorecards and ranks from the dossiers; safe beside live traffic."""

    help = "Recount from the records: what is marked, or with --all, --agency or --since all of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="everything, marked or not")
        parser.add_argument("--agency", metavar="CODE", help="this agency and all below it")
        parser.add_argument("--since", metavar="2026-01", help="from this month on")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["all"] or options["agency"] or options["since"]):
            taken = 0
            while batch := drain(timezone.now()):
                taken += batch
                self.stdout.write(f"{taken} marks recounted")
            self.stdout.write(self.style.SUCCESS("Nothing is left to recount."))
            return
        recount_all(
            timezone.now(),
            agency=_agency(options["agency"]),
            since=_month(options["since"]),
            progress=self._progress,
        )
        self.stdout.write(self.style.SUCCESS("Recounted."))

    def _progress(self, what: str, done: int, total: int) -> None:
        if what:
            self.stdout.write(f"[{done + 1:>3}/{total}] {what}")


def _agency(code: str | None) -> Agency | None:
    if not code:
        return None
    agency = Agency.objects.filter(code=code).first()
    if agency is None:
        other = AgencyCode.objects.filter(code=code).select_related("agency").first()
        agency = other.agency if other else None
    if agency is None:
        raise CommandError(f"No agency has the code {code}.")
    return agency


def _month(text: str | None) -> int | None:
    if not text:
        return None
    year, _dash, number = text.partition("-")
    try:
        return Period.parse(f"{year}-M{int(number):02}").first
    except ValueError as error:
        raise CommandError(f"--since {text}: write the month as 2026-01.") from error
