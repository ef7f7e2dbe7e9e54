"""Links to rate dossiers, for the receipts that agencies' own software prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from agencies.models import IntegrationClient
from agencies.models.agency import within
from feedback import rating_links
from procedures.models import Dossier


def links(codes: Sequence[Any], client: IntegrationClient, as_of: datetime) -> list[dict[str, Any]]:
    """A link for each dossier code of the system's subtree, in order; without token for any other."""
    asked = {code for code in codes if isinstance(code, str)}
    mine = Dossier.objects.filter(within(client.agency.path, "agency__path"), code__in=asked)
    ids = dict(mine.values_list("code", "pk"))
    return [_link(code, ids.get(code) if isinstance(code, str) else None, as_of) for code in codes]


def _link(code: Any, dossier_id: int | None, as_of: datetime) -> dict[str, Any]:
    token = "" if dossier_id is None else rating_links.make(dossier_id, as_of)
    return {
        "dossier": str(code)[:50],
        "token": token,
        "expires_on": rating_links.expires_on(token) if token else None,
    }
