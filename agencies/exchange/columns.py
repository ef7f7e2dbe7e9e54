"""Columns of a table: their names in both languages, and whether a row can do without them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export.fields import Field

from agencies.exchange.cells import given
from agencies.exchange.reading import Formula
from agencies.exchange.widgets import LANGUAGES, CellWidget
from agencies.folding import folded


class Column(Field):
    """One column of a file, and the attribute of a record it is read from and written to.

    ``required`` columns are in every file; they and the ``filled`` ones are never blank, though a file
    that only amends may leave the latter out. A blank cell of another column means ``empty``.
    """

    def __init__(
        self,
        attribute: str,
        label: Any,
        widget: CellWidget,
        *,
        required: bool = False,
        filled: bool = False,
        empty: Any = None,
        hint: Any = "",
    ) -> None:
        super().__init__(attribute=attribute, column_name=attribute.removesuffix("_id"), widget=widget)
        self.label = label
        self.required, self.filled, self.empty = required, filled or required, empty
        self.hint = hint

    def clean(self, row: Mapping[str, Any], **kwargs: Any) -> Any:
        """The cell's value; raises ValueError when it is none or is missing."""
        value = self.widget.clean(row[self.column_name], row=row, **kwargs)
        if value is None and self.filled:
            raise ValueError(_("It must not be blank."))
        if value is None:
            return self.empty() if callable(self.empty) else self.empty
        return value

    def names(self) -> set[str]:
        """What the column may be called in a header, folded: its label in either language, or its code."""
        found = {folded(str(self.column_name))}
        for language in LANGUAGES:
            with override(language):
                found.add(folded(str(self.label)))
        return found


def columns_of(header: Sequence[Any], columns: Iterable[Column]) -> list[str | None]:
    """For each cell of a header, which column it heads; None for a blank one.

    Raises ValidationError, naming them, for headings that are no column, that stand twice, or for
    required columns that are missing.
    """
    known = list(columns)
    by_name = {name: column for column in known for name in column.names()}
    found: list[str | None] = []
    errors: list[str] = []
    for place, cell in enumerate(header, 1):
        text = "" if cell is None or isinstance(cell, Formula) else given(str(cell)).rstrip("*: ")
        if not text:
            found.append(None)
            continue
        column = by_name.get(folded(text))
        name = str(column.column_name) if column else None
        if column is None:
            errors.append(_("Column %(place)d: “%(name)s” is unknown.") % {"place": place, "name": text[:60]})
        elif name in found:
            errors.append(
                _("Column %(place)d: “%(name)s” stands twice.") % {"place": place, "name": text[:60]}
            )
        found.append(name)
    missing = [str(column.label) for column in known if column.required and column.column_name not in found]
    if missing:
        errors.append(_("Missing: %(names)s.") % {"names": ", ".join(missing)})
    if errors:
        errors.append(_("Known columns: %(names)s.") % {"names": ", ".join(str(c.label) for c in known)})
        raise ValidationError(errors)
    return found
