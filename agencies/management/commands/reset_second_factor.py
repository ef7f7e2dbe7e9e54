"""`manage.py reset_second_factor NAME --reason …`: for who lost the phone and the recovery codes."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agencies.account_access import reset_second_factor
from agencies.models import User


class Command(BaseCommand):
    """The same as the button on the account's page, for when no operator can sign in."""

    help = "Take every second factor off an account and end its sessions; the next sign-in sets up new ones."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and why."""
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="who asked, and how you made sure it was them")

    def handle(self, *args: Any, username: str, reason: str, **options: Any) -> None:
        """Refuse what is no account and what has no reason."""
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username}.")
        try:
            reset_second_factor(user, by=None, reason=reason, as_of=timezone.now())
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(
            f"{username} sets up a second factor with the next sign-in. All sessions are ended."
        )
