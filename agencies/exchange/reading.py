"""Reading an uploaded table row by row, with the numbers a spreadsheet shows beside the rows."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agencies.exchange.uploads import Format

MAX_ROWS = 50_000
MAX_COLUMNS = 60
#: Longer than what Excel lets stand in a cell.
MAX_CELL = 32_767
#: What is read to tell by which sign a CSV parts its columns.
_SAMPLE = 8192
_SEPARATORS = ",;\t|"


@dataclass(frozen=True)
class Row:
    """One row: its number as spreadsheets count (the header is mostly 1), and its cells as they are.

    A cell is a text, a number, yes or no, an ISO date as text, None, or a ``Formula``.
    """

    number: int
    cells: list[Any]


@dataclass(frozen=True)
class Formula:
    """A cell that holds a formula instead of a value."""

    text: str

    def __str__(self) -> str:
        return self.text


def rows_of(path: Path, kind: Format) -> Iterator[Row]:
    """Every row that is not blank, the header first.

    Raises ValidationError for a file that cannot be read, saying where, or that has too many rows.
    """
    rows = _of_workbook(path) if kind is Format.XLSX else _of_text(path)
    count = 0
    for row in rows:
        while row.cells and row.cells[-1] in (None, ""):
            row.cells.pop()
        if not row.cells:
            continue
        count += 1
        if count > MAX_ROWS + 1:
            raise ValidationError(_("The file has more than %(limit)d rows. Split it.") % {"limit": MAX_ROWS})
        yield row


def is_short(path: Path, kind: Format, rows: int) -> bool:
    """Whether a file has no more rows than so many, or cannot be read anyhow; told without much work."""
    if kind is Format.XLSX and path.stat().st_size > rows * 500:
        return False
    try:
        return sum(1 for _row in islice(rows_of(path, kind), rows + 2)) <= rows + 1
    except ValidationError:
        return True


def _of_text(path: Path) -> Iterator[Row]:
    text = _decoded(path.read_bytes())
    # By such a line Excel is told which sign parts the columns.
    declared = text[4] if text.startswith("sep=") and len(text) > 4 else ""
    lines = csv.reader(
        io.StringIO(text, newline=""), delimiter=declared or _separator(text[:_SAMPLE]), strict=True
    )
    number = 0
    try:
        for number, cells in enumerate(lines, 1):
            if number == 1 and declared:
                continue
            if len(cells) > MAX_COLUMNS:
                raise ValidationError(_too_wide(number))
            yield Row(number, [_short(cell, number) for cell in cells])
    except csv.Error as error:
        raise ValidationError(
            _("Row %(row)d is no proper CSV: %(reason)s.") % {"row": number + 1, "reason": error}
        ) from None


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValidationError(
            _("Line %(line)d is not in UTF-8. Save the file as “CSV UTF-8”, or as .xlsx.") % {"line": line}
        ) from None


def _separator(sample: str) -> str:
    """The sign that parts the columns of the first line; a comma where nothing does."""
    first = sample.splitlines()[0] if sample.splitlines() else ""
    return max(_SEPARATORS, key=first.count)


def _of_workbook(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        try:
            book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        except Exception as error:
            # Whatever a damaged workbook makes the library stumble over.
            raise ValidationError(_("The workbook is damaged and cannot be opened.")) from error
        try:
            if not book.worksheets:
                raise ValidationError(_("The workbook has no sheet."))
            yield from _of_sheet(book.worksheets[0])
        except (ParseError, KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise ValidationError(_("The workbook is damaged and cannot be opened.")) from error
        finally:
            book.close()


def _of_sheet(sheet: Any) -> Iterator[Row]:
    # A sheet's own word on its size may be wrong.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), 1):
        values = [_value(cell, number) for cell in cells]
        if len(values) > MAX_COLUMNS and values[MAX_COLUMNS] not in (None, ""):
            raise ValidationError(_too_wide(number))
        yield Row(number, values[:MAX_COLUMNS])


def _value(cell: Any, number: int) -> Any:
    value = cell.value
    if value is None or isinstance(value, bool | int):
        return value
    if cell.data_type in ("f", "e") or not isinstance(value, str | float | datetime | date | time):
        return Formula(str(value)[:100])
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return _short(value, number)


def _short(text: str, number: int) -> str:
    if len(text) > MAX_CELL:
        raise ValidationError(_("A cell of row %(row)d is far too long.") % {"row": number})
    return text


def _too_wide(number: int) -> str:
    return _("Row %(row)d has more than %(limit)d columns.") % {"row": number, "limit": MAX_COLUMNS}
