"""Records that agencies' own software sends: one outcome each, the good ones of a batch kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import msgspec
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from agencies.models import IntegrationClient

#: Records one call may carry.
MOST = 500
LONGEST_REF = 80
#: A clock of another system may run ahead of ours by this much.
CLOCK_SKEW = timedelta(minutes=10)


class Outcome(StrEnum):
    """What became of one record."""

    ACCEPTED = "accepted"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Result:
    """What became of the record at ``position`` (from 0); why, and by which field, if it was refused."""

    position: int
    ref: str
    outcome: Outcome
    field: str = ""
    reason: str = ""
    message: str = ""
    #: The receipt code and secret of a petition taken, for its sender.
    code: str = ""
    secret: str = ""


class UnknownError(ValidationError):
    """What a record is about is not known, or lies outside the subtree its system speaks for."""


Record = TypeVar("Record", bound=msgspec.Struct)
Take = Callable[[Any, IntegrationClient, datetime], tuple[Outcome, str, str]]


def take_all(
    records: Sequence[Any],
    shape: type[msgspec.Struct],
    take: Take,
    *,
    client: IntegrationClient,
    as_of: datetime,
) -> list[Result]:
    """Take the records in, each by itself, and tell of each what became of it, in their order.

    ``shape`` is the form of a record, which has a ``ref``: the identifier at the sender, by which
    sending again is known. ``take`` takes one and returns its outcome, and a receipt code and secret if
    it has them; a ValidationError refuses it.
    """
    results = []
    for position, raw in enumerate(records):
        told = raw.get("ref") if isinstance(raw, dict) else None
        ref = told[:LONGEST_REF] if isinstance(told, str) else ""
        try:
            record = _read(raw, shape)
            outcome, code, secret = take(record, client, as_of)
        except ValidationError as error:
            results.append(Result(position, ref, Outcome.REJECTED, *_why(error)))
            continue
        results.append(Result(position, ref, outcome, code=code, secret=secret))
    return results


def moment(value: datetime | None, field: str, as_of: datetime, earliest: datetime | None = None) -> datetime:
    """A moment as told, or now without one.

    Raises ValidationError (``field``) for one without a zone, still to come, or before ``earliest``.
    """
    if value is None:
        return as_of
    if value.tzinfo is None:
        raise _refused(field, _("Write the time with its zone: 2026-11-21T08:30:00+07:00."), "malformed")
    if value > as_of + CLOCK_SKEW:
        raise _refused(field, _("This time has not come yet."), "in_the_future")
    if earliest is not None and value < earliest:
        raise _refused(field, _("This time is too long ago."), "too_old")
    return min(value, as_of)


def _refused(field: str, message: str, code: str) -> ValidationError:
    return ValidationError({field: ValidationError(message, code=code)})


def _read(raw: Any, shape: type[Record]) -> Record:
    if not isinstance(raw, dict):
        raise ValidationError(
            _("This is not a record: an object with named fields is expected."), code="not_a_record"
        )
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        found = _FIELD.search(str(error))
        field = next((name for name in (found.groups() if found else ()) if name), "")
        missing = "missing required field" in str(error)
        message = (
            _("This is missing.")
            if missing
            else _("This cannot be read: %(error)s") % {"error": str(error).partition(" - at ")[0]}
        )
        code = "missing" if missing else "malformed"
        raise ValidationError({field or NON_FIELD_ERRORS: ValidationError(message, code=code)}) from None


def _why(error: ValidationError) -> tuple[str, str, str]:
    """The first field at fault, why in a word, and why in a sentence."""
    if not hasattr(error, "error_dict"):
        return "", error.error_list[0].code or "invalid", " ".join(error.messages)
    field, errors = next(iter(error.error_dict.items()))
    sentence = " ".join(message for one in errors for message in one.messages)
    return ("" if field == NON_FIELD_ERRORS else field), errors[0].code or "invalid", sentence


_FIELD = re.compile(r"`\$\.(\w+)|missing required field `(\w+)`|unknown field `(\w+)`")
