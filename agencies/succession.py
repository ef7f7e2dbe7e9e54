"""Agencies merge and move: their grants pass to the successor, or under a new hand, once confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.authority import chain_of, refuse_unless_open, refuse_without_reason
from agencies.event_log import decision, record
from agencies.event_words import GRANT_ADOPTED, GRANT_SUCCEEDED
from agencies.grant_worth import settle
from agencies.granting import told
from agencies.holdings import Holdings
from agencies.models import Agency, Grant, User
from agencies.operators import keeping_an_operator
from agencies.permissions import REVIEW_ACCESS
from agencies.replacing import replace
from agencies.visibility import forget_held, may


@dataclass(frozen=True)
class Succession:
    """An agency that has ended, the grants still sitting on it, and the agencies that came after it.

    Of several successors a reviewer has to choose.
    """

    agency: Agency
    grants: tuple[Grant, ...]
    successors: tuple[Agency, ...]


def proposed_successions(as_of: datetime) -> list[Succession]:
    """The agencies that have ended and still hold open grants, each with what came after it."""
    today = timezone.localdate(as_of)
    grants: dict[int, list[Grant]] = {}
    agencies: dict[int, Agency] = {}
    for grant in (
        Grant.objects.open()
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=as_of), agency__valid_to__lt=today)
        .select_related("user", "role", "agency")
        .order_by("agency__path", "pk")
    ):
        grants.setdefault(grant.agency_id, []).append(grant)
        agencies[grant.agency_id] = grant.agency
    return [
        Succession(agency, tuple(grants[pk]), tuple(living_successors(agency, today)))
        for pk, agency in agencies.items()
    ]


def living_successors(agency: Agency, today: date) -> list[Agency]:
    """What came after an agency and is still there on ``today``, over successors that ended since."""
    found: dict[int, Agency] = {}
    seen: set[int] = {agency.pk}
    pending: list[Any] = list(agency.successors.all())
    while pending:
        successor = pending.pop()
        if successor.pk in seen:
            continue
        seen.add(successor.pk)
        if successor.valid_to is not None and successor.valid_to < today:
            pending += successor.successors.all()
        else:
            found[successor.pk] = successor
    return sorted(found.values(), key=lambda successor: successor.path)


def succeed(
    agency: Agency,
    *,
    by: User,
    as_of: datetime,
    successor: Agency | None = None,
    reason: str = "",
) -> list[Grant]:
    """Confirm that the grants on an agency that has ended pass to its successor; returns the new ones.

    Each keeps person, role and end, and hangs on the nearest link of its chain that reaches the
    successor; where none does it is ``stranded``. What hung on it hangs on. ``by`` needs
    ``review_access`` on both agencies. Raises PermissionDenied; ValidationError when the agency has
    not ended, nothing or several came after it and ``successor`` does not say which, or no grant sits
    on it.
    """
    today = timezone.localdate(as_of)
    target = _chosen(agency, successor, today)
    if not (may(by, REVIEW_ACCESS, agency) and may(by, REVIEW_ACCESS, target)):
        raise PermissionDenied(_("Only a reviewer of both agencies confirms this."))
    with decision(), keeping_an_operator(as_of):
        waiting = Grant.objects.open().filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=as_of), agency=agency
        )
        if not waiting:
            raise ValidationError(_("No open access is left at %(agency)s.") % {"agency": agency.name})
        made = [
            _pass_on(old, target, by, reason, as_of)
            for old in waiting.select_related("user", "role", "agency").order_by("pk")
        ]
    forget_held(by, *(grant.user for grant in made))
    return made


def stranded() -> list[Grant]:
    """Open grants that the grant they hang on no longer reaches: their agency moved elsewhere.

    They are worth nothing until somebody who delegates there takes them on (``adopt``), the agency
    moves back, or they are revoked.
    """
    apart = (
        Grant.objects.open()
        .filter(parent__isnull=False)
        .exclude(agency__path__startswith=F("parent__agency__path"))
    )
    return list(apart.select_related("user", "role", "agency", "parent__agency"))


def adopt(grant: Grant, *, by: User, reason: str, as_of: datetime) -> None:
    """Let a stranded grant hang on the grant by which ``by`` could have given it.

    Raises ValidationError, by the same rules as giving it, or when it is not stranded.
    """
    reason = refuse_without_reason(reason)
    with decision():
        refuse_unless_open(grant)
        if grant.pk not in {lost.pk for lost in stranded()}:
            raise ValidationError(_("This access hangs where it should."))
        parent_id, errors = Holdings.of(by, as_of).parent_for(
            grant.role.codenames(), grant.agency, grant.valid_until
        )
        if by.pk == grant.user_id:
            errors.setdefault("user", []).append(_("Nobody gives access to themselves."))
        if errors:
            raise ValidationError(errors)
        before = grant.parent_id
        grant.parent_id = parent_id
        grant.save(update_fields=["parent"])
        settle([grant])
        record(
            GRANT_ADOPTED,
            grant,
            actor=by,
            as_of=as_of,
            agency=grant.agency,
            before={"hangs_on": before},
            after=told(grant),
            reason=reason,
        )
    forget_held(by, grant.user)


def _chosen(agency: Agency, successor: Agency | None, today: date) -> Agency:
    if agency.valid_to is None or agency.valid_to >= today:
        raise ValidationError(_("%(agency)s has not ended.") % {"agency": agency.name})
    after = living_successors(agency, today)
    if not after:
        raise ValidationError(_("No agency came after %(agency)s.") % {"agency": agency.name})
    if successor is not None:
        if successor.pk not in {candidate.pk for candidate in after}:
            raise ValidationError({"successor": _("It did not come after %(agency)s.") % {"agency": agency}})
        return successor
    if len(after) > 1:
        raise ValidationError(
            {"successor": _("Several came after it: choose one of %(names)s.") % {"names": _names(after)}}
        )
    return after[0]


def _pass_on(old: Grant, target: Agency, by: User, reason: str, as_of: datetime) -> Grant:
    # From the nearest upwards. Where none reaches, it stays where it hung and is stranded: nobody who
    # answers for the successor has taken it on.
    above = reversed(chain_of(old)[:-1])
    reaching = (link.pk for link in above if target.path.startswith(link.agency.path))
    said = reason.strip() or _("%(target)s came after %(agency)s.") % {
        "target": target.name,
        "agency": old.agency.name,
    }
    parent_id = next(reaching, old.parent_id)
    made = replace(old, agency=target, parent_id=parent_id, by=by, reason=said, as_of=as_of)
    record(
        GRANT_SUCCEEDED,
        made,
        actor=by,
        as_of=as_of,
        agency=target,
        before={"agency": old.agency.code, "grant": old.pk},
        after=told(made),
        reason=said,
    )
    return made


def _names(agencies: Iterable[Agency]) -> str:
    return ", ".join(agency.name for agency in agencies)
