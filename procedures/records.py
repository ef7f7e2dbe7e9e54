"""What every door translates its records to, in our words, and how such a record is read.

A record holds nothing personal: a door hashes what proves who the applicant is
(``procedures.applicants``) and leaves the rest behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, TypeVar

import msgspec

from procedures.handling import Supplement
from procedures.models import Dossier
from procedures.months import VIETNAM
from procedures.refusals import Reason, RecordRefusedError

#: Dates outside these years are slips of the keyboard.
EARLIEST, LATEST = datetime(1990, 1, 2, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)

#: Fees of one dossier stay below this many đồng.
FEES_BELOW = 2**53

CODE_LENGTH, PROCEDURE_CODE_LENGTH, UNIT_LENGTH = 50, 60, 300
STEP_UNIT_LENGTH, POST_LENGTH = 200, 150

Status = Annotated[int, msgspec.Meta(ge=1, le=10)]
Hash = Annotated[str, msgspec.Meta(max_length=32)]


class DossierRecord(msgspec.Struct, gc=False, kw_only=True, omit_defaults=True):
    """A dossier as its system tells it now.

    Moments are aware. ``supplements`` lists each request for a supplement and its answer, or None, as
    epoch seconds in order of request. ``fee_total`` is in đồng, None when no fee line was sent.
    """

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=CODE_LENGTH)]
    procedure_code: Annotated[str, msgspec.Meta(min_length=1, max_length=PROCEDURE_CODE_LENGTH)]
    status: Status
    unit_name: Annotated[str, msgspec.Meta(max_length=UNIT_LENGTH)] = ""
    channel: Annotated[int, msgspec.Meta(ge=1, le=3)] = Dossier.Channel.DIRECT.value
    subject_type: Annotated[int, msgspec.Meta(ge=1, le=4)] = 1
    submitted_at: datetime | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    finished_at: datetime | None = None
    returned_at: datetime | None = None
    refused_at: datetime | None = None
    supplements: tuple[Supplement, ...] = ()
    has_attachment: bool = False
    has_result_file: bool = False
    reuses_data: bool = False
    from_personal_store: bool = False
    uses_population_data: bool = False
    payment: Annotated[int, msgspec.Meta(ge=0, le=3)] = Dossier.Payment.NONE.value
    fee_total: Annotated[int, msgspec.Meta(ge=0, lt=FEES_BELOW)] | None = None
    phone_hash: Hash = ""
    identity_hash: Hash = ""


class StepRecord(msgspec.Struct, gc=False, kw_only=True, omit_defaults=True):
    """A step of a dossier's progress as its system tells it; who took it is not kept."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=CODE_LENGTH)]
    at: datetime
    status: Status
    post: Annotated[str, msgspec.Meta(max_length=POST_LENGTH)] = ""
    unit: Annotated[str, msgspec.Meta(max_length=STEP_UNIT_LENGTH)] = ""
    started_at: datetime | None = None
    due_at: datetime | None = None


#: Moments that say something happened; ``due_at`` is only a promise.
EVENTS = ("submitted_at", "received_at", "finished_at", "returned_at", "refused_at")
_MOMENTS = (*EVENTS, "due_at", "at", "started_at")


def read_moment(value: Any, field: str) -> datetime | None:
    """A moment from ``yyyyMMddHHmmss`` or ISO 8601 text, in Vietnamese time unless it says otherwise.

    Raises RecordRefusedError naming ``field``.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, datetime):
        text = str(value).strip()
        try:
            value = datetime.fromisoformat(f"{text[:8]}T{text[8:]}" if text.isdigit() else text)
        except ValueError:
            raise RecordRefusedError(field, Reason.MALFORMED_DATE, text) from None
    if value.tzinfo is None:
        value = value.replace(tzinfo=VIETNAM)
    if not EARLIEST < value < LATEST:
        raise RecordRefusedError(field, Reason.OUT_OF_RANGE, value.date())
    return value


def read_dossier(plain: Mapping[str, Any]) -> DossierRecord:
    """A dossier's record from named plain values, as the inbox keeps them and the REST API takes them.

    Numbers may come as text. Raises RecordRefusedError for the first field that cannot be read.
    """
    values = _readied(plain)
    if "supplements" in values:
        values["supplements"] = _supplements(values["supplements"])
    return _converted(values, DossierRecord)


def read_step(plain: Mapping[str, Any]) -> StepRecord:
    """A step's record from named plain values. Raises RecordRefusedError as ``read_dossier`` does."""
    values = _readied(plain)
    return _converted(values, StepRecord)


def check_text(record: DossierRecord | StepRecord) -> None:
    """Check the texts every record hangs on, whichever door built it.

    Raises RecordRefusedError for one that is missing, too long, or holds what no database keeps.
    """
    code = record.code
    if not code:
        raise RecordRefusedError("code", Reason.MISSING)
    if len(code) > CODE_LENGTH:
        raise RecordRefusedError("code", Reason.TOO_LONG, code)
    if not code.isprintable():
        raise RecordRefusedError("code", Reason.MALFORMED, code)
    if isinstance(record, StepRecord):
        if "\0" in record.post + record.unit:
            raise RecordRefusedError("unit", Reason.MALFORMED, record.unit)
        return
    code, unit = record.procedure_code, record.unit_name
    if not code:
        raise RecordRefusedError("procedure_code", Reason.MISSING)
    if len(code) > PROCEDURE_CODE_LENGTH:
        raise RecordRefusedError("procedure_code", Reason.TOO_LONG, code)
    if not code.isprintable():
        raise RecordRefusedError("procedure_code", Reason.MALFORMED, code)
    if len(unit) > UNIT_LENGTH:
        raise RecordRefusedError("unit_name", Reason.TOO_LONG, unit)
    if "\0" in unit:
        raise RecordRefusedError("unit_name", Reason.MALFORMED, unit)


# The same offices are named again and again.
@lru_cache(maxsize=4096)
def cleaned(text: str, longest: int) -> str:
    """A name without invisible characters, spaces evened out, cut to its column."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())[:longest]


def to_plain(record: DossierRecord | StepRecord) -> dict[str, Any]:
    """The record as plain values that ``read_dossier`` and ``read_step`` read back."""
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain


_NAMES = {"unit_name": UNIT_LENGTH, "unit": STEP_UNIT_LENGTH, "post": POST_LENGTH}


def _readied(plain: Mapping[str, Any]) -> dict[str, Any]:
    """The values that were sent, moments read and names cleaned."""
    if not isinstance(plain, Mapping):
        raise RecordRefusedError("", Reason.NOT_A_RECORD)
    values: dict[str, Any] = {}
    for name, value in plain.items():
        if value is None or value == "":
            continue
        if name in _MOMENTS:
            value = read_moment(value, name)
        elif isinstance(value, str):
            value = cleaned(value, _NAMES[name]) if name in _NAMES else value.strip()
        values[name] = value
    return values


def _supplements(value: Any) -> list[Supplement]:
    try:
        pairs = [(_seconds(requested), _seconds(answered)) for requested, answered in value]
    except (TypeError, ValueError):
        raise RecordRefusedError("supplements", Reason.MALFORMED, value) from None
    known = [(requested, answered) for requested, answered in pairs if requested is not None]
    if len(known) < len(pairs):
        raise RecordRefusedError("supplements", Reason.MISSING)
    return sorted(known, key=lambda pair: pair[0])


def _seconds(value: Any) -> int | None:
    if isinstance(value, int):
        value = datetime.fromtimestamp(value, UTC)
    moment = read_moment(value, "supplements")
    return None if moment is None else int(moment.timestamp())


_FIELD = re.compile(r"`\$\.(\w+)|missing required field `(\w+)`")


_Record = TypeVar("_Record", DossierRecord, StepRecord)


def _converted(values: dict[str, Any], kind: type[_Record]) -> _Record:
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        found = _FIELD.search(str(error))
        path, missing = found.groups() if found else (None, None)
        if missing:
            raise RecordRefusedError(missing, Reason.MISSING) from None
        field = path or ""
        reason = _reason(str(error))
        raise RecordRefusedError(field, reason, values.get(field, "")) from None


def _reason(message: str) -> Reason:
    if "length <=" in message:
        return Reason.TOO_LONG
    if "length >=" in message:
        return Reason.MISSING
    return Reason.OUT_OF_RANGE if "<" in message or ">" in message else Reason.MALFORMED
