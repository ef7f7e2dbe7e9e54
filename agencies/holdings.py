"""What a grantor holds, and what therefore may be passed on from where."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, AgencyUserObjectPermission, Grant, User
from agencies.permissions import CODENAMES, DELEGATE, label

#: What is wrong with a grant one would make, by field, in words.
Errors = dict[str, list[str]]


@dataclass(frozen=True)
class Holding:
    """One grant in force of a person: where it reaches, what it is worth, and until when."""

    grant_id: int
    path: str
    agency: str
    permissions: frozenset[str]
    until: datetime | None

    def covers(self, path: str) -> bool:
        """Whether the subtree it reaches holds ``path``."""
        return path.startswith(self.path)

    def lasts(self, until: datetime | None) -> bool:
        """Whether it lasts at least as long."""
        return self.until is None or (until is not None and until <= self.until)


@dataclass(frozen=True)
class Holdings:
    """All that a person holds at a moment, read once: what they may pass on is decided from it."""

    user: User
    as_of: datetime
    held: tuple[Holding, ...]

    @classmethod
    def of(cls, user: User, as_of: datetime) -> Holdings:
        """Read what ``user`` holds at ``as_of``; nothing while the account is inactive."""
        rows = AgencyUserObjectPermission.objects.in_force(as_of).filter(user=user, user__is_active=True)
        found: dict[int, list[str]] = {}
        about: dict[int, tuple[str, str, datetime | None]] = {}
        for grant_id, permission, path, name, until in rows.order_by("grant_id").values_list(
            "grant_id", "permission__codename", "content_object__path", "content_object__name", "valid_until"
        ):
            found.setdefault(grant_id, []).append(permission)
            about[grant_id] = (path, name, until)
        held = (
            Holding(pk, path, name, frozenset(found[pk]), until) for pk, (path, name, until) in about.items()
        )
        return cls(user, as_of, tuple(held))

    @property
    def last_resort(self) -> bool:
        """A superuser: the operator of last resort, who makes the roots of chains."""
        return self.user.is_active and self.user.is_superuser

    def holds(self, permissions: Collection[str], path: str) -> bool:
        """Whether all ``permissions`` are held at ``path``, by whatever grants."""
        return self.last_resort or not self.lacks(permissions, path)

    def lacks(self, permissions: Collection[str], path: str) -> list[str]:
        """Those of ``permissions`` not held at ``path``, in the order of their declaration."""
        here = {name for holding in self.held if holding.covers(path) for name in holding.permissions}
        return [name for name in CODENAMES if name in permissions and name not in here]

    def parent_for(
        self, permissions: Collection[str], agency: Agency, until: datetime | None
    ) -> tuple[int | None, Errors]:
        """The grant on which one with these permissions would hang, or what forbids it.

        One grant must carry all of it: delegation itself, every permission, the place and the time.
        Of several the one that lasts longest. A superuser's grants hang on nothing: (None, {}).
        """
        if self.last_resort:
            return None, {}
        here = [held for held in self.held if held.covers(agency.path) and DELEGATE in held.permissions]
        if not here:
            return None, {"agency": [_("You may not give access at %(agency)s.") % {"agency": agency.name}]}
        lacking = self.lacks(permissions, agency.path)
        if lacking:
            names = "; ".join(label(name) for name in lacking)
            return None, {
                "role": [_("You do not hold there yourself: %(permissions)s.") % {"permissions": names}]
            }
        whole = [held for held in here if held.permissions.issuperset(permissions)]
        if not whole:
            return None, {"role": [_("No single grant of yours holds all that this role may.")]}
        longest = max(whole, key=lambda held: (held.until is None, held.until, held.grant_id))
        if not longest.lasts(until):
            day = timezone.localtime(longest.until).strftime("%d/%m/%Y %H:%M")
            return None, {
                "valid_until": [_("Not longer than your own access, which ends %(day)s.") % {"day": day}]
            }
        return longest.grant_id, {}


def grants_held(user: User, as_of: datetime) -> list[Grant]:
    """The grants of ``user`` in force at ``as_of``, with what a page shows of them."""
    return list(Grant.objects.in_force(as_of).filter(user=user).select_related("role", "agency", "parent"))
