"""`manage.py integration_client`: credentials of connected systems, from the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agencies import integration
from agencies.codes import CodeMap
from agencies.models import Agency, IntegrationClient


class Command(BaseCommand):
    """Create, rotate, revoke or list connected systems; a password is shown once and never again."""

    help = "Create, rotate, revoke or list the connected systems of an agency."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what to do, for which agency, and for which of its systems."""
        parser.add_argument("action", choices=["create", "rotate", "revoke", "list"])
        parser.add_argument("agency_code", nargs="?", help="in either scheme: H44.01, 000.00.00.H44")
        parser.add_argument("--username", help="which system, where the agency has several")
        parser.add_argument("--name", default="", help="what the system is called (create)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; raises CommandError for an unknown agency or system, or one that cannot be meant."""
        action, code, username = options["action"], options["agency_code"], options["username"]
        if action == "list":
            self._list(_agency(code) if code else None)
            return
        if not code:
            raise CommandError("Name the agency by its code.")
        agency, as_of = _agency(code), timezone.now()
        if action == "create":
            self._create(agency, options["name"], username)
        else:
            self._change(action, _client(agency, username), as_of)

    def _create(self, agency: Agency, name: str, username: str | None) -> None:
        try:
            client, password = integration.create_client(agency, name=name, username=username)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self._show(client, password)

    def _change(self, action: str, client: IntegrationClient, as_of: datetime) -> None:
        if action == "revoke":
            integration.revoke(client, as_of=as_of)
            self.stdout.write(f"{client.username} is revoked; its sessions have ended.")
            return
        self._show(client, integration.rotate(client, as_of=as_of))

    def _show(self, client: IntegrationClient, password: str) -> None:
        self.stdout.write(f"agency:   {client.agency.code} {client.agency.name}")
        self.stdout.write(f"username: {client.username}")
        self.stdout.write(f"password: {password}")
        self.stdout.write("The password is not kept and cannot be shown again.")

    def _list(self, agency: Agency | None) -> None:
        clients = IntegrationClient.objects.select_related("agency")
        if agency:
            clients = clients.filter(agency__in=Agency.objects.under(agency.path))
        self.stdout.write(
            f"{'USERNAME':<24} {'AGENCY':<14} {'STATE':<8} {'LAST SEEN':<16} {'TAKEN':>12} REFUSED"
        )
        for client in clients:
            state = "revoked" if client.revoked_at else "active"
            seen = (
                f"{timezone.localtime(client.last_seen_at):%Y-%m-%d %H:%M}"
                if client.last_seen_at
                else "never"
            )
            self.stdout.write(
                f"{client.username:<24} {client.agency.code:<14} {state:<8} {seen:<16} "
                f"{client.accepted_count:>12} {client.rejected_count:>7}"
            )


def _agency(code: str) -> Agency:
    place = CodeMap.load().agency_of(code)
    if place is None:
        raise CommandError(f"No agency has the code {code}.")
    return Agency.objects.get(pk=place.id)


def _client(agency: Agency, username: str | None) -> IntegrationClient:
    clients = agency.integration_clients.filter(revoked_at__isnull=True).select_related("agency")
    if username:
        clients = clients.filter(username=username)
    found = list(clients[:2])
    if not found:
        raise CommandError(f"{agency.code} has no active system{f' {username}' if username else ''}.")
    if len(found) > 1:
        raise CommandError(f"{agency.code} has several systems; choose one with --username.")
    return found[0]
