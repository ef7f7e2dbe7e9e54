"""Who may take tables in and out."""

from __future__ import annotations

from agencies.exchange.registry import resources
from agencies.permissions import EXPORT_RECORDS
from agencies.visibility import Person, holds_somewhere


def may_exchange(user: Person) -> bool:
    """Whether ``user`` may take any table in or out."""
    permissions = {EXPORT_RECORDS, *(resource.permission for resource in resources())}
    return any(holds_somewhere(user, permission) for permission in permissions)
