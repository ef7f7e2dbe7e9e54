"""The one-stop systems of ministries and provinces, connected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.hashers import make_password

from agencies.integration import create_client
from agencies.models import Agency, IntegrationClient

NAME = "Hệ thống thông tin giải quyết thủ tục hành chính"


def connect(
    agencies: Sequence[Agency], with_password: str, as_of: datetime
) -> tuple[dict[str, IntegrationClient], str | None]:
    """A client for each agency, by its code, and the password of the one whose code is asked for.

    Hashing a password takes a third of a second by design and nobody would see the others', so they
    have none until an operator changes it. No password is returned if that client was there before.
    """
    known = IntegrationClient.objects.filter(agency__in=agencies, revoked_at=None)
    clients = {client.agency.code: client for client in known.select_related("agency")}
    missing = [agency for agency in agencies if agency.code not in clients]
    password = None
    for agency in missing:
        if agency.code == with_password:
            clients[agency.code], password = create_client(agency, name=NAME, as_of=as_of)
    without = IntegrationClient.objects.bulk_create(
        IntegrationClient(
            agency=agency,
            name=NAME,
            username=agency.code.lower(),
            password_hash=make_password(None),
        )
        for agency in missing
        if agency.code not in clients
    )
    return clients | {client.agency.code: client for client in without}, password
