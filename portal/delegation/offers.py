"""The roles one can choose from: what each lets one do, and why one may not pass some of them on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from agencies.holdings import Holdings
from agencies.models import Agency, Grant, Role
from agencies.permissions import label
from portal.delegation.days import last_whole_day


@dataclass(frozen=True)
class Offer:
    """A role as the form offers it; ``why_not`` says why it cannot be chosen, empty where it can.

    ``until`` is the last day on which the giver's own access still holds, None without an end.
    """

    role: Role
    permissions: tuple[str, ...]
    why_not: str
    until: date | None


def offers_at(holdings: Holdings, agency: Agency) -> list[Offer]:
    """All roles, those that may be passed on at ``agency`` first."""
    found = [_offer(holdings, role, agency) for role in Role.objects.prefetch_related("permissions")]
    return sorted(found, key=lambda offer: bool(offer.why_not))


def _offer(holdings: Holdings, role: Role, agency: Agency) -> Offer:
    codenames = role.codenames()
    # For no time at all: what forbids the role itself, whatever the window.
    parent_id, errors = holdings.parent_for(codenames, agency, holdings.as_of)
    reasons = [*errors.get("agency", []), *errors.get("role", [])]
    return Offer(
        role, tuple(label(name) for name in codenames), " ".join(reasons), _lasts(holdings, parent_id)
    )


def _lasts(holdings: Holdings, parent_id: int | None) -> date | None:
    held = next((held for held in holdings.held if held.grant_id == parent_id), None)
    return last_whole_day(held.until) if held else None


def hangs_on(parent_id: int | None) -> Grant | None:
    """The grant of the giver's on which a new one would hang; None for a superuser's, a root."""
    return Grant.objects.select_related("role", "agency").filter(pk=parent_id).first() if parent_id else None
