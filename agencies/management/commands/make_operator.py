"""`manage.py make_operator`: the first person who operates the portal, or one after a lock-out."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agencies.granting import make_operator
from agencies.models import User


class Command(BaseCommand):
    """Give an account the role of system operator on the nation: the root of a chain of grants."""

    help = (
        "Make an account a system operator of the whole portal. The grant hangs on nothing and stands in "
        "the log as given from the command line."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare whom, and why."""
        parser.add_argument("username", help="an account that exists (manage.py createsuperuser makes one)")
        parser.add_argument("--reason", default="made operator from the command line", help="for the log")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the grant; raises CommandError when there is no such account or it is one already."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no account {options['username']}.")
        try:
            made = make_operator(user, reason=options["reason"], as_of=timezone.now())
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"{user.get_username()} now operates {made.agency.name}.")
