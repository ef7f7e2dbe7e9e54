"""Who may decide about a grant that exists: those above it, never those it was given to."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from agencies.holdings import Holdings
from agencies.models import Grant, User
from agencies.permissions import DELEGATE

#: Longer than any chain: an agency's depth, a few times over.
LONGEST_CHAIN = 100


def chain_of(grant: Grant) -> list[Grant]:
    """The grants from the root of the chain down to this one."""
    found: list[Grant] = []
    pk: int | None = grant.pk
    while pk is not None and len(found) < LONGEST_CHAIN:
        link = Grant.objects.select_related("user", "role", "agency", "granted_by").get(pk=pk)
        found.append(link)
        pk = link.parent_id
    return found[::-1]


def may_decide(by: User, grant: Grant, as_of: datetime, holdings: Holdings | None = None) -> bool:
    """Whether ``by`` may end, suspend, confirm or hand over somebody else's grant.

    Whoever delegates on an agency above; on the same agency whoever it hangs on, and anybody who
    delegates there if it gives no such power itself: equals do not decide about each other.
    """
    if by.pk == grant.user_id:
        return False
    held = holdings or Holdings.of(by, as_of)
    if held.last_resort:
        return True
    path = grant.agency.path
    mine = [holding for holding in held.held if DELEGATE in holding.permissions and holding.covers(path)]
    if not mine:
        return False
    if any(holding.path != path for holding in mine) or DELEGATE not in grant.role.codenames():
        return True
    above = {link.pk for link in chain_of(grant)}
    return any(holding.grant_id in above for holding in mine)


def refuse_unless_above(by: User, grant: Grant, as_of: datetime) -> None:
    """Raise PermissionDenied unless ``by`` may decide about the grant."""
    if not may_decide(by, grant, as_of):
        raise PermissionDenied(_("Only who delegates above this access decides about it."))


def refuse_unless_open(grant: Grant) -> None:
    """Read the grant anew; raise ValidationError if it has ended."""
    grant.refresh_from_db()
    if grant.ended_at is not None:
        raise ValidationError(_("This access has ended already."))


def refuse_without_reason(reason: str) -> str:
    """The reason without space around it; raises ValidationError (``reason``) if there is none."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    return reason.strip()
