"""What grants are worth, written as permission rows: the only writer of them.

A grant is worth what its chain is worth, so whatever changes one link is followed by ``settle``, which
writes the rows of that grant and of all that hang on it anew; ``settle_all`` does so for every chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, cast

from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef, Q

from agencies.event_log import decision
from agencies.models import AgencyUserObjectPermission, Grant, Role
from agencies.models.delegation import declared_permissions

#: Grants settled with one set of queries.
PORTION = 500


class Worth(NamedTuple):
    """Permissions (ids) and the window in which they hold; ``until`` None: open."""

    permissions: frozenset[int]
    since: datetime
    until: datetime | None


class _Link(NamedTuple):
    """A grant as its worth needs it."""

    id: int
    user_id: int
    role_id: int
    agency_id: int
    path: str
    parent_id: int | None
    parent_path: str | None
    valid_from: datetime
    valid_until: datetime | None
    ended_at: datetime | None
    suspended_at: datetime | None


_FIELDS = (
    "id", "user_id", "role_id", "agency_id", "agency__path", "parent_id", "parent__agency__path",
    "valid_from", "valid_until", "ended_at", "suspended_at",
)  # fmt: skip


class _Row(NamedTuple):
    """A permission row as it should be."""

    grant_id: int
    user_id: int
    permission_id: int
    agency_id: int
    valid_from: datetime
    valid_until: datetime | None


class _Difference(NamedTuple):
    """Rows that are there and should not be, by id with their grant, and rows that are missing."""

    wrong: dict[int, int]
    missing: list[_Row]


def settle(grants: Iterable[Grant | int]) -> int:
    """Write the permission rows of these grants, and of all that hang on them, where they differ.

    Nobody else decides meanwhile. Returns how many rows were written or removed.
    """
    with decision():
        return sum(_mend(difference) for difference in _differences(grants))


def unsettled() -> set[int]:
    """The grants whose permission rows are not what their chain is worth; none, unless something failed."""
    found = set(
        AgencyUserObjectPermission.objects.filter(grant__ended_at__isnull=False)
        .order_by()
        .values_list("grant_id", flat=True)
    )
    roots = Grant.objects.filter(parent__isnull=True).values_list("pk", flat=True)
    for difference in _differences(roots):
        found.update(difference.wrong.values(), (row.grant_id for row in difference.missing))
    return found


def settle_all() -> int:
    """Mend whatever is ``unsettled``, looking for it without holding anybody up; returns the rows changed."""
    found = unsettled()
    return settle(found) if found else 0


def settle_role(role: Role) -> int:
    """Let a change of the role's permissions reach everybody who holds it; returns the rows changed."""
    return settle(role.grants.open().values_list("pk", flat=True))


def _worth(link: _Link, by_role: Mapping[int, frozenset[int]], parent: Worth | None) -> Worth | None:
    if link.ended_at or link.suspended_at:
        return None
    worth = Worth(by_role.get(link.role_id, frozenset()), link.valid_from, link.valid_until)
    if link.parent_id is None:
        return worth
    if parent is None or not link.path.startswith(link.parent_path or "?"):
        return None
    untils = [until for until in (worth.until, parent.until) if until is not None]
    narrowed = Worth(
        worth.permissions & parent.permissions, max(worth.since, parent.since), min(untils, default=None)
    )
    over = narrowed.until is not None and narrowed.until <= narrowed.since
    return None if over else narrowed


def _differences(grants: Iterable[Grant | int]) -> Iterator[_Difference]:
    """What is wrong with the rows of these grants and of all that hang on them, a portion at a time."""
    by_role = _permissions_by_role()
    level = {grant if isinstance(grant, int) else grant.pk for grant in grants}
    worths: dict[int, Worth | None] = {}
    #: Reached from above, so with what hangs above them settled; each is once.
    reached: set[int] = set()
    while level:
        below: set[int] = set()
        for portion in _portions(level):
            links = _links(portion)
            for parent_id, worth in _stored({link.parent_id for link in links} - worths.keys()).items():
                worths.setdefault(parent_id, worth)
            for link in links:
                worths[link.id] = _worth(link, by_role, worths.get(link.parent_id or 0))
            yield _difference(links, worths)
            below.update(_hanging(portion))
        level = below - reached
        reached |= level


def _difference(links: list[_Link], worths: Mapping[int, Worth | None]) -> _Difference:
    wanted: set[_Row] = set()
    for link in links:
        worth = worths[link.id]
        if worth is not None:
            wanted.update(
                _Row(link.id, link.user_id, permission, link.agency_id, worth.since, worth.until)
                for permission in worth.permissions
            )
    wrong: dict[int, int] = {}
    rows = AgencyUserObjectPermission.objects.filter(grant__in=[link.id for link in links]).order_by()
    for pk, *told in rows.values_list(
        "pk", "grant_id", "user_id", "permission_id", "content_object_id", "valid_from", "valid_until"
    ):
        row = _Row(*cast("tuple[int, int, int, int, datetime, datetime | None]", told))
        if row in wanted:
            wanted.remove(row)
        else:
            wrong[pk] = row.grant_id
    return _Difference(wrong, sorted(wanted, key=lambda row: row[:3]))


def _mend(difference: _Difference) -> int:
    for portion in _portions(difference.wrong):
        AgencyUserObjectPermission.objects.filter(pk__in=portion).delete()
    AgencyUserObjectPermission.objects.bulk_create(
        AgencyUserObjectPermission(
            grant_id=row.grant_id,
            user_id=row.user_id,
            permission_id=row.permission_id,
            content_object_id=row.agency_id,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        for row in difference.missing
    )
    return len(difference.wrong) + len(difference.missing)


def _links(grant_ids: list[int]) -> list[_Link]:
    rows = Grant.objects.filter(pk__in=grant_ids).order_by("pk")
    return [_Link(*row) for row in rows.values_list(*_FIELDS)]


def _hanging(grant_ids: list[int]) -> Iterable[int]:
    """What hangs on these grants and may be worth something, or was."""
    has_rows = Exists(AgencyUserObjectPermission.objects.filter(grant=OuterRef("pk")))
    return (
        Grant.objects.filter(Q(ended_at__isnull=True) | has_rows, parent__in=grant_ids)
        .order_by()
        .values_list("pk", flat=True)
    )


def _stored(grant_ids: set[int | None]) -> dict[int, Worth | None]:
    """What grants outside of those being settled are worth, as their rows tell."""
    found: dict[int, Worth | None] = {}
    permissions: dict[int, set[int]] = defaultdict(set)
    rows = AgencyUserObjectPermission.objects.filter(grant__in=[pk for pk in grant_ids if pk]).order_by()
    for pk, permission, since, until in rows.values_list(
        "grant_id", "permission_id", "valid_from", "valid_until"
    ):
        permissions[pk].add(permission)
        found[pk] = Worth(frozenset(permissions[pk]), since, until)
    return found


def _permissions_by_role() -> dict[int, frozenset[int]]:
    declared = set(Permission.objects.filter(declared_permissions()).order_by().values_list("pk", flat=True))
    found: dict[int, set[int]] = defaultdict(set)
    for role, permission in Role.permissions.through.objects.values_list("role_id", "permission_id"):
        if permission in declared:
            found[role].add(permission)
    return {role: frozenset(permissions) for role, permissions in found.items()}


def _portions(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    return (ordered[at : at + PORTION] for at in range(0, len(ordered), PORTION))
