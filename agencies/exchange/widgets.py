"""From cells to values and back: each kind of column, forgiving where the meaning is plain.

``clean`` raises ValueError with the reason a reader is told. A blank cell is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from import_export.widgets import Widget

from agencies.exchange.cells import given
from agencies.exchange.reading import Formula
from agencies.folding import folded

#: A whole number, its thousands set apart or not: 1234567, 1.234.567, 1,234,567, 1 234 567.
_WHOLE = re.compile(r"-?(\d+|\d{1,3}([.,\s\u00a0\u202f])\d{3}(\2\d{3})*)", re.ASCII)
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_MONTH = re.compile(r"(\d{4})-?(\d{2})|(\d{1,2})[/.-](\d{4})", re.ASCII)
_YES = {"1", "x", "co", "yes", "y", "true", "dung"}
_NO = {"0", "khong", "no", "n", "false", "sai"}
LANGUAGES = ("vi", "en")


class CellWidget(Widget):
    """What all columns share: a formula is refused, text is taken as it was meant."""

    #: What a cell may hold, told beside the column's name.
    hint: Any = ""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if isinstance(value, Formula):
            raise ValueError(_("The cell holds a formula; paste its value."))
        if isinstance(value, str):
            value = given(value)
        return None if value is None or value == "" else self.parsed(value)

    def parsed(self, value: Any) -> Any:
        """The value of a cell that is not blank; raises ValueError."""
        raise NotImplementedError

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """The value as a cell of a file; None stays blank."""
        return value


class TextWidget(CellWidget):
    """A text; a number typed where a text belongs is one."""

    def parsed(self, value: Any) -> str:
        if isinstance(value, bool):
            return "1" if value else "0"
        return str(value)


class WholeWidget(CellWidget):
    """A whole number, not below zero."""

    hint = gettext_lazy("a whole number")

    def parsed(self, value: Any) -> int:
        if isinstance(value, bool | float) or not _WHOLE.fullmatch(str(value)):
            raise ValueError(_("“%(value)s” is not a whole number.") % {"value": _cut(value)})
        number = int(re.sub(r"[^\d-]", "", str(value))) if len(str(value)) < 40 else 10**40
        if number < 0:
            raise ValueError(_("It cannot be below zero."))
        return number


class DecimalWidget(CellWidget):
    """A number with up to ``places`` decimals, after a comma or a point; more are rounded off."""

    hint = gettext_lazy("a number, e.g. 21.0285")

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def parsed(self, value: Any) -> Decimal:
        try:
            number = Decimal(str(value).replace(",", "."))
        except InvalidOperation:
            number = Decimal("NaN")
        if isinstance(value, bool) or not number.is_finite() or abs(number.adjusted()) > 12:
            raise ValueError(_("“%(value)s” is not a number.") % {"value": _cut(value)})
        return round(number, self.places)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return None if value is None else float(value)


class DateWidget(CellWidget):
    """A day: a date cell, 2026-03-31 or 31/03/2026."""

    hint = gettext_lazy("a date, e.g. 31/03/2026")

    def parsed(self, value: Any) -> date:
        for form in _DATES:
            try:
                return datetime.strptime(str(value), form).date()  # noqa: DTZ007  (a day has no zone)
            except ValueError:
                continue
        raise ValueError(_("“%(value)s” is not a date; write 31/03/2026.") % {"value": _cut(value)})


class MonthWidget(CellWidget):
    """A month as a number: 202603, 2026-03, 03/2026, or any day of it as a date cell."""

    hint = gettext_lazy("a month, e.g. 03/2026 or 202603")

    def parsed(self, value: Any) -> int:
        text = str(value)
        match = _MONTH.fullmatch(text[:7] if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else text)
        if match:
            year, month = (match[1], match[2]) if match[1] else (match[4], match[3])
            if 1 <= int(month) <= 12 and 1990 <= int(year) <= 2100:
                return int(year) * 100 + int(month)
        raise ValueError(_("“%(value)s” is not a month; write 03/2026 or 202603.") % {"value": _cut(value)})


class YesNoWidget(CellWidget):
    """Yes or no, in either language."""

    hint = gettext_lazy("yes or no; also x, 1, 0")

    def parsed(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        word = folded(str(value))
        if word in _YES or word in _NO:
            return word in _YES
        raise ValueError(_("“%(value)s” is neither yes nor no.") % {"value": _cut(value)})

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return None if value is None else _("yes") if value else _("no")


class ChoiceWidget(CellWidget):
    """One of a few values, by its name in either language or by its code."""

    def __init__(self, choices: Mapping[str, Any] | Any) -> None:
        super().__init__()
        self.labels: dict[str, Any] = dict(choices)

    @property
    def hint(self) -> str:
        """Every value it may be."""
        return " · ".join(str(label) for label in self.labels.values())

    def parsed(self, value: Any) -> str:
        found = self.words.get(folded(str(value)))
        if found is None:
            raise ValueError(
                _("“%(value)s” is none of: %(choices)s.") % {"value": _cut(value), "choices": self.hint}
            )
        return found

    @cached_property
    def words(self) -> dict[str, str]:
        """The values by everything they may be called, folded."""
        names = {word: code for code, label in self.labels.items() for word in _in_languages(label)}
        return names | {folded(code): code for code in self.labels}

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return str(self.labels.get(value, value)) if value not in (None, "") else None


class ChoicesWidget(ChoiceWidget):
    """Several of a few values, a semicolon between them, in the order of their declaration."""

    def parsed(self, value: Any) -> list[str]:  # type: ignore[override]
        chosen = {super(ChoicesWidget, self).parsed(part) for part in str(value).split(";") if part.strip()}
        return [code for code in self.labels if code in chosen]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return "; ".join(str(self.labels.get(code, code)) for code in value) if value else None


class KeyWidget(CellWidget):
    """A code that stands for a row of another table, kept as its id.

    ``named`` is the resource's method that gives the table's ids by code, once a file; ``unknown`` is
    what a reader is told of a code that is not among them.
    """

    #: Set by the resource to its own method of that name.
    table: Callable[[], KeyTable]

    def __init__(self, named: str, unknown: Any) -> None:
        super().__init__()
        self.named, self.unknown = named, unknown

    def parsed(self, value: Any) -> int:
        found = self.table().ids.get(str(value).strip())
        if found is None:
            raise ValueError(str(self.unknown) % {"code": _cut(value)})
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return self.table().codes.get(value)


class KeyTable:
    """The ids of a table's rows by every code they are known by, and the code each is written by."""

    def __init__(self, ids: Mapping[str, int], codes: Mapping[int, str]) -> None:
        self.ids, self.codes = ids, codes


def _in_languages(label: Any) -> set[str]:
    words = set()
    for language in LANGUAGES:
        with override(language):
            words.add(folded(str(label)))
    return words


def _cut(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
