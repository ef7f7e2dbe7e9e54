"""`manage.py demo`: a believable country to try the portal on."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.demo.accounts import ACCOUNTS, PASSWORD, handed_out
from portal.demo.stages import EXAMPLE, Country, bring_up
from procedures.models import Dossier

#: Where `manage.py serve` listens unless told otherwise.
ADDRESS = "http://127.0.0.1:8000"
#: Names by which only this very machine reaches itself.
HERE = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})


class Command(BaseCommand):
    """Fill an empty database with invented agencies' work, through the same doors as real work."""

    help = (
        "Bring up a demo country on an empty, migrated database: agencies, procedures, a year of "
        "dossiers, scores, accounts. For trials only: its passwords are known to everybody."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare how much to invent, and when not to."""
        parser.add_argument("--dossiers", type=int, default=200_000, help="how many, about")
        parser.add_argument("--seed", type=int, default=766, help="another seed, another country")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there are dossiers already"
        )
        parser.add_argument("--allow-production", action="store_true", help="run though others can reach it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring the country up; raises CommandError where it must not or cannot."""
        if not (settings.DEBUG or HERE.issuperset(settings.ALLOWED_HOSTS) or options["allow_production"]):
            raise CommandError(
                "The demo's accounts have passwords everybody knows, and the portal answers for hosts others "
                "can reach (ALLOWED_HOSTS). If this is a trial all the same, add --allow-production."
            )
        if options["dossiers"] < 1:
            raise CommandError("--dossiers: at least 1.")
        if not Dossier.objects.exists():
            started = time.monotonic()
            with _quiet_log():
                country = bring_up(timezone.now(), options["dossiers"], options["seed"], self)
            self.say(f"The country is up after {time.monotonic() - started:.0f} s.")
            self.introduce(country)
        elif not options["if_empty"]:
            raise CommandError("There are dossiers in the database; the demo needs an empty one.")
        elif not handed_out():
            raise CommandError(
                "There are dossiers, but not the demo's accounts: either the data is real, or the demo "
                "was interrupted. If so, delete the database, migrate, and run it again."
            )
        self.show_accounts()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Name a stage, and say how long it took."""
        started = time.monotonic()
        self.say(f"{name} …")
        yield
        self.say(f"  done in {time.monotonic() - started:.1f} s")

    def so_far(self, done: str) -> None:
        """Say how far a stage has come."""
        self.say(f"  {done}")

    def introduce(self, country: Country) -> None:
        """Say what came up, with the credentials shown only once."""
        self.say(f"{Dossier.objects.count():,} dossiers; {country.refused:,} records refused (see the inbox)")
        if country.password:
            client = country.clients[EXAMPLE]
            self.say(f"Connected system of {client.agency}: {client.username} / {country.password}")
            self.say("  shown only now; the other systems have no password until it is changed")

    def show_accounts(self) -> None:
        """List the accounts and where to go."""
        self.say("")
        for what, path in (
            ("Public pages", "/"),
            ("Sign in", "/admin/"),
            ("National protocol", "/api/national/auth"),
        ):
            self.say(f"{what:<18} {ADDRESS}{path}")
        for account in ACCOUNTS:
            self.say(f"  {account.username:<10} {PASSWORD}   {account.shows}")
        self.say("Every dossier's applicant has a phone number ending like the dossier's code.")

    def say(self, text: str) -> None:
        """Write a line at once, since a stage may take long."""
        self.stdout.write(text)
        self.stdout.flush()


@contextmanager
def _quiet_log() -> Iterator[None]:
    """Keep the log's lines out of the story told; errors still show."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
