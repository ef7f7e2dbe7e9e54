"""Why a record is refused: one list of reasons for every door, each with its sentence."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: How much of a wrong value is quoted back: enough to find it.
QUOTED = 40


class Reason(StrEnum):
    """The kinds of refusal, as machines read them."""

    NOT_A_RECORD = "not_a_record"
    MISSING = "missing"
    MALFORMED = "malformed"
    MALFORMED_DATE = "malformed_date"
    OUT_OF_RANGE = "out_of_range"
    TOO_LONG = "too_long"
    IN_THE_FUTURE = "in_the_future"
    OUTSIDE_SUBTREE = "outside_subtree"
    OF_ANOTHER_SYSTEM = "of_another_system"
    EXISTS = "exists"
    UNKNOWN_DOSSIER = "unknown_dossier"


SENTENCES: dict[Reason, _StrPromise] = {
    Reason.NOT_A_RECORD: _("This is not a record: an object with named fields is expected."),
    Reason.MISSING: _("%(field)s is missing or empty."),
    Reason.MALFORMED: _("%(field)s: “%(value)s” cannot be read."),
    Reason.MALFORMED_DATE: _(
        "%(field)s: “%(value)s” is not a date and time (yyyyMMddHHmmss, as 20260131083000)."
    ),
    Reason.OUT_OF_RANGE: _("%(field)s: “%(value)s” is not one of the allowed values."),
    Reason.TOO_LONG: _("%(field)s is too long: “%(value)s…”"),
    Reason.IN_THE_FUTURE: _("%(field)s: “%(value)s” has not come yet."),
    Reason.OUTSIDE_SUBTREE: _(
        "%(field)s: “%(value)s” belongs to an agency outside the one this system speaks for."
    ),
    Reason.OF_ANOTHER_SYSTEM: _(
        "%(field)s: “%(value)s” is handled by an agency outside the one this system speaks for."
    ),
    Reason.EXISTS: _("Dossier %(value)s already exists: send it as an update (isUpdating = True)."),
    Reason.UNKNOWN_DOSSIER: _(
        "Dossier %(value)s is not known yet; the step is kept and taken once the dossier is sent."
    ),
}


class RecordRefusedError(Exception):
    """A record cannot be taken: the field at fault, why, and the value found there."""

    def __init__(self, field: str, reason: Reason, value: object = "") -> None:
        super().__init__(field, reason, value)
        quoted = str(value)[:QUOTED]
        # What no database keeps and no screen shows must not get into the sentence.
        self.value = "".join(c if c.isprintable() else "?" for c in quoted)
        self.field, self.reason = field, reason


@dataclasses.dataclass(slots=True)
class Refusal:
    """One refused record of a batch.

    ``position`` counts from 0; ``code`` is the dossier's, empty if it could not be read; ``field`` is
    in our words (``procedures.records``), a door translates it back; ``record`` is what was sent,
    in our words and without personal data, to be kept in the inbox.
    """

    position: int
    code: str
    field: str
    reason: Reason
    value: str = ""
    record: dict[str, Any] = dataclasses.field(default_factory=dict)

    def sentence(self, field: str = "") -> str:
        """The refusal in the active language, calling the field as the door does if it is given."""
        return str(SENTENCES[self.reason]) % {"field": field or self.field, "value": self.value}
