"""The one module that writes ``path`` and ``depth``, the cache of the agency tree."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
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
    if agency.pk and parent and agency.path and parent.path.startswith(agency.path):
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


@dataclass(frozen=True)
class Flaw:
    """One agency whose cached place in the tree is not the one its parents give it."""

    agency: Agency
    expected_path: str | None


def flaws() -> list[Flaw]:
    """Agencies whose path or depth disagrees with their parents; a loop expects no path at all."""
    found = []
    expected = _expected()
    for agency in Agency.objects.all():
        path, depth = expected.get(agency.pk, (None, None))
        if (agency.path, agency.depth) != (path, depth):
            found.append(Flaw(agency, path))
    return found


@transaction.atomic
def rebuild() -> int:
    """Write every path and depth anew from the parents; returns how many changed."""
    wrong = flaws()
    expected = _expected()
    for flaw in wrong:
        if flaw.expected_path is None:
            raise ValidationError(_("%(code)s is its own ancestor."), params={"code": flaw.agency.code})
        # Two steps, since a path may still be taken by the row it will move away from.
        flaw.agency.path = f"?{flaw.agency.pk}"
    changed = [flaw.agency for flaw in wrong]
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
