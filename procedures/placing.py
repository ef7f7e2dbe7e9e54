"""Which agency handles a dossier, and which procedure it is of: one look-up for a whole batch.

The agency is the one whose code begins the dossier's code (an unknown unit of somebody else's is not
ours to place); else the one the system names as handling
it, within the subtree the system speaks for; else the one an operator mapped that name to; else the
system's own, flagged as placed by default. A procedure code we do not have is kept as sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from agencies.codes import DOSSIER_SEPARATOR, CodeMap, code_map
from agencies.folding import folded
from agencies.models import Agency, IntegrationClient
from procedures.among import among
from procedures.handling import Limit
from procedures.models import Dossier, LocalName, Procedure
from procedures.records import DossierRecord

CODE, NAME, MAPPING, DEFAULT = (placement.value for placement in Dossier.Placement)


class Sender(NamedTuple):
    """Who sends a batch: the agency whose subtree the records must lie in, and its system if any."""

    agency_id: int
    path: str
    client_id: int | None

    @classmethod
    def of(cls, client: IntegrationClient | None, agency: Agency | None = None) -> Sender:
        """The sender for a connected system, or for an agency itself when a person sends its file."""
        agency = client.agency if client else agency
        if agency is None:
            raise ValueError("A batch is sent by a client or by an agency.")
        return cls(agency.pk, agency.path, client.pk if client else None)


class Place(NamedTuple):
    """Where a dossier is handled; ``outside``: not in the sender's subtree."""

    agency_id: int
    placement: int
    outside: bool = False


class KnownProcedure(NamedTuple):
    """What sync needs of a procedure."""

    id: int
    limit: Limit


class Lookup:
    """Places and procedures of one batch, read with a handful of queries however long it is."""

    def __init__(self, sender: Sender, records: Collection[DossierRecord]) -> None:
        self.sender = sender
        self._by_prefix: dict[str, Place | None] = {}
        self._read_codes(records)
        unplaced = {
            record.unit_name
            for record in records
            if record.unit_name and not self._by_prefix[record.code.partition(DOSSIER_SEPARATOR)[0]]
        }
        self._by_unit: dict[str, Place] = _by_name(sender, unplaced) if unplaced else {}
        self._procedures = _known({record.procedure_code for record in records})
        #: Names seen in this batch that neither we nor a mapping know, by kind of local name.
        self._strange: set[tuple[str, str]] = set()
        self._use_mappings(
            unplaced - self._by_unit.keys(),
            {record.procedure_code for record in records} - self._procedures.keys(),
        )

    def place(self, record: DossierRecord) -> Place:
        """The agency that handles the dossier."""
        by_code = self._by_prefix[record.code.partition(DOSSIER_SEPARATOR)[0]]
        if by_code is not None:
            return by_code
        return self._by_unit.get(record.unit_name) or Place(self.sender.agency_id, DEFAULT)

    def procedure(self, record: DossierRecord) -> KnownProcedure | None:
        """The procedure it is of, None if neither the catalogue nor a mapping knows the code."""
        return self._procedures.get(record.procedure_code)

    def is_ours(self, record: DossierRecord) -> bool:
        """Whether the procedure's code as sent is the catalogue's own."""
        return record.procedure_code in self._own_codes

    def keep_strange_names(self, as_of: datetime) -> None:
        """Make a local name of each unknown unit and procedure, to be mapped by an operator."""
        if self._strange:
            # In order, so that two batches with the same names do not wait for each other in a ring.
            LocalName.objects.bulk_create(
                [
                    LocalName(owner_id=self.sender.agency_id, kind=kind, value=value, first_seen_at=as_of)
                    for kind, value in sorted(self._strange)
                ],
                ignore_conflicts=True,
            )

    def _read_codes(self, records: Iterable[DossierRecord]) -> None:
        codes, path = code_map(), self.sender.path
        for record in records:
            prefix = record.code.partition(DOSSIER_SEPARATOR)[0]
            if prefix not in self._by_prefix:
                found = codes.agency_of_dossier_code(record.code)
                if found is not None:
                    self._by_prefix[prefix] = Place(found.id, CODE, outside=not found.path.startswith(path))
                else:
                    above = _nearest(prefix, codes)
                    foreign = above and not path.startswith(above) and not above.startswith(path)
                    self._by_prefix[prefix] = Place(0, CODE, outside=True) if foreign else None

    def _use_mappings(self, units: Collection[str], procedures: Collection[str]) -> None:
        self._own_codes = frozenset(self._procedures)
        wanted = [*units, *procedures]
        if not wanted:
            return
        known = {
            (kind, value): (agency_id, procedure_id)
            for kind, value, agency_id, procedure_id in LocalName.objects.filter(
                among("value", wanted), owner_id=self.sender.agency_id
            ).values_list("kind", "value", "agency_id", "procedure_id")
        }
        limits = _limits({p for _agency, p in known.values() if p is not None})
        for kind, values in ((LocalName.Kind.UNIT, units), (LocalName.Kind.PROCEDURE, procedures)):
            for value in values:
                agency_id, procedure_id = known.get((kind, value), (None, None))
                if agency_id is not None:
                    self._by_unit[value] = Place(agency_id, MAPPING)
                elif procedure_id is not None:
                    self._procedures[value] = limits[procedure_id]
                elif (kind, value) not in known:
                    self._strange.add((kind.value, value))


def _nearest(code: str, codes: CodeMap) -> str | None:
    """The path of the nearest agency that an unknown unit's code says it belongs to.

    H21.05 belongs to H21, and so does 000.05.01.H21, which names it last.
    """
    parts = code.split(".")
    shorter = [".".join(parts[:length]) for length in range(len(parts) - 1, 0, -1)]
    for part in [parts[-1], *shorter] if parts[0].isdigit() else shorter:
        place = codes.agency_of(part)
        if place is not None:
            return place.path
    return None


def _by_name(sender: Sender, names: Collection[str]) -> dict[str, Place]:
    """Places of the units called so in the subtree; a name that two of them bear places nothing."""
    wanted: dict[str, list[str]] = {}
    for name in names:
        wanted.setdefault(folded(name), []).append(name)
    bearers: dict[str, set[int]] = {}
    units = Agency.objects.under(sender.path).order_by().values_list("id", "name", "short_name")
    for agency_id, name, short_name in units:
        for called in {folded(name), folded(short_name)} & wanted.keys():
            bearers.setdefault(called, set()).add(agency_id)
    return {
        name: Place(next(iter(agency_ids)), NAME)
        for called, agency_ids in bearers.items()
        if len(agency_ids) == 1
        for name in wanted[called]
    }


def _known(codes: Collection[str]) -> dict[str, KnownProcedure]:
    return {
        code: KnownProcedure(pk, Limit(time, unit))
        for pk, code, time, unit in Procedure.objects.filter(among("code", codes))
        .order_by()
        .values_list("id", "code", "processing_time", "processing_unit")
    }


def _limits(procedure_ids: Collection[int]) -> dict[int, KnownProcedure]:
    return {
        pk: KnownProcedure(pk, Limit(time, unit))
        for pk, time, unit in Procedure.objects.filter(pk__in=procedure_ids)
        .order_by()
        .values_list("id", "processing_time", "processing_unit")
    }
