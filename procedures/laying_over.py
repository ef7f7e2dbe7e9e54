"""What corrections lie over a dossier, whatever its system sends: the facts that may be corrected.

``procedures.corrections`` makes and withdraws them; sync and whatever derives anew ask here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

import msgspec
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures.among import among
from procedures.models import Correction, Dossier
from procedures.records import EARLIEST, FEES_BELOW, LATEST, DossierRecord, read_moment
from procedures.refusals import RecordRefusedError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: The fact that a dossier is none to be counted: sent twice, or to try a system.
LEFT_OUT = "left_out"


class Kind(Enum):
    """What a fact is: a moment, yes or no, one of several words, a number of đồng."""

    MOMENT = "moment"
    FLAG = "flag"
    CHOICE = "choice"
    NUMBER = "number"


@dataclass(frozen=True)
class Fact:
    """A fact that may be corrected: the field of ``DossierRecord``, and the column of ``Dossier``."""

    name: str
    label: _StrPromise | str
    kind: Kind
    column: str
    choices: tuple[tuple[int, _StrPromise], ...] = ()

    def read(self, raw: Any) -> Any:
        """The value as JSON holds it; raises ValidationError, by the fact's name, for one it cannot have."""
        value = _READ[self.kind](self, raw)
        if value is None and self.kind not in (Kind.MOMENT, Kind.NUMBER):
            raise self._wrong()
        return value

    def python(self, value: Any) -> Any:
        """The value as the record and the row hold it, from JSON."""
        return datetime.fromisoformat(value) if self.kind is Kind.MOMENT and value else value

    def plain(self, value: Any) -> Any:
        """The value as JSON holds it, from the record or the row."""
        return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value

    def _wrong(self) -> ValidationError:
        return ValidationError({self.name: _("This cannot be %(fact)s.") % {"fact": self.label}})


def _moment(fact: Fact, raw: Any) -> str | None:
    try:
        found = read_moment(raw, fact.name)
    except RecordRefusedError:
        raise fact._wrong() from None
    if found is None:
        return None
    if not EARLIEST < found < LATEST:
        raise fact._wrong()
    return str(fact.plain(found.replace(microsecond=0)))


def _flag(fact: Fact, raw: Any) -> bool:
    known = {True: True, False: False, "1": True, "0": False, "true": True, "false": False}
    try:
        return known[raw]
    except (KeyError, TypeError):
        raise fact._wrong() from None


def _number(fact: Fact, raw: Any) -> int | None:
    if raw is None or raw == "":
        return None
    try:
        found = int(raw)
    except (TypeError, ValueError):
        raise fact._wrong() from None
    if not 0 <= found < FEES_BELOW:
        raise fact._wrong()
    return found


def _choice(fact: Fact, raw: Any) -> int:
    found = _number(fact, raw)
    if found is None or found not in dict(fact.choices):
        raise fact._wrong()
    return found


_READ = {Kind.MOMENT: _moment, Kind.FLAG: _flag, Kind.NUMBER: _number, Kind.CHOICE: _choice}


def _of_row(name: str, kind: Kind, column: str = "", label: Any = "") -> Fact:
    own = Dossier._meta.get_field(column or name)
    label = label or Dossier._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    choices = tuple(getattr(Dossier._meta.get_field(name), "choices", None) or ())
    return Fact(name, label, kind, own.name, choices)


#: Everything that may be corrected, in the order in which it is offered.
FIELDS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        _of_row("submitted_at", Kind.MOMENT),
        _of_row("received_at", Kind.MOMENT),
        _of_row("due_at", Kind.MOMENT, label=gettext_lazy("day promised")),
        _of_row("finished_at", Kind.MOMENT, label=gettext_lazy("end of handling")),
        _of_row("returned_at", Kind.MOMENT),
        _of_row("refused_at", Kind.MOMENT),
        _of_row("status", Kind.CHOICE, "record_status"),
        _of_row("channel", Kind.CHOICE),
        _of_row("has_attachment", Kind.FLAG),
        _of_row("has_result_file", Kind.FLAG),
        _of_row("reuses_data", Kind.FLAG),
        _of_row("from_personal_store", Kind.FLAG),
        _of_row("uses_population_data", Kind.FLAG),
        _of_row("payment", Kind.CHOICE),
        _of_row("fee_total", Kind.NUMBER),
        Fact(LEFT_OUT, gettext_lazy("left out of counting"), Kind.FLAG, ""),
    )
}
#: The columns of a dossier's row that corrections may be laid over.
LAID_COLUMNS = tuple(fact.column for fact in FIELDS.values() if fact.column)


@dataclass(frozen=True)
class LaidOver:
    """What lies over one dossier: its corrections in force, by fact."""

    corrections: Mapping[str, Correction] = field(default_factory=dict)

    @property
    def left_out(self) -> bool:
        """Whether it is not to be counted at all."""
        return LEFT_OUT in self.corrections and self.corrections[LEFT_OUT].value is True

    @property
    def status_holds(self) -> bool:
        """Whether its status is settled, so that no step of its system moves it."""
        return "status" in self.corrections

    def over(self, record: DossierRecord) -> DossierRecord:
        """The record with the corrected facts in the place of those sent."""
        values = {
            name: FIELDS[name].python(correction.value)
            for name, correction in self.corrections.items()
            if name != LEFT_OUT
        }
        return msgspec.structs.replace(record, **values)

    def said_otherwise(self, record: DossierRecord) -> list[Correction]:
        """The corrections under which the system now says something else, with that in ``said``."""
        changed = []
        for name, correction in self.corrections.items():
            if name == LEFT_OUT:
                continue
            said = FIELDS[name].plain(getattr(record, name))
            if said != correction.said:
                correction.said = said
                changed.append(correction)
        return changed


NOTHING = LaidOver()


def laid_over(dossier_ids: Collection[int]) -> dict[int, LaidOver]:
    """What lies over each of these dossiers that has any correction in force."""
    if not dossier_ids:
        return {}
    found: dict[int, dict[str, Correction]] = {}
    in_force = Correction.objects.filter(among("dossier_id", dossier_ids), withdrawn_at=None)
    for correction in in_force.order_by():
        found.setdefault(correction.dossier_id, {})[correction.field] = correction
    return {pk: LaidOver(corrections) for pk, corrections in found.items()}


def shown(name: str, value: Any) -> str:
    """A fact's value as a reader sees it, from JSON."""
    from agencies.admin_display import DASH, figure, moment

    fact = FIELDS[name]
    match fact.kind:
        case Kind.FLAG:
            return _("yes") if value else _("no")
        case Kind.MOMENT:
            return moment(fact.python(value)) if value else DASH
        case Kind.CHOICE:
            return str(dict(fact.choices).get(value, value))
    return figure(value)


def stands_as(dossier: Dossier, name: str) -> Any:
    """What a fact of a dossier is now, corrections included, as JSON holds it."""
    if name == LEFT_OUT:
        return dossier.corrected and laid_over([dossier.pk]).get(dossier.pk, NOTHING).left_out
    fact = FIELDS[name]
    return fact.plain(getattr(dossier, fact.column))
