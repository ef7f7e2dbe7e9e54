"""From the codes agencies are known by, in every scheme, to the agencies themselves."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from django.db.models import F, IntegerField, Value

from agencies.models import Agency, AgencyCode, TreeVersion

#: What separates the agency's code from the rest of a dossier's code.
DOSSIER_SEPARATOR = "-"


class Place(NamedTuple):
    """An agency as loading needs it: its id, and its path to tell whose subtree it is in."""

    id: int
    path: str


class CodeMap:
    """Every code of every agency, held in memory: a look-up is a dictionary's."""

    def __init__(self, places: dict[str, Place]) -> None:
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    def agency_of(self, code: str) -> Place | None:
        """The agency known by exactly this code, in either scheme."""
        return self._places.get(code)

    def agency_of_dossier_code(self, code: str) -> Place | None:
        """The agency whose code begins a dossier's: H44.01 of ``H44.01-260101-00012``.

        None when no agency has that code. A nearer ancestor is not guessed: an unknown unit of a
        known province is for a mapping to place.
        """
        return self._places.get(code.partition(DOSSIER_SEPARATOR)[0])

    @classmethod
    def load(cls) -> CodeMap:
        """Read all codes in one query; an agency's own code wins over another's former one."""
        others = AgencyCode.objects.values_list("code", "agency_id", "agency__path", Value(0, IntegerField()))
        own = Agency.objects.order_by().values_list("code", "id", "path", Value(1, IntegerField()))
        rows = sorted(others.order_by().union(own, all=True), key=lambda row: row[3])
        return cls({code: Place(agency_id, path) for code, agency_id, path, _ in rows})


_remembered: tuple[str, CodeMap] | None = None


def code_map() -> CodeMap:
    """All codes as they are now, read again only after an agency or a code changed.

    One query by primary key tells whether what this process remembers still holds (``TreeVersion``),
    so a change made by any process counts from the moment it is committed.
    """
    global _remembered
    # The token first: a change in between leaves an old token on new codes, which is only read again.
    token = TreeVersion.current()
    if token is None:
        return CodeMap.load()
    remembered = _remembered
    if remembered is None or remembered[0] != token:
        remembered = _remembered = (token, CodeMap.load())
    return remembered[1]


def collisions() -> list[tuple[str, list[str]]]:
    """Codes that lead to more than one agency, each with these agencies' own codes.

    Spelling that differs only by case or surrounding space counts as the same code.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for code in Agency.objects.order_by().values_list("code", flat=True):
        found[code.strip().casefold()].add(code)
    for code, own_code in AgencyCode.objects.values_list("code", F("agency__code")):
        found[code.strip().casefold()].add(own_code)
    return sorted((code.upper(), sorted(owners)) for code, owners in found.items() if len(owners) > 1)
