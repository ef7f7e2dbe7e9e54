"""Why somebody may what they may at an agency, or why not: the chain of grants, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.authority import chain_of
from agencies.models import Agency, AgencyUserObjectPermission, Grant, User
from agencies.models.agency import PATH_SEPARATOR
from agencies.permissions import CODENAMES, label


@dataclass(frozen=True)
class Explanation:
    """One grant that reaches the agency: what it lets the person do there, through which hands.

    ``grant`` is None for a superuser's power. ``chain`` reads from the root down to the person, a
    sentence a link; ``why_not`` says why it is worth nothing now, and is empty where it is.
    """

    grant: Grant | None
    permissions: tuple[str, ...]
    chain: tuple[str, ...]
    why_not: str = ""


def explain_access(user: User, agency: Agency, as_of: datetime) -> list[Explanation]:
    """Every open grant of ``user`` that reaches ``agency``, those in force first, each with its chain.

    Empty: nobody gave them anything there.
    """
    found = []
    if user.is_superuser:
        told = _("%(user)s is a superuser, the operator of last resort, and may do everything.")
        found.append(
            Explanation(
                None,
                tuple(label(name) for name in CODENAMES),
                (told % {"user": user},),
                "" if user.is_active else _("The account is inactive."),
            )
        )
    reaching = [int(part) for part in agency.path.strip(PATH_SEPARATOR).split(PATH_SEPARATOR)]
    grants = Grant.objects.open().filter(user=user, agency__in=reaching).select_related("user", "role")
    found += [_explained(grant, as_of) for grant in grants.order_by("agency__depth", "pk")]
    return sorted(found, key=lambda explanation: bool(explanation.why_not))


def _explained(grant: Grant, as_of: datetime) -> Explanation:
    chain = chain_of(grant)
    held = set(
        AgencyUserObjectPermission.objects.in_force(as_of)
        .filter(grant=grant)
        .values_list("permission__codename", flat=True)
    )
    why_not = _("The account is inactive.") if not grant.user.is_active else ""
    if not why_not and not held:
        why_not = _why_not(chain, as_of)
    permissions = () if why_not else tuple(label(name) for name in CODENAMES if name in held)
    return Explanation(grant, permissions, tuple(_sentence(link) for link in chain), why_not)


def _sentence(link: Grant) -> str:
    words = {
        "day": _day(link.created_at),
        "grantor": link.granted_by or _("the server’s command line"),
        "user": link.user,
        "role": link.role,
        "agency": link.agency.name,
        # The last day on which it holds: an end at midnight is the end of the day before.
        "until": _day(link.valid_until - timedelta(microseconds=1)) if link.valid_until else "",
        "reason": link.reason,
    }
    told = _("%(day)s: %(grantor)s made %(user)s %(role)s of %(agency)s (%(reason)s).")
    if link.valid_until:
        told = _("%(day)s: %(grantor)s made %(user)s %(role)s of %(agency)s until %(until)s (%(reason)s).")
    return told % words


def _why_not(chain: list[Grant], as_of: datetime) -> str:
    for above, link in zip([None, *chain], chain, strict=False):
        words = {"user": link.user, "role": link.role, "agency": link.agency.name}
        if link.ended_at is not None:
            return _("The access of %(user)s as %(role)s of %(agency)s has ended.") % words
        if link.suspended_at is not None:
            return _("The access of %(user)s as %(role)s of %(agency)s is suspended.") % words
        if link.valid_until is not None and link.valid_until <= as_of:
            return _("The access of %(user)s as %(role)s of %(agency)s has expired.") % words
        if link.valid_from > as_of:
            return _("The access of %(user)s as %(role)s of %(agency)s has not begun.") % words
        if above is not None and not link.agency.path.startswith(above.agency.path):
            return _(
                "%(agency)s no longer lies below %(above)s: somebody who delegates there must take it on."
            ) % {**words, "above": above.agency.name}
    return _("Its role permits nothing that the grants above it carry.")


def _day(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%d/%m/%Y")
