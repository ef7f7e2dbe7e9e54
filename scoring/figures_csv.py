"""Figures from a CSV file: what units counted, by criterion, to be graded without any dossier."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from scoring.grading import Figures, RuleSet

COLUMNS = ("unit", "criterion", "numerator", "denominator")


class BadFileError(ValueError):
    """A file none of whose rows can be read, with the reason."""


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be graded: its line in the file, the column, the reason and the unit."""

    line: int
    column: str
    reason: str
    unit: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.reason}"


@dataclass
class FiguresOfUnits:
    """The figures of each unit in the order of the file, and the rows that were no figures.

    A unit with a bad row is not among ``units``: graded without that row it would be wronged.
    """

    units: dict[str, dict[str, Figures]] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)

    @property
    def bad_lines(self) -> int:
        """How many rows are bad; a row may have several faults."""
        return len({row.line for row in self.bad})

    @property
    def left_out(self) -> list[str]:
        """Units not graded, since a row of theirs is bad."""
        return list(dict.fromkeys(row.unit for row in self.bad if row.unit))


def read_figures(lines: Iterable[str], rules: RuleSet) -> FiguresOfUnits:
    """Read the columns unit, criterion, numerator and denominator; others are passed over.

    Both figures empty means the criterion has no data. Raises BadFileError when a column is
    missing or the text is no CSV.
    """
    rows = csv.DictReader(lines)
    found = FiguresOfUnits()
    try:
        names = [name.strip().lower() for name in rows.fieldnames or []]
        rows.fieldnames = names
        missing = [column for column in COLUMNS if column not in names]
        if missing:
            raise BadFileError(
                f"line 1: no column {', '.join(missing)}; it has {', '.join(names) or 'none'}."
            )
        for row in rows:
            _take(row, rows.line_num, rules, found)
    except csv.Error as error:
        raise BadFileError(f"line {rows.line_num}: {error}.") from error
    for unit in found.left_out:
        found.units.pop(unit, None)
    return found


def _take(row: dict[str, str | None], line: int, rules: RuleSet, found: FiguresOfUnits) -> None:
    unit, code = (row["unit"] or "").strip(), (row["criterion"] or "").strip()
    faults = list(_faults(row, unit, code, rules, found))
    found.bad.extend(BadRow(line, column, reason, unit) for column, reason in faults)
    if not faults:
        numerator, denominator = _number(row["numerator"]), _number(row["denominator"])
        found.units.setdefault(unit, {})[code] = (
            None if numerator is None or denominator is None else (numerator, denominator)
        )


def _faults(
    row: dict[str, str | None], unit: str, code: str, rules: RuleSet, found: FiguresOfUnits
) -> Iterator[tuple[str, str]]:
    if None in row:
        yield "row", "it has more cells than the header."
        return
    if not unit:
        yield "unit", "it is empty."
    known = [criterion.code for criterion in rules.criteria]
    if code not in known:
        close = get_close_matches(code, known, n=1)
        hint = f"; did you mean {close[0]}?" if close else f"; the set has {', '.join(known)}."
        yield "criterion", f"{code!r} is not in the indicator set{hint}"
    elif code in found.units.get(unit, {}):
        yield "criterion", f"{code} of {unit} stands twice."
    empty = [name for name in ("numerator", "denominator") if not (row[name] or "").strip()]
    if len(empty) == 1:
        yield empty[0], "it is empty while the other figure is not."
    for name in ("numerator", "denominator"):
        try:
            _number(row[name])
        except ValueError as error:
            yield name, str(error)


def _number(text: str | None) -> Decimal | None:
    text = (text or "").strip()
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number (write 1234.5, without separators).") from None
    if not number.is_finite():
        raise ValueError(f"{text!r} is not a number.")
    if number < 0:
        raise ValueError(f"{text} is below zero.")
    if number.adjusted() > 18:
        raise ValueError(f"{text} is too large.")
    return number
