"""Credentials for the one-stop system of every ministry and province."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agencies.integration import create_client
from agencies.models import Agency, IntegrationClient

NAME = "Hệ thống thông tin giải quyết thủ tục hành chính"


def connect(
    agencies: Sequence[Agency], progress: Callable[[int], None]
) -> tuple[dict[str, IntegrationClient], dict[str, str]]:
    """A client for each agency, and the passwords of those that are new, both by the agency's code.

    Hashing a password takes a third of a second by design; ``progress`` hears how many are done.
    """
    known = IntegrationClient.objects.filter(agency__in=agencies, revoked_at=None)
    clients = {client.agency.code: client for client in known.select_related("agency")}
    passwords: dict[str, str] = {}
    for done, agency in enumerate(agencies, 1):
        if agency.code not in clients:
            clients[agency.code], passwords[agency.code] = create_client(agency, name=NAME)
        progress(done)
    return clients, passwords
