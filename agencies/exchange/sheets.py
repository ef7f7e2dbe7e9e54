"""Writing tables: rows are written as they come and put under their head at the end.

So a file of any length takes no memory, can be gone on with after an interruption, and tells in its
head how many rows there are. A workbook's frame comes from openpyxl; its rows are written here, at ten
times the pace of openpyxl's own.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from agencies.exchange.cells import Cell, harmless
from agencies.exchange.uploads import Format

#: Rows that a sheet can hold, less its head.
MAX_SHEET_ROWS = 1_048_575
MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_EPOCH = date(1899, 12, 30)
_SHEET = "xl/worksheets/sheet1.xml"
_DAY_FORMAT, _MOMENT_FORMAT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Head:
    """What stands above the rows: the columns' names and, in ``told``, what the table is about.

    A workbook tells that on a sheet of its own, a CSV in lines that begin with ``#``, before the names.
    """

    title: str
    columns: Sequence[str]
    told: Sequence[tuple[str, Cell]] = field(default_factory=tuple)


def lines_of(rows: Iterable[Sequence[Cell]], form: Format) -> bytes:
    """Rows as they stand in a file of this form, to be appended one portion after the other."""
    return _csv_lines(rows) if form is Format.CSV else _sheet_rows(rows)


def assemble(path: Path, head: Head, body: Path | None, form: Format) -> None:
    """Write a finished file: the head, and below it what ``lines_of`` wrote into ``body``."""
    if form is Format.XLSX:
        _assemble_book(path, head, body)
        return
    told = [[f"# {name}: {_text(value)}"] for name, value in head.told]
    with path.open("wb") as file:
        # The mark by which spreadsheets know the letters for UTF-8.
        file.write(b"\xef\xbb\xbf" + _csv_lines([*told, list(head.columns)]))
        if body is not None:
            with body.open("rb") as lines:
                shutil.copyfileobj(lines, file, 1 << 20)


def _csv_lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([_text(harmless(cell)) for cell in row] for row in rows)
    return buffer.getvalue().encode(errors="replace")


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _assemble_book(path: Path, head: Head, body: Path | None) -> None:
    frame = zipfile.ZipFile(_frame(head))
    # The size it declares is its own, not that of the rows to come.
    sheet = re.sub("<dimension[^>]*/>", "", frame.read(_SHEET).decode())
    # The frame's second row is there only to have its dates' styles declared.
    before, _row, after = re.split(r'(<row r="2".*?</row>)', sheet, maxsplit=1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        for part in frame.namelist():
            if part != _SHEET:
                book.writestr(part, frame.read(part))
        with book.open(_SHEET, "w", force_zip64=True) as file:
            file.write(before.encode())
            if body is not None:
                with body.open("rb") as rows:
                    shutil.copyfileobj(rows, file, 1 << 20)
            file.write(after.encode())


def _frame(head: Head) -> io.BytesIO:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = _sheet_title(head.title)
    sheet.append([harmless(str(name)) for name in head.columns])
    sheet.append([_EPOCH, datetime(1900, 1, 1)])  # noqa: DTZ001  (as spreadsheets know moments)
    sheet["A2"].number_format, sheet["B2"].number_format = _DAY_FORMAT, _MOMENT_FORMAT
    for number, name in enumerate(head.columns, 1):
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = min(max(12, len(str(name)) + 2), 40)
    sheet.freeze_panes = "A2"
    if head.told:
        about: Any = book.create_sheet(_sheet_title(_("Filter")))
        for name, value in head.told:
            about.append([name, harmless(_text(value))])
            about.cell(about.max_row, 1).font = Font(bold=True)
        about.column_dimensions["A"].width, about.column_dimensions["B"].width = 28, 80
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _sheet_title(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:31].strip() or "1"


def _sheet_rows(rows: Iterable[Sequence[Cell]]) -> bytes:
    lines = (f"<row>{''.join(map(_sheet_cell, row))}</row>" for row in rows)
    return "".join(lines).encode(errors="replace")


def _sheet_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, bool):
        return f'<c t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, int | float):
        return f"<c><v>{cell!r}</v></c>"
    if isinstance(cell, datetime):
        return f'<c s="{_styles()[1]}"><v>{_serial(cell)}</v></c>'
    if isinstance(cell, date):
        return f'<c s="{_styles()[0]}"><v>{(cell - _EPOCH).days}</v></c>'
    text = escape(_ILLEGAL.sub("", harmless(cell)))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _serial(moment: datetime) -> float:
    since = moment - datetime(_EPOCH.year, _EPOCH.month, _EPOCH.day)  # noqa: DTZ001
    return round(since / timedelta(days=1), 10)


@cache
def _styles() -> tuple[str, str]:
    """The numbers under which the frame declares how days and moments look."""
    sheet = zipfile.ZipFile(_frame(Head("1", ["1", "2"]))).read(_SHEET).decode()
    found = [re.search(rf'r="{column}2" s="(\d+)"', sheet) for column in "AB"]
    day, moment = (match[1] for match in found if match)
    return day, moment
