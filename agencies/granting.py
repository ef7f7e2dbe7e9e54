"""Giving a person a role in a subtree: only what one holds, only inside one's own, no longer than it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.event_log import decision, record
from agencies.event_words import GRANT_MADE
from agencies.grant_worth import settle
from agencies.holdings import Errors, Holdings
from agencies.models import Agency, Grant, Role, User
from agencies.visibility import forget_held

#: After so long somebody above has to confirm that the access is still needed.
REVIEW_AFTER = timedelta(days=180)


def grant(
    grantor: User,
    user: User,
    role: Role,
    agency: Agency,
    *,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    reason: str,
    as_of: datetime,
) -> Grant:
    """Give ``user`` a role on ``agency`` and all below it, from now on unless ``valid_from`` is later.

    It hangs on the grantor's own grant, and is worth no more than that. A superuser's, the operator of
    last resort, hangs on nothing. Raises ValidationError by field, saying which rule forbids it and what
    is lacking (see ``objections``).
    """
    with decision():
        holdings = Holdings.of(grantor, as_of)
        parent_id, errors = objections(
            holdings, user, role, agency, valid_from=valid_from, valid_until=valid_until, reason=reason
        )
        if errors:
            raise ValidationError(errors)
        made = _make(
            user,
            role,
            agency,
            grantor=grantor,
            parent_id=parent_id,
            valid_from=valid_from,
            valid_until=valid_until,
            reason=reason,
            as_of=as_of,
        )
    forget_held(grantor, user)
    return made


def make_operator(user: User, *, reason: str, as_of: datetime) -> Grant:
    """Make ``user`` a system operator of the whole portal, from the server: a grant that hangs on nothing.

    Raises ValidationError when there is no nation yet, the account is inactive, or operates it already.
    """
    with decision():
        nation = Agency.objects.filter(kind=Agency.Kind.NATION, parent__isnull=True).first()
        if nation is None:
            raise ValidationError(_("There is no nation yet: load the agencies first."))
        if not user.is_active:
            raise ValidationError(_("This account is inactive."))
        role = Role.objects.get(code="operator")
        if _held_already(user, role, nation, as_of, None):
            raise ValidationError(_("%(user)s has this access already.") % {"user": user})
        made = _make(user, role, nation, grantor=None, parent_id=None, reason=reason, as_of=as_of)
    forget_held(user)
    return made


def objections(
    holdings: Holdings,
    user: User | None,
    role: Role,
    agency: Agency,
    *,
    valid_from: datetime | None,
    valid_until: datetime | None,
    reason: str,
) -> tuple[int | None, Errors]:
    """What forbids this grant, by field, and the id of the grant it would hang on.

    ``user`` None is somebody who is only being invited. Nobody gives access to themselves, to an
    inactive account, at an agency that has ended, for a time that is over, or twice.
    """
    as_of = holdings.as_of
    parent_id, errors = holdings.parent_for(role.codenames(), agency, valid_until)
    if user is not None and user.pk == holdings.user.pk:
        errors.setdefault("user", []).append(_("Nobody gives access to themselves."))
    elif user is not None and not user.is_active:
        errors.setdefault("user", []).append(_("This account is inactive."))
    elif user is not None and _held_already(user, role, agency, valid_from or as_of, valid_until):
        errors.setdefault("user", []).append(_("%(user)s has this access already.") % {"user": user})
    if agency.valid_to is not None and agency.valid_to < timezone.localdate(as_of):
        errors.setdefault("agency", []).append(
            _("%(agency)s has ended; give access at what came after it.") % {"agency": agency.name}
        )
    if valid_until is not None and valid_until <= max(valid_from or as_of, as_of):
        errors.setdefault("valid_until", []).append(_("The end must lie ahead, and after the beginning."))
    if not reason.strip():
        errors.setdefault("reason", []).append(_("Say why."))
    return parent_id, errors


def let_in(user: User) -> None:
    """Whoever is given access may sign in to the administration, where it is used."""
    if not user.is_staff:
        User.objects.filter(pk=user.pk).update(is_staff=True)
        user.is_staff = True


def review_day(as_of: datetime) -> date:
    """By which day access given or confirmed at ``as_of`` must be confirmed again."""
    return timezone.localdate(as_of + REVIEW_AFTER)


def told(made: Grant) -> dict[str, object]:
    """A grant as the log keeps it."""
    return {
        "grant": made.pk,
        "user": made.user.get_username(),
        "role": made.role.code,
        "agency": made.agency.code,
        "permissions": made.role.codenames(),
        "valid_from": made.valid_from,
        "valid_until": made.valid_until,
        "hangs_on": made.parent_id,
    }


def _make(
    user: User,
    role: Role,
    agency: Agency,
    *,
    grantor: User | None,
    parent_id: int | None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    reason: str,
    as_of: datetime,
) -> Grant:
    made = Grant.objects.create(
        user=user,
        role=role,
        agency=agency,
        valid_from=max(valid_from or as_of, as_of),
        valid_until=valid_until,
        granted_by=grantor,
        parent_id=parent_id,
        reason=reason.strip(),
        created_at=as_of,
        review_due_on=review_day(as_of),
    )
    let_in(user)
    settle([made])
    record(GRANT_MADE, made, actor=grantor, as_of=as_of, agency=agency, after=told(made), reason=made.reason)
    return made


def _held_already(user: User, role: Role, agency: Agency, since: datetime, until: datetime | None) -> bool:
    same = Grant.objects.open().filter(user=user, role=role, agency=agency)
    if until is not None:
        same = same.filter(valid_from__lt=until)
    return same.exclude(valid_until__lte=since).exists()
