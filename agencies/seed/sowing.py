"""Sowing rows into the tree in bulk: the same rows twice leave the same agencies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from agencies.models import Agency, AgencyCode
from agencies.moving import move
from agencies.seed.rows import SeedRow
from agencies.tree import place_all

#: What a row says of an agency; its code is its identity and is never overwritten.
FIELDS = ("kind", "name", "short_name", "gso_code", "latitude", "longitude", "valid_from", "valid_to")


@dataclass(frozen=True)
class Sown:
    """How many agencies one step created, brought back to the seed's values, left as they were."""

    created: int
    updated: int
    unchanged: int


class Sowing:
    """One run over an existing tree, whatever is in it.

    An agency is found by its seeded code, or by that code or the old-scheme one among its other
    codes, so that an agency whose provisional code was corrected is found again and keeps it.
    Agencies that are not seeded are not touched.
    """

    def __init__(self) -> None:
        self._known: dict[str, Agency] = {}
        self._sown: set[int] = set()
        by_id = {}
        for agency in Agency.objects.order_by():
            by_id[agency.pk] = agency
            self._known[agency.code] = agency
        self._old_codes = set()
        for code, agency_id in AgencyCode.objects.values_list("code", "agency_id"):
            self._old_codes.add(code)
            self._known.setdefault(code, by_id[agency_id])

    @transaction.atomic
    def sow(self, rows: Iterable[SeedRow]) -> Sown:
        """Create and update agencies; parents come in an earlier call. All or none of a call's rows.

        Raises KeyError for a parent that was never sown.
        """
        created: list[Agency] = []
        updated: list[Agency] = []
        moves: list[tuple[Agency, Agency]] = []
        rows = list(rows)
        for row in rows:
            parent = self._known[row.parent] if row.parent else None
            agency = self._find(row)
            if agency is None:
                agency = Agency(code=row.code, parent=parent)
                created.append(agency)
                _take_over(agency, row)
            else:
                changed = _take_over(agency, row)
                if parent and agency.parent_id != parent.pk:
                    moves.append((agency, parent))
                    changed = True
                if changed:
                    updated.append(agency)
            self._known[row.code] = agency
        place_all(created)
        Agency.objects.bulk_update(updated, [*FIELDS, "name_folded"], batch_size=200)
        for agency, parent in moves:
            move(agency, parent)
        if moves:
            self._read_places()
        self._add_old_codes(rows)
        self._sown.update(self._known[row.code].pk for row in rows)
        return Sown(len(created), len(updated), len(rows) - len(created) - len(updated))

    def succeed(self, successions: Iterable[tuple[str, str]]) -> None:
        """Record successors, given as pairs of seeded codes, former first."""
        link = Agency.successors.through
        link.objects.bulk_create(
            [
                link(from_agency_id=self._known[former].pk, to_agency_id=self._known[successor].pk)
                for former, successor in successions
            ],
            ignore_conflicts=True,
        )

    def _find(self, row: SeedRow) -> Agency | None:
        for code in filter(None, (row.code, row.old_code)):
            agency = self._known.get(code)
            # One agency never stands for two rows: it may have taken over another's former code.
            if agency and agency.pk not in self._sown:
                return agency
        return None

    def _read_places(self) -> None:
        places = {pk: (path, depth) for pk, path, depth in Agency.objects.values_list("pk", "path", "depth")}
        for agency in self._known.values():
            agency.path, agency.depth = places[agency.pk]

    def _add_old_codes(self, rows: Iterable[SeedRow]) -> None:
        missing = [row for row in rows if row.old_code and row.old_code not in self._old_codes]
        AgencyCode.objects.bulk_create(
            [
                AgencyCode(agency=self._known[row.code], code=row.old_code, scheme=AgencyCode.Scheme.OLD)
                for row in missing
            ]
        )
        self._old_codes.update(row.old_code for row in missing)


def _take_over(agency: Agency, row: SeedRow) -> bool:
    different = [field for field in FIELDS if getattr(agency, field) != getattr(row, field)]
    for field in different:
        setattr(agency, field, getattr(row, field))
    if different:
        agency.fold_name()
    return bool(different)
