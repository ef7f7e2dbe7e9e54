"""A bulletin on paper: the report of an office on its period, in Vietnamese."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override
from reportlab.platypus import Flowable

from portal.reports import bulletin_words as words
from portal.reports.letterhead import letterhead
from portal.reports.paper import Paper, bytes_of, heading, items, paragraph, table
from procedures.months import VIETNAM
from scoring.bulletin import Bulletin, Units
from scoring.explanation import Guide

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII")
_GROUP_WIDTHS = (75.0, 22.0, 22.0, 24.0, 22.0)
_UNIT_WIDTHS = (11.0, 37.0, 13.0, 20.0, 14.0, 12.0)
_WIDTH = 165.0


def bulletin_pdf(told: Bulletin) -> bytes:
    """The bulletin as a PDF; of a published result the same bytes whenever it is made."""
    with override("vi"):
        return bytes_of(_paper(told), _body(told))


def _paper(told: Bulletin) -> Paper:
    publication, agency = told.results.publication, told.agency
    approved = publication.approved_at if publication else None
    return Paper(
        head=letterhead(agency, told.above),
        kind=_("Report"),
        about=words.subject(told),
        foot=words.standing_of_figures(told),
        recipients=[_("the offices named;"), _("filed.")],
        dated=approved.astimezone(VIETNAM).date() if approved else None,
        provisional=publication is None,
    )


def _body(told: Bulletin) -> list[Flowable]:
    body = heading("I", _("Overall result"))
    body += [paragraph(sentence) for sentence in words.overall(told)]
    names = words.group_columns()
    rows = [words.group_row(line) for line in told.groups]
    body.append(table(list(zip(names, _GROUP_WIDTHS, strict=True)), rows, texts=[0]))
    for number, units in zip(ROMAN[1:], told.units, strict=False):
        body += [*heading(number, words.of_class(units)), *_units(units, told.rules)]
    body += heading("", _("Notes"))
    body += items(list(words.notes(told)))
    return body


def _units(units: Units, rules: Guide) -> list[Flowable]:
    named = [f"{label}: {offices}." for label, offices in words.highlights(units)]
    return [*items(named), _table(units, rules)]


def _table(units: Units, rules: Guide) -> Flowable:
    names = words.unit_columns(rules)
    blocks = len(names) - len(_UNIT_WIDTHS)
    each = (_WIDTH - sum(_UNIT_WIDTHS)) / max(1, blocks)
    widths = [*_UNIT_WIDTHS, *[each] * blocks]
    rows = [words.unit_row(row, rules) for row in units.rows]
    return table(list(zip(names, widths, strict=True)), rows, texts=[1, 3])
