"""What became of each record of a batch."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from procedures.refusals import Reason, Refusal


class Outcome(StrEnum):
    """What became of one record."""

    ACCEPTED = "accepted"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    STALE = "stale"
    REJECTED = "rejected"


class SyncReport:
    """The outcome of every record by its position, and why those refused were refused."""

    def __init__(self, length: int) -> None:
        self.outcomes: list[Outcome] = [Outcome.REJECTED] * length
        self._refusals: dict[int, Refusal] = {}
        #: Procedure codes of taken dossiers that wait for a mapping, with how many dossiers each.
        self.unknown_procedures: Counter[str] = Counter()
        #: Dossiers taken that were placed at the system's own agency for want of a better place.
        self.placed_by_default = 0

    def refuse(self, refusal: Refusal) -> None:
        """Note a refused record."""
        self.outcomes[refusal.position] = Outcome.REJECTED
        self._refusals[refusal.position] = refusal

    @property
    def refusals(self) -> list[Refusal]:
        """The refused records in the order they were sent."""
        return [self._refusals[position] for position in sorted(self._refusals)]

    def count(self, outcome: Outcome) -> int:
        """How many records came to ``outcome``."""
        return self.outcomes.count(outcome)

    @property
    def taken(self) -> int:
        """Records not refused, whether or not they changed anything."""
        return len(self.outcomes) - len(self._refusals)

    @property
    def refused_as_existing(self) -> bool:
        """Whether a record meant to be new was of a dossier known already."""
        return any(refusal.reason is Reason.EXISTS for refusal in self._refusals.values())

    def add(self, later: SyncReport) -> None:
        """Append the report of the records that follow these."""
        offset = len(self.outcomes)
        self.outcomes += later.outcomes
        for refusal in later.refusals:
            refusal.position += offset
            self._refusals[refusal.position] = refusal
        self.unknown_procedures += later.unknown_procedures
        self.placed_by_default += later.placed_by_default
