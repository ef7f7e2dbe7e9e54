"""What may be taken in: a real CSV or XLSX of a sensible size, whatever its name claims."""

from __future__ import annotations

import zipfile
from enum import StrEnum
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
MAX_BYTES = 20 * MEGABYTE
#: What an XLSX may unfold to, and into how many parts: a file that says more is a bomb, or no table.
MAX_UNFOLDED = 100 * MEGABYTE
MAX_RATIO = 100
MAX_PARTS = 500

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_WORKBOOK = "xl/workbook.xml"


class Format(StrEnum):
    """The kinds of file that are read and written."""

    CSV = "csv"
    XLSX = "xlsx"


def format_of(file: BinaryIO, size: int) -> Format:
    """What a file is, by its content; it is left at its beginning.

    Raises ValidationError, saying what to do, for anything but a CSV or an XLSX that is safe to open.
    """
    if not size:
        raise ValidationError(_("The file is empty."))
    if size > MAX_BYTES:
        raise ValidationError(
            _("The file has %(size)d MB; at most %(limit)d MB are taken. Split it.")
            % {"size": -(-size // MEGABYTE), "limit": MAX_BYTES // MEGABYTE}
        )
    file.seek(0)
    beginning = file.read(4096)
    file.seek(0)
    if beginning.startswith(_OLD_OFFICE):
        raise ValidationError(
            _("This is a workbook of the old format (.xls) or a protected one. Save it as .xlsx.")
        )
    if beginning.startswith(_ZIP):
        _refuse_bombs(file)
        file.seek(0)
        return Format.XLSX
    if _is_text(beginning):
        return Format.CSV
    raise ValidationError(_("This is neither a CSV file nor an Excel workbook (.xlsx)."))


def _is_text(beginning: bytes) -> bool:
    # UTF-16 is what Excel calls "Unicode text"; elsewhere a NUL is a sign of something else.
    utf16 = beginning.startswith((b"\xff\xfe", b"\xfe\xff"))
    return utf16 or not any(beginning.count(byte) for byte in (b"\x00", b"\x01", b"\x02", b"\x1b"))


def _refuse_bombs(file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        raise ValidationError(_("The workbook is damaged and cannot be opened.")) from None
    if _WORKBOOK not in {part.filename for part in parts}:
        raise ValidationError(_("This is neither a CSV file nor an Excel workbook (.xlsx)."))
    if any(part.flag_bits & 1 for part in parts):
        raise ValidationError(_("The workbook is protected by a password. Save it without one."))
    # The sizes a part declares are the most that is ever unfolded of it.
    unfolded, folded = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if len(parts) > MAX_PARTS or unfolded > MAX_UNFOLDED or unfolded > MAX_RATIO * max(folded, 1):
        raise ValidationError(_("The workbook unfolds to far more than a table of its size can hold."))
