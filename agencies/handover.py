"""A person leaves: the grants pass to who takes over, and what hung on them hangs on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.authority import may_decide, refuse_without_reason
from agencies.event_log import decision, record
from agencies.event_words import GRANT_HANDED_OVER
from agencies.granting import let_in, told
from agencies.holdings import Holdings
from agencies.models import Grant, User
from agencies.operators import keeping_an_operator
from agencies.replacing import replace
from agencies.visibility import forget_held


@dataclass(frozen=True)
class HandOver:
    """What a hand-over moved, as the new grants, and what it left: somebody else must decide about it."""

    moved: tuple[Grant, ...]
    left: tuple[Grant, ...]


def to_hand_over(from_user: User, by: User, as_of: datetime) -> HandOver:
    """The open grants of ``from_user``: those ``by`` may hand over, and those left to somebody else.

    One may hand over what one decides about and could have given oneself: whoever moves a grant
    chooses who has its powers.
    """
    held = Holdings.of(by, as_of)
    open_grants = (
        Grant.objects.open()
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=as_of), user=from_user)
        .select_related("user", "role", "agency")
        .order_by("pk")
    )
    may: list[Grant] = []
    others: list[Grant] = []
    for grant in open_grants:
        mine = may_decide(by, grant, as_of, held) and held.holds(grant.role.codenames(), grant.agency.path)
        (may if mine else others).append(grant)
    return HandOver(tuple(may), tuple(others))


def hand_over(from_user: User, to_user: User, *, by: User, reason: str, as_of: datetime) -> HandOver:
    """Move the grants of ``from_user`` that ``by`` may move to ``to_user``, with all that hangs on them.

    Places in the chain, windows and days of review stay as they are. Raises ValidationError when the
    people do not fit or the reason is missing, PermissionDenied when ``by`` may move none.
    """
    reason = refuse_without_reason(reason)
    _refuse_unfit(from_user, to_user, by)
    with decision(), keeping_an_operator(as_of):
        planned = to_hand_over(from_user, by, as_of)
        if not planned.moved:
            raise PermissionDenied(_("%(user)s has no access that you may hand over.") % {"user": from_user})
        let_in(to_user)
        moved = tuple(_move(old.pk, to_user, by, reason, as_of) for old in planned.moved)
    forget_held(from_user, to_user, by)
    return HandOver(moved, planned.left)


def _move(pk: int, to_user: User, by: User, reason: str, as_of: datetime) -> Grant:
    # Read anew: another grant of the same person, moved before, may be what it hung on.
    old = Grant.objects.select_related("user", "role", "agency").get(pk=pk)
    made = replace(old, user=to_user, parent_id=old.parent_id, by=by, reason=reason, as_of=as_of)
    record(
        GRANT_HANDED_OVER,
        made,
        actor=by,
        as_of=as_of,
        agency=made.agency,
        before={"user": old.user.get_username(), "grant": old.pk},
        after=told(made),
        reason=reason,
    )
    return made


def _refuse_unfit(from_user: User, to_user: User, by: User) -> None:
    if from_user.pk == to_user.pk:
        raise ValidationError({"to_user": _("Choose somebody else to hand over to.")})
    if to_user.pk == by.pk:
        raise ValidationError({"to_user": _("Nobody hands access over to themselves.")})
    if not to_user.is_active:
        raise ValidationError({"to_user": _("This account is inactive.")})
