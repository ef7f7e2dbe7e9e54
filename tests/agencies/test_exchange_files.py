"""Files: what may be taken in, how cells are read, and what is written reads back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from agencies.exchange import reading, uploads
from agencies.exchange.cells import FORMULA_STARTS, harmless, shown
from agencies.exchange.cells import given as meant
from agencies.exchange.reading import Formula, Row, is_short, rows_of
from agencies.exchange.sheets import Head, assemble, lines_of
from agencies.exchange.uploads import Format, format_of
from agencies.exchange.widgets import (
    CellWidget,
    ChoicesWidget,
    ChoiceWidget,
    DateWidget,
    DecimalWidget,
    MonthWidget,
    TextWidget,
    WholeWidget,
    YesNoWidget,
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


def book(*rows: list[Any]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def form(content: bytes) -> Format:
    return format_of(io.BytesIO(content), len(content))


def read(tmp_path: Path, content: bytes, kind: Format = Format.CSV) -> list[Row]:
    path = tmp_path / "source"
    path.write_bytes(content)
    return list(rows_of(path, kind))


# --- What may be taken in -------------------------------------------------------------------------------


def test_files_are_known_by_their_content() -> None:
    assert form("mã,tên\nH44,Phú Thọ".encode()) is Format.CSV
    assert form("mã\ttên".encode("utf-16")) is Format.CSV
    assert form(book(["a"])) is Format.XLSX


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old format"),
        (b"%PDF-1.7 \x00\x01", "neither"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither"),
        (b"PK\x03\x04 and no more", "damaged"),
        (archive(word__document=b"x"), "neither"),
        (archive(**{"xl__workbook.xml": b"0" * 200_000_000}), "unfolds"),
        (archive(**{"xl__workbook.xml": b"x", **{f"p{n}": b"" for n in range(600)}}), "unfolds"),
    ],
)
def test_anything_else_is_refused_with_a_reason(content: bytes, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        form(content)


def test_a_protected_workbook_and_a_heavy_file_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(book(["a"]))
    # The flag of the first entry of the directory: encrypted.
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ValidationError, match="password"):
        form(bytes(content))
    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    with pytest.raises(ValidationError, match="Split it"):
        form(b"code,name,kind")


# --- Reading --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_any_separator_is_understood_and_rows_keep_their_numbers(tmp_path: Path, sign: str) -> None:
    lines = ["code{0}name", "", 'H44{0}"Phú {0} Thọ"', "{0}", 'H21{0}"hai\ndòng"']
    rows = read(tmp_path, "\r\n".join(lines).format(sign).encode("utf-8-sig"))
    assert [(row.number, row.cells) for row in rows] == [
        (1, ["code", "name"]),
        (3, ["H44", f"Phú {sign} Thọ"]),
        (5, ["H21", "hai\ndòng"]),
    ]


def test_excel_s_own_ways_are_understood(tmp_path: Path) -> None:
    assert read(tmp_path, b"sep=;\r\ncode;name\r\nH44;a,b")[1] == Row(3, ["H44", "a,b"])
    assert read(tmp_path, "mã\ttên\r\nH44\tPhú Thọ".encode("utf-16"))[1] == Row(2, ["H44", "Phú Thọ"])


def test_a_workbook_s_cells_come_as_what_they_are(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        book(
            ["text", "whole", "share", "day", "moment", "yes", "formula", None],
            ["H44", 12.0, 1.5, date(2026, 3, 2), datetime(2026, 3, 2, 9, 30), True, "=1+1", None],  # noqa: DTZ001
        ),
        Format.XLSX,
    )
    assert rows[1].cells == ["H44", 12, 1.5, "2026-03-02", "2026-03-02T09:30:00", True, Formula("=1+1")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a,b\n\xe9,1", "Line 2"),
        (b'a,b\n"x', "Row 3 is no proper CSV|Row 2 is no proper CSV"),
        (b"a\n" + b"," * 100, "Row 2 has more than"),
        (b"a\n" + b"x" * 40_000, "Row 2|row 2"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        read(tmp_path, content)


def test_damaged_workbooks_are_told(tmp_path: Path) -> None:
    whole = book(["a"])
    for content in (
        archive(**{"xl__workbook.xml": b"<not"}),
        whole.replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet9.xml"),
        whole[: len(whole) // 2],
    ):
        with pytest.raises(ValidationError, match=r"damaged|no sheet"):
            read(tmp_path, content, Format.XLSX)


def test_a_table_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    assert len(read(tmp_path, b"a\n1\n2\n3\n")) == 4
    with pytest.raises(ValidationError, match="more than 3 rows"):
        read(tmp_path, b"a\n1\n2\n3\n4\n")
    path = tmp_path / "source"
    path.write_bytes(b"a\n1\n2\n")
    assert is_short(path, Format.CSV, 2) and not is_short(path, Format.CSV, 1)
    path.write_bytes(b"a\n\xff\n")
    assert is_short(path, Format.CSV, 1)


# --- Cells ----------------------------------------------------------------------------------------------


@given(st.text(max_size=30))
def test_nothing_written_is_a_formula_and_all_of_it_is_meant_the_same(text: str) -> None:
    written = harmless(text)
    assert not written.startswith(FORMULA_STARTS)
    assert meant(written) == meant(text)


@pytest.mark.parametrize("text", ["=1+1", "+84", "-5", "@x", "\t=1", "\r=1", "＝1", "＠x"])
def test_what_a_spreadsheet_would_run_is_marked(text: str) -> None:
    assert harmless(text) == "'" + text
    assert meant("'" + text.strip()) == meant(text)


def test_texts_are_composed_trimmed_and_printable() -> None:
    assert meant("  Phu\u0301 Tho\u0323\x00 ") == "Phú Thọ"
    assert meant("'tis") == "'tis"


def test_moments_are_shown_in_vietnamese_time() -> None:
    assert shown(datetime(2026, 3, 1, 20, 0, tzinfo=UTC)) == datetime(2026, 3, 2, 3, 0)  # noqa: DTZ001


GOOD = [
    (TextWidget(), 12, "12"),
    (WholeWidget(), "1.234.567", 1234567),
    (WholeWidget(), "1 234", 1234),
    (WholeWidget(), "1,234", 1234),
    (WholeWidget(), 0, 0),
    (DecimalWidget(6), "21,0285", Decimal("21.0285")),
    (DecimalWidget(2), 21.0285111, Decimal("21.03")),
    (DateWidget(), "2026-03-02", date(2026, 3, 2)),
    (DateWidget(), "2/3/2026", date(2026, 3, 2)),
    (DateWidget(), "02.03.2026", date(2026, 3, 2)),
    (MonthWidget(), 202603, 202603),
    (MonthWidget(), "3/2026", 202603),
    (MonthWidget(), "2026-03", 202603),
    (MonthWidget(), "2026-03-01", 202603),
    (YesNoWidget(), "Có", True),
    (YesNoWidget(), "khong", False),
    (YesNoWidget(), True, True),
    (YesNoWidget(), 0, False),
    (ChoiceWidget([("a", "One thing"), ("b", "Other")]), "one  THING", "a"),
    (ChoicesWidget([("a", "One"), ("b", "Two")]), "two; a;", ["a", "b"]),
]
BAD = [
    (WholeWidget(), "1.23"),
    (WholeWidget(), "12,5"),
    (WholeWidget(), 1.5),
    (WholeWidget(), True),
    (WholeWidget(), "-1"),
    (WholeWidget(), "１２"),
    (DecimalWidget(6), "1e999999"),
    (DecimalWidget(6), "nan"),
    (DateWidget(), "03/31/2026"),
    (DateWidget(), "46000"),
    (MonthWidget(), "13/2026"),
    (MonthWidget(), "032026"),
    (YesNoWidget(), "2"),
    (ChoiceWidget([("a", "One")]), "Two"),
    (ChoicesWidget([("a", "One")]), "One; Two"),
    (TextWidget(), Formula("=1")),
]


@pytest.mark.parametrize(("widget", "cell", "value"), GOOD)
def test_cells_are_understood(widget: CellWidget, cell: Any, value: Any) -> None:
    assert widget.clean(cell) == value
    assert widget.clean(widget.render(value)) == value
    assert widget.clean(None) is widget.clean("  ") is None


@pytest.mark.parametrize(("widget", "cell"), BAD)
def test_cells_that_make_no_sense_say_so(widget: CellWidget, cell: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        widget.clean(cell)


def test_a_number_of_a_million_digits_costs_nothing() -> None:
    assert WholeWidget().clean("9" * 100_000) == 10**40


# --- Writing --------------------------------------------------------------------------------------------

VALUES = [
    ["=1+1", "a & <b> \"c\"\n'd'", 5, -2.5, True, None, date(2026, 3, 2), datetime(2026, 3, 2, 9, 30)],  # noqa: DTZ001
    ["\ud800 lone", "\x0b control", 0, 10**12, False, "", date(1999, 12, 31), datetime(2026, 12, 31, 23, 59)],  # noqa: DTZ001
]


def test_a_workbook_written_in_portions_is_one_that_others_read(tmp_path: Path) -> None:
    body, path = tmp_path / "body", tmp_path / "a.xlsx"
    body.write_bytes(lines_of(VALUES[:1], Format.XLSX) + lines_of(VALUES[1:], Format.XLSX))
    head = Head("Hồ sơ: [a/b]", [f"column {n}" for n in range(8)], [("Agency", "=H44"), ("Rows", 2)])
    assemble(path, head, body, Format.XLSX)
    sheet, about = openpyxl.load_workbook(path).worksheets
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "column 0"
    assert rows[1][:6] == ("'=1+1", "a & <b> \"c\"\n'd'", 5, -2.5, True, None)
    assert [cell.isoformat() for cell in rows[1][6:]] == ["2026-03-02T00:00:00", "2026-03-02T09:30:00"]
    assert rows[2][:5] == (" lone", " control", 0, 10**12, False)
    assert sheet["G2"].number_format == "dd/mm/yyyy" and sheet["H2"].number_format == "dd/mm/yyyy hh:mm"
    assert sheet["A2"].data_type == "s" and sheet.freeze_panes == "A2"
    assert list(about.iter_rows(values_only=True)) == [("Agency", "'=H44"), ("Rows", "2")]


def test_a_csv_tells_what_it_holds_before_its_header(tmp_path: Path) -> None:
    body, path = tmp_path / "body", tmp_path / "a.csv"
    body.write_bytes(lines_of(VALUES[:1], Format.CSV))
    assemble(path, Head("Dossiers", ["a", "=b"], [("Agency", "H44, all")]), body, Format.CSV)
    rows = read(tmp_path, path.read_bytes())
    assert rows[0].cells == ["# Agency: H44, all"]
    assert rows[1].cells == ["a", "'=b"]
    assert rows[2].cells[:5] == ["'=1+1", "a & <b> \"c\"\n'd'", "5", "-2.5", "True"]
    assemble(path, Head("Empty", ["a"]), None, Format.CSV)
    assert path.read_bytes() == "\ufeffa\r\n".encode()
