"""Putting one grant in another's place, with everything that hangs on it."""

from __future__ import annotations

from datetime import datetime

from agencies.grant_worth import settle
from agencies.models import Agency, Grant, User
from agencies.revoking import end


def replace(
    old: Grant,
    *,
    by: User,
    reason: str,
    as_of: datetime,
    user: User | None = None,
    agency: Agency | None = None,
    parent_id: int | None,
) -> Grant:
    """End ``old`` and make one like it for another person or another agency; what hung on it hangs on it.

    Role, end and day of review stay. A suspension stays with the person. Within ``decision``; the
    callers decide whether it may be, and log it.
    """
    made = Grant.objects.create(
        user=user or old.user,
        role=old.role,
        agency=agency or old.agency,
        valid_from=max(old.valid_from, as_of),
        valid_until=old.valid_until,
        granted_by=by,
        parent_id=parent_id,
        reason=reason,
        created_at=as_of,
        suspended_at=None if user else old.suspended_at,
        confirmed_at=old.confirmed_at,
        review_due_on=old.review_due_on,
    )
    Grant.objects.open().filter(parent=old).update(parent=made)
    end([old], by=by, reason=reason, as_of=as_of)
    settle([made])
    return made
