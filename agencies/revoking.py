"""Ending access: at once with all that hangs on it, for a while, or by itself when its time is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agencies import event_words
from agencies.authority import refuse_unless_above, refuse_unless_open, refuse_without_reason
from agencies.event_log import decision, record
from agencies.grant_worth import settle
from agencies.models import AgencyUserObjectPermission, Grant, User
from agencies.operators import keeping_an_operator
from agencies.visibility import forget_held


def hanging_on(grant: Grant) -> list[Grant]:
    """The grants that end with this one, nearest first: a page shows them before it is confirmed."""
    found: list[Grant] = []
    level = [grant.pk]
    while level:
        below = Grant.objects.open().filter(parent__in=level).select_related("user", "role", "agency")
        found += below
        level = [link.pk for link in below]
    return found


def revoke(grant: Grant, *, by: User, reason: str, as_of: datetime) -> list[Grant]:
    """End a grant and all that hang on it; returns those that ended with it.

    Who decides about it may, and a person may give up their own. Raises PermissionDenied,
    ValidationError for a missing reason, a grant that has ended, or the last operator's.
    """
    reason = refuse_without_reason(reason)
    with decision(), keeping_an_operator(as_of):
        refuse_unless_open(grant)
        if by.pk != grant.user_id:
            refuse_unless_above(by, grant, as_of)
        with_it = hanging_on(grant)
        end([grant, *with_it], by=by, reason=reason, as_of=as_of)
        _log(event_words.GRANT_REVOKED, grant, by, reason, as_of, {"ended_with_it": [g.pk for g in with_it]})
        for ended in with_it:
            _log(event_words.GRANT_ENDED_WITH, ended, by, reason, as_of, {"with": grant.pk})
    forget_held(by, grant.user)
    return with_it


def suspend(grant: Grant, *, by: User, reason: str, as_of: datetime) -> None:
    """Let a grant rest, and with it what hangs on it, until it is resumed; nothing ends.

    Raises as ``revoke`` does; nobody suspends their own.
    """
    _rest(grant, event_words.GRANT_SUSPENDED, by, reason, as_of, suspended_at=as_of)


def resume(grant: Grant, *, by: User, reason: str, as_of: datetime) -> None:
    """Let a suspended grant be worth again what its chain is worth; raises as ``suspend`` does."""
    _rest(grant, event_words.GRANT_RESUMED, by, reason, as_of, suspended_at=None)


def expire(as_of: datetime) -> int:
    """Close the grants whose time is over at ``as_of``; returns how many.

    They are worth nothing from the moment their window ends, swept or not: this keeps the list of
    open grants and the table of rows tidy, and writes each end into the log. What hangs on one was
    never worth more than it, and is closed with it.
    """
    with decision():
        over = list(Grant.objects.open().filter(valid_until__lte=as_of).select_related("user", "agency"))
        closing = {grant.pk: grant for grant in over}
        for grant in over:
            closing.update({hanging.pk: hanging for hanging in hanging_on(grant)})
        end(closing.values(), by=None, reason=_("Its time was over."), as_of=as_of)
        for grant in closing.values():
            _log(event_words.GRANT_EXPIRED, grant, None, "", as_of, {"valid_until": grant.valid_until})
    return len(closing)


def end(grants: Iterable[Grant], *, by: User | None, reason: str, as_of: datetime) -> None:
    """Mark these grants as ended and take their rows away; the callers decide, log and see to the rest."""
    for grant in grants:
        grant.ended_at, grant.ended_by, grant.end_reason = as_of, by, reason
        grant.save(update_fields=["ended_at", "ended_by", "end_reason"])
        AgencyUserObjectPermission.objects.filter(grant=grant).delete()


def _rest(
    grant: Grant, verb: str, by: User, reason: str, as_of: datetime, suspended_at: datetime | None
) -> None:
    reason = refuse_without_reason(reason)
    with decision(), keeping_an_operator(as_of):
        refuse_unless_open(grant)
        refuse_unless_above(by, grant, as_of)
        if (grant.suspended_at is None) == (suspended_at is None):
            raise ValidationError(
                _("This access is not suspended.") if suspended_at is None else _("It is suspended already.")
            )
        grant.suspended_at = suspended_at
        grant.save(update_fields=["suspended_at"])
        settle([grant])
        _log(verb, grant, by, reason, as_of, {"resting_with_it": [g.pk for g in hanging_on(grant)]})
    forget_held(by, grant.user)


def _log(
    verb: str, grant: Grant, by: User | None, reason: str, as_of: datetime, after: dict[str, object]
) -> None:
    record(
        verb,
        grant,
        actor=by,
        as_of=as_of,
        agency=grant.agency,
        after={"user": grant.user.get_username(), **after},
        reason=reason,
    )
