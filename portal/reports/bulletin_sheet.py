"""A bulletin as a workbook: a sheet with the overall result, and one for each class of offices below."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook

from portal.reports import bulletin_words as words
from portal.reports.letterhead import letterhead
from portal.reports.workbook import Cell, add_table, bytes_of, official_sheet
from scoring.bulletin import Bulletin, GroupLine, Units
from scoring.explanation import Guide, named
from scoring.standings import Standing


def bulletin_sheet(told: Bulletin) -> bytes:
    """The bulletin as XLSX; of a published result the same bytes whenever it is made."""
    with override("vi"):
        book = Workbook()
        head = letterhead(told.agency, told.above)
        sentences = [words.standing_of_figures(told), *words.overall(told)]
        sheet = official_sheet(book, _("Overall result"), head, words.subject(told), sentences)
        names = words.group_columns()
        add_table(
            sheet,
            list(zip(names, (44, 12, 12, 12, 14), strict=True)),
            [_group(line) for line in told.groups],
        )
        for units in told.units:
            _add_class(book, units, told)
        return bytes_of(book, told.data_as_of)


def _add_class(book: Workbook, units: Units, told: Bulletin) -> None:
    head = letterhead(told.agency, told.above)
    lines = [words.standing_of_figures(told)]
    lines += [f"{label}: {offices}." for label, offices in words.highlights(units)]
    about = f"{words.of_class(units)}, {told.period.label}: {told.agency.name}"
    sheet = official_sheet(book, words.of_class(units), head, about, lines)
    names = [_("code"), *words.unit_columns(told.rules), _("Dossiers")]
    widths = [16, 10, 40, 10, 14, 12, 10, *[10] * len(told.rules.groups), 12]
    add_table(sheet, list(zip(names, widths, strict=True)), [_unit(row, told.rules) for row in units.rows])


def _group(line: GroupLine) -> list[Cell]:
    share = line.share * 100 if line.share is not None else None
    return [named(line.group), line.points, line.maximum, share, line.moved]


def _unit(row: Standing, rules: Guide) -> list[Cell]:
    card, moved = row.scorecard, row.since_previous
    look = rules.bands.get(card.band)
    return [
        card.agency.code,
        card.rank,
        card.agency.name,
        card.total,
        look.name if look else None,
        moved.points if moved else None,
        moved.places if moved else None,
        *(
            Decimal(points) if (points := card.groups.get(group.code)) is not None else None
            for group in rules.groups
        ),
        card.dossiers,
    ]
