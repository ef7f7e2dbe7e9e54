"""What a person may do where: the one place that asks the grants.

::

    /                     everything: "/" in paths_held(user, permission)
    └── /1/35/            one province and all below it
        └── /1/35/412/    one of its communes

A grant sits on one agency and covers what lies below it. Lists, objects, choices, autocompletes,
bulk actions, exports, API views and pages ask ``visible`` (or ``visible_to`` of a queryset) for sets
and ``may`` for a single record. All that a person holds is read with one query a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model, Q
from django.db.models.constants import LOOKUP_SEP
from django.utils import timezone

from agencies.models.agency import PATH_SEPARATOR, Agency, within
from agencies.models.delegation import AgencyUserObjectPermission
from agencies.permissions import SEE_RECORDS
from agencies.request_trace import current_trace

#: The path that every other begins with.
EVERYWHERE = PATH_SEPARATOR

Person = AbstractBaseUser | AnonymousUser
Held = Mapping[str, tuple[str, ...]]

_MEMORY = "_held_in_request"


def paths_held(user: Person, permission: str, as_of: datetime | None = None) -> tuple[str, ...]:
    """The paths of the subtrees in which ``user`` holds ``permission``, none inside another.

    ``("/",)`` is everything: a superuser's, who is the operator of last resort, or that of a grant on
    the nation. Without ``as_of`` it is what holds now, remembered to the end of the request; outside
    of a request nothing is remembered.
    """
    if not user.is_active:
        return ()
    if getattr(user, "is_superuser", False):
        return (EVERYWHERE,)
    return _held(user, as_of).get(permission, ())


def holds_everywhere(user: Person, permission: str) -> bool:
    """Whether ``user`` holds ``permission`` in the whole tree, on what belongs to no agency too."""
    return EVERYWHERE in paths_held(user, permission)


def holds_somewhere(user: Person, permission: str) -> bool:
    """Whether ``user`` holds ``permission`` on any agency."""
    return bool(paths_held(user, permission))


def may(user: Person, permission: str, place: Agency | Model | str | None) -> bool:
    """Whether ``user`` holds ``permission`` at ``place``: an agency, its path, or a scoped record.

    What belongs to no agency (None) takes holding it everywhere.
    """
    path = place if isinstance(place, str) or place is None else path_of_record(place)
    return any(path.startswith(held) if path else held == EVERYWHERE for held in paths_held(user, permission))


def visible(user: Person, field: str = "path", permission: str = SEE_RECORDS) -> Q:
    """The condition "of an agency where ``user`` holds ``permission``", on the path column ``field``.

    ``field`` may cross relations (``agency__path``).
    """
    paths = paths_held(user, permission)
    if EVERYWHERE in paths:
        return Q()
    condition = Q(pk__in=[])
    for path in paths:
        condition |= within(path, field)
    return condition


def path_of_record(record: Model) -> str | None:
    """The path of the agency a scoped record belongs to, None if it belongs to none.

    Reads the agency unless it was fetched with the record.
    """
    scope_path: str = getattr(record, "scope_path", "")
    if not scope_path:
        return None
    value: Any = record
    for step in scope_path.split(LOOKUP_SEP):
        value = getattr(value, step, None)
    return value


def forget_held(*users: Any) -> None:
    """Drop what is remembered of these users: what they hold has just changed."""
    for user in users:
        if hasattr(user, _MEMORY):
            delattr(user, _MEMORY)


def paths_visible_to(user: Person) -> list[str]:
    """The paths at whose subtrees ``user`` may look; ``["/"]`` is everything, ``[]`` nothing."""
    return list(paths_held(user, SEE_RECORDS))


def sees_everything(user: Person) -> bool:
    """Whether nothing is hidden from ``user``, what belongs to no agency included."""
    return holds_everywhere(user, SEE_RECORDS)


def may_see(user: Person, path: str | None) -> bool:
    """Whether ``user`` may see what lies at ``path``; without one, it takes seeing everything."""
    return may(user, SEE_RECORDS, path)


def _held(user: Person, as_of: datetime | None) -> Held:
    trace = current_trace()
    if as_of is not None or trace is None:
        return _read(user, as_of or timezone.now())
    remembered = getattr(user, _MEMORY, None)
    if remembered is None or remembered[0] is not trace:
        remembered = (trace, _read(user, timezone.now()))
        setattr(user, _MEMORY, remembered)
    return remembered[1]


def _read(user: Person, as_of: datetime) -> Held:
    rows = AgencyUserObjectPermission.objects.in_force(as_of).filter(user=user.pk)
    found: dict[str, list[str]] = {}
    for permission, path, kind in rows.values_list(
        "permission__codename", "content_object__path", "content_object__kind"
    ):
        found.setdefault(permission, []).append(EVERYWHERE if kind == Agency.Kind.NATION else path)
    return {permission: _outermost(paths) for permission, paths in found.items()}


def _outermost(paths: list[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)
