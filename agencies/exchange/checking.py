"""Checking a table row by row: what each would change, and what is wrong with it and where.

Nothing is written, and no transaction is open, while rows are checked: it may take minutes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from import_export.results import RowResult
from tablib import Dataset

from agencies.exchange.columns import columns_of
from agencies.exchange.reading import Formula, Row
from agencies.exchange.resource import ExchangeResource

log = structlog.get_logger(__name__)

#: Rows checked with one set of queries.
PORTION = 500


class Action(StrEnum):
    """What a row comes to."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    WRONG = "wrong"


_ACTIONS = {
    RowResult.IMPORT_TYPE_NEW: Action.NEW,
    RowResult.IMPORT_TYPE_UPDATE: Action.CHANGED,
    RowResult.IMPORT_TYPE_SKIP: Action.UNCHANGED,
    RowResult.IMPORT_TYPE_DELETE: Action.REMOVED,
}


class Finding(NamedTuple):
    """What was found out about one row.

    ``changes`` holds, by column, the cell before and after; ``errors`` a column (empty: the row as a
    whole) and what is wrong there.
    """

    number: int
    action: str
    title: str
    changes: dict[str, tuple[Any, Any]]
    errors: list[tuple[str, str]]


class NumberedRow(NamedTuple):
    """A row of the file, its number there, and its cells by column."""

    number: int
    cells: dict[str, Any]


@dataclass
class Table:
    """A file's rows by the columns of its resource, all of them in memory."""

    rows: list[NumberedRow]

    @staticmethod
    def of(rows: Iterable[Row], resource: type[ExchangeResource]) -> Iterator[NumberedRow]:
        """Rows of a file, the header first, by column; raises ValidationError for a header that is none."""
        iterator = iter(rows)
        header = next(iterator, None)
        if header is None:
            raise ValidationError(_("The file is empty."))
        names = columns_of(header.cells, resource.columns())
        for row in iterator:
            spare = [cell for cell in row.cells[len(names) :] if cell not in (None, "")]
            if spare:
                raise ValidationError(
                    _("Row %(row)d has cells beyond the last heading.") % {"row": row.number}
                )
            cells = dict.fromkeys(name for name in names if name)
            cells |= {name: cell for name, cell in zip(names, row.cells, strict=False) if name}
            yield NumberedRow(row.number, cells)

    @classmethod
    def load(cls, path: Path) -> Table:
        """Read back what ``packed`` wrote."""
        with path.open(encoding="utf-8") as file:
            return cls([NumberedRow(number, _unpacked(cells)) for number, cells in map(json.loads, file)])


def packed(row: NumberedRow) -> bytes:
    """A row as a line of a file."""
    cells = {
        name: {"formula": cell.text} if isinstance(cell, Formula) else cell
        for name, cell in row.cells.items()
    }
    return json.dumps([row.number, cells], ensure_ascii=False).encode() + b"\n"


class Check:
    """The checking of one table: what is wrong with rows together is found out at the beginning."""

    def __init__(self, resource: ExchangeResource, table: Table) -> None:
        self.resource, self.table = resource, table
        self.together = resource.refuse_together([row.cells for row in table.rows])
        for place, first in _repeated(resource.key_of(row.cells) for row in table.rows):
            told = _("The same as row %(row)d.") % {"row": table.rows[first].number}
            self.together.setdefault(place, []).append(("", told))

    def portion(self, first: int) -> list[Finding]:
        """The findings about the rows from this place on, ``PORTION`` at most."""
        resource, rows = self.resource, self.table.rows[first : first + PORTION]
        resource.seen = {}
        resource.known = resource.find([key for row in rows if (key := resource.key_of(row.cells))])
        names = list(rows[0].cells)
        dataset = Dataset(*([row.cells[name] for name in names] for row in rows), headers=names)
        # Without the transactions of import_data, which would keep others from writing meanwhile.
        result = resource.import_data_inner(
            dataset, dry_run=True, raise_errors=False, using_transactions=False, collect_failed_rows=False
        )
        if result.has_errors() and not result.row_errors():
            raise ValidationError([str(error.error) for error in result.base_errors])
        return [
            self._finding(place, row, found)
            for place, (row, found) in enumerate(zip(rows, result.rows, strict=True), first)
        ]

    def _finding(self, place: int, row: NumberedRow, found: Any) -> Finding:
        errors = [*self.together.get(place, ())]
        if found.errors:
            for error in found.errors:
                log.error(
                    "row_not_checked", row=row.number, table=self.resource.name, error=repr(error.error)
                )
            errors.append(("", _("The row could not be checked; the operators can see why, in the log.")))
        if found.validation_error is not None:
            errors += self._told(found.validation_error)
        title = " · ".join(
            str(row.cells.get(str(self.resource.fields[name].column_name)) or "—")
            for name in self.resource._meta.import_id_fields
        )
        if errors:
            return Finding(row.number, Action.WRONG, title, {}, errors)
        changes = {
            str(self.resource.fields[name].column_name): (plain(before), plain(after))
            for name, (before, after) in zip(self.resource._meta.fields, found.diff, strict=True)
            if before != after
        }
        action = _ACTIONS[found.import_type]
        if action is Action.CHANGED and not changes:
            # What the row said was overruled by what follows from the rest of it.
            action = Action.UNCHANGED
        return Finding(row.number, action, title, changes, [])

    def _told(self, error: ValidationError) -> Iterator[tuple[str, str]]:
        by_attribute = (
            error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        )
        columns = {str(c.attribute): str(c.column_name) for c in self.resource.fields.values()}
        for attribute, reasons in by_attribute.items():
            column = "" if attribute == NON_FIELD_ERRORS else columns.get(attribute, attribute)
            for reason in reasons:
                yield column, reason


def plain(cell: Any) -> Any:
    """A cell as it can be written down and told: days as people here write them."""
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return float(cell) if isinstance(cell, Decimal) else cell


def line_of(finding: Finding) -> bytes:
    """A finding as a line of a report."""
    return json.dumps(finding, ensure_ascii=False).encode() + b"\n"


def findings_in(lines: Iterable[bytes]) -> Iterator[Finding]:
    """The findings of a report, back from its lines."""
    for line in lines:
        number, action, title, changes, errors = json.loads(line)
        yield Finding(number, action, title, changes, [tuple(error) for error in errors])


def digest(before: str, lines: bytes) -> str:
    """What a report comes to, portion by portion: equal if the same rows would change the same things."""
    return hashlib.sha256(before.encode() + lines).hexdigest()


def _repeated(keys: Iterable[Hashable | None]) -> Iterator[tuple[int, int]]:
    """The places of keys that stood before, each with the place where they did first."""
    seen: dict[Hashable, int] = {}
    for place, key in enumerate(keys):
        if key is not None and seen.setdefault(key, place) != place:
            yield place, seen[key]


def _unpacked(cells: dict[str, Any]) -> dict[str, Any]:
    return {
        name: Formula(cell["formula"]) if isinstance(cell, dict) else cell for name, cell in cells.items()
    }


def total(findings: Sequence[Finding]) -> dict[str, int]:
    """How many rows came to each action."""
    counts = dict.fromkeys([str(action) for action in Action], 0)
    for finding in findings:
        counts[finding.action] += 1
    return counts
