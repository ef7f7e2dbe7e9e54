"""The one module that writes ``path`` and ``depth``, the cache of the agency tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.models.agency import PATH_SEPARATOR


def path_of(agency_id: int, parent_path: str = "") -> str:
    """The path of an agency under the parent at ``parent_path`` (empty for the root)."""
    return f"{parent_path or PATH_SEPARATOR}{agency_id}{PATH_SEPARATOR}"


@transaction.atomic
def place(agency: Agency, parent: Agency | None) -> Agency:
    """Put an agency, new or known, with everything below it, under ``parent`` and save it.

    Raises ValidationError when the parent lies inside the agency's own subtree.
    """
    if agency.pk and parent:
        # As they are now: a path read before another move would let a loop pass.
        parent.refresh_from_db(fields=["path", "depth"])
        if agency.pk == parent.pk or agency.pk in parent.ancestor_ids():
            raise ValidationError({"parent": _("An agency cannot lie below itself.")})
    agency.parent = parent
    old_path = agency.path
    if not agency.pk:
        # The path holds the id, so it is known only after a first insert under a stand-in.
        agency.path = f"?{agency.code}"
        agency.save()
    agency.path = path_of(agency.pk, parent.path if parent else "")
    agency.depth = parent.depth + 1 if parent else 0
    agency.save()
    if old_path and old_path != agency.path:
        rebuild()
    return agency


@transaction.atomic
def place_all(agencies: Sequence[Agency]) -> None:
    """Insert new agencies, whose ``parent`` is set and already placed, in a few statements.

    The bulk form of ``place``; all or none. Raises IntegrityError for a code that is taken.
    """
    for agency in agencies:
        agency.path = f"?{agency.code}"
        agency.depth = agency.parent.depth + 1 if agency.parent else 0
        agency.fold_name()
    Agency.objects.bulk_create(agencies, batch_size=500)
    parent_path = Agency.objects.filter(pk=OuterRef("parent_id")).values("path")
    Agency.objects.filter(path__startswith="?").update(
        path=Concat(
            Coalesce(Subquery(parent_path), Value(PATH_SEPARATOR)),
            Cast("pk", CharField()),
            Value(PATH_SEPARATOR),
        )
    )
    for agency in agencies:
        agency.path = path_of(agency.pk, agency.parent.path if agency.parent else "")


@dataclass(frozen=True)
class Flaw:
    """One agency whose cached place in the tree is not the one its parents give it."""

    agency: Agency
    expected_path: str | None


def flaws() -> list[Flaw]:
    """Agencies whose path or depth disagrees with their parents; a loop expects no path at all."""
    found = []
    expected = _expected()
    for agency in Agency.objects.only("code", "path", "depth", "parent"):
        path, depth = expected.get(agency.pk, (None, None))
        if (agency.path, agency.depth) != (path, depth):
            found.append(Flaw(agency, path))
    return found


@transaction.atomic
def rebuild() -> int:
    """Write every path and depth anew from the parents; returns how many changed.

    Agencies in a loop have no place to be written; ``flaws`` goes on naming them.
    """
    expected = _expected()
    changed = [flaw.agency for flaw in flaws() if flaw.expected_path is not None]
    for agency in changed:
        # Two steps, since a path may still be taken by the row it will move away from.
        agency.path = f"?{agency.pk}"
    Agency.objects.bulk_update(changed, ["path"], batch_size=500)
    for agency in changed:
        agency.path, agency.depth = expected[agency.pk]
    Agency.objects.bulk_update(changed, ["path", "depth"], batch_size=500)
    return len(changed)


def _expected() -> dict[int, tuple[str, int]]:
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent_id in Agency.objects.values_list("pk", "parent_id"):
        children[parent_id].append(pk)
    places: dict[int, tuple[str, int]] = {}
    level: list[tuple[int, str, int]] = [(pk, "", 0) for pk in children[None]]
    while level:
        below = []
        for pk, parent_path, depth in level:
            places[pk] = (path_of(pk, parent_path), depth)
            below += [(child, places[pk][0], depth + 1) for child in children[pk]]
        level = below
    return places


def circular_successions() -> list[list[str]]:
    """Chains of successors that lead back to where they began, as agency codes.

    An agency that succeeds itself is the shortest; such a chain would never let history end.
    """
    after: dict[str, list[str]] = defaultdict(list)
    links = Agency.successors.through.objects.values_list("from_agency__code", "to_agency__code")
    for former, successor in links.order_by("from_agency__code", "to_agency__code"):
        after[former].append(successor)
    circles: dict[frozenset[str], list[str]] = {}
    for start in list(after):
        pending = [[start]]
        seen = set()
        while pending:
            chain = pending.pop()
            for successor in after.get(chain[-1], ()):
                if successor == start:
                    circles.setdefault(frozenset(chain), [*chain, start])
                elif successor not in seen:
                    seen.add(successor)
                    pending.append([*chain, successor])
    return sorted(circles.values())
