"""A workbook with the head of an administrative document; the same bytes whenever it is made."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from portal.reports.letterhead import BLANK, MOTTO, NATION, Letterhead

Cell = str | int | Decimal | None

_FACE = "Times New Roman"
_FORBIDDEN_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
#: A text that begins with one of these is run as a formula by a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_THIN = Side(style="thin")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def official_sheet(
    book: Workbook, title: str, head: Letterhead, about: str, told: Sequence[str]
) -> Worksheet:
    """A sheet that begins with who issues it, the nation's name and motto, what it is about, and
    ``told``: sentences, a row each. The table may follow with ``add_table``."""
    sheet = book.create_sheet(_FORBIDDEN_IN_TITLE.sub(" ", title)[:31])
    rows = [
        (head.issuer.replace("\n", " ").upper(), NATION),
        (f"Số: {BLANK}/{head.sign}", MOTTO),
        ("", f"{head.place}, ngày .... tháng .... năm ......"),
    ]
    for number, (left, right) in enumerate(rows, 1):
        _write(sheet, number, 1, left, bold=number == 1)
        _write(sheet, number, 5, right, bold=number < 3, italic=number == 3)
    _write(sheet, 5, 1, about, bold=True, size=14)
    for number, sentence in enumerate(told, 6):
        _write(sheet, number, 1, sentence)
    return sheet


def add_table(sheet: Worksheet, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[Cell]]) -> None:
    """A table below what the sheet holds, with a row between; ``columns`` are headings with widths."""
    first = sheet.max_row + 2
    for place, (name, width) in enumerate(columns, 1):
        cell = _write(sheet, first, place, name, bold=True)
        cell.border = _GRID
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = max(width, sheet.column_dimensions[letter].width or 0)
    for number, row in enumerate(rows, first + 1):
        for place, value in enumerate(row, 1):
            cell = _write(sheet, number, place, value)
            cell.border = _GRID
            if isinstance(value, Decimal):
                cell.number_format = "#,##0.00"


def bytes_of(book: Workbook, at: datetime) -> bytes:
    """The workbook as a file, told to be of ``at`` whenever it is made."""
    del book[book.sheetnames[0]]
    buffer, packed = io.BytesIO(), io.BytesIO()
    book.save(buffer)
    stamp = f"{at:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(buffer) as written, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(written.namelist()):
            part = written.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + stamp, part)
            package.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _write(
    sheet: Worksheet,
    row: int,
    column: int,
    value: Cell,
    *,
    bold: bool = False,
    italic: bool = False,
    size: int = 12,
) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS) and len(value) > 1:
        value = f"'{value}"
    cell = sheet.cell(row, column, value)
    cell.font = Font(name=_FACE, size=size, bold=bold, italic=italic)
    return cell
