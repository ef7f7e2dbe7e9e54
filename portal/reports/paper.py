"""A paper in the layout of administrative documents, as a PDF: Decree 30/2020/NĐ-CP, annex I.

A4 upright; margins 20 mm above and below, 30 left, 15 right; a letter of Times New Roman's measures, 13 or
14 points, black; pages numbered in the upper margin from the second one on. The bytes follow from what is
told alone, so that the same paper is the same file.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from portal.reports.letterhead import BLANK, MOTTO, NATION, Letterhead
from portal.reports.typeface import BOLD, BOLD_ITALIC, FAMILY, ITALIC, load

TOP, BOTTOM, LEFT, RIGHT = 20 * mm, 20 * mm, 30 * mm, 15 * mm
WIDTH = A4[0] - LEFT - RIGHT
#: What is written across every page of a paper that is not final.
PROVISIONAL = "TẠM TÍNH"

_BODY = ParagraphStyle("body", fontName=FAMILY, fontSize=13, leading=17, spaceAfter=6, alignment=TA_JUSTIFY)
_INDENTED = ParagraphStyle("indented", parent=_BODY, firstLineIndent=10 * mm)
_ITEM = ParagraphStyle("item", parent=_BODY, leftIndent=10 * mm, bulletIndent=5 * mm, spaceAfter=3)
_HEADING = ParagraphStyle("heading", parent=_BODY, fontName=BOLD, spaceBefore=6, alignment=TA_LEFT)
_SUBHEADING = ParagraphStyle("subheading", parent=_BODY, alignment=TA_LEFT, spaceAfter=3)
_CENTRED = ParagraphStyle("centred", parent=_BODY, alignment=TA_CENTER, spaceAfter=0, leading=15)
_ADDRESSED = ParagraphStyle("addressed", parent=_CENTRED, spaceAfter=10)
_HEAD = ParagraphStyle("head", parent=_CENTRED, fontSize=12)
_TITLE = ParagraphStyle("title", parent=_CENTRED, fontName=BOLD, fontSize=14, leading=18)
_CELL = ParagraphStyle("cell", fontName=FAMILY, fontSize=9.5, leading=11.5)
_COLUMN = ParagraphStyle("column", parent=_CELL, fontName=BOLD, fontSize=7.5, leading=9, alignment=TA_CENTER)
_HALVES = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("ALIGN", (0, 0), (-1, -1), "CENTER"),
    *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
]
_TO = ParagraphStyle("to", parent=_CELL, fontSize=11, leading=13)


@dataclass(frozen=True)
class Paper:
    """What a paper says beside its body.

    ``kind`` and ``about`` are its type and what it is about. ``dated`` None leaves the day to be filled
    in. ``foot`` stands under every page; ``provisional`` has every page say so.
    """

    head: Letterhead
    kind: str
    about: str
    foot: str
    recipients: Sequence[str]
    dated: date | None = None
    provisional: bool = False
    title: str = ""


def bytes_of(paper: Paper, body: Sequence[Flowable]) -> bytes:
    """The paper as a PDF."""
    load()
    buffer = io.BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        topMargin=TOP,
        bottomMargin=BOTTOM,
        leftMargin=LEFT,
        rightMargin=RIGHT,
        title=paper.title or paper.about,
        author=paper.head.issuer.replace("\n", " "),
        lang="vi",
        invariant=1,
    )
    frame = Frame(LEFT, BOTTOM, WIDTH, A4[1] - TOP - BOTTOM, 0, 0, 0, 0)

    def around(canvas: Canvas, document: Any) -> None:
        _around(canvas, document.page, paper)

    document.addPageTemplates([PageTemplate("page", [frame], onPage=around)])
    document.build([*_opening(paper), *body, *_closing(paper)])
    return buffer.getvalue()


# --- What a body is put together from ----------------------------------------


def heading(number: str, text: str) -> list[Flowable]:
    """The heading of a part under its number, never at the very end of a page."""
    load()
    told = f"{number}. {text}" if number else text
    return [CondPageBreak(30 * mm), Paragraph(escape(told), _HEADING)]


def subheading(text: str) -> list[Flowable]:
    """The heading of a point within a part."""
    load()
    return [CondPageBreak(18 * mm), Paragraph(f"<i>{escape(text)}</i>", _SUBHEADING)]


def paragraph(text: str) -> Flowable:
    """A paragraph, its first line indented."""
    load()
    return Paragraph(escape(text), _INDENTED)


def addressed(to: str) -> Flowable:
    """Whom the paper is for."""
    load()
    return Paragraph(f"Kính gửi: {escape(to)}.", _ADDRESSED)


def items(texts: Sequence[str]) -> list[Flowable]:
    """Lines, each behind a dash."""
    load()
    return [Paragraph(f"<bullet>-</bullet>{escape(text)}", _ITEM) for text in texts]


def table(
    columns: Sequence[tuple[str, float]],
    rows: Sequence[Sequence[str]],
    *,
    texts: Sequence[int] = (),
) -> Flowable:
    """A table over as many pages as it takes, its head on each.

    ``columns`` are headings with their widths in millimetres. The columns in ``texts`` are written from
    the left, others from the right; the rows in ``strong`` are set in bold.
    """
    load()
    head = [Paragraph(escape(name), _COLUMN) for name, _width in columns]
    # Figures are drawn as they are: laying each out as a paragraph takes ten times as long.
    cells = [
        [Paragraph(escape(cell), _CELL) if place in texts else cell for place, cell in enumerate(row)]
        for row in rows
    ]
    return Table(
        [head, *cells],
        colWidths=[width * mm for _name, width in columns],
        repeatRows=1,
        spaceBefore=4,
        spaceAfter=8,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            ("FONT", (0, 1), (-1, -1), FAMILY, _CELL.fontSize, _CELL.leading),
            ("ALIGN", (0, 1), (-1, -1), "RIGHT"),
            ("VALIGN", (0, 0), (-1, 0), "MIDDLE"),
            ("VALIGN", (0, 1), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, 0), 1.5),
            ("RIGHTPADDING", (0, 0), (-1, 0), 1.5),
            ("LEFTPADDING", (0, 1), (-1, -1), 2.5),
            ("RIGHTPADDING", (0, 1), (-1, -1), 2.5),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ],
    )


def _opening(paper: Paper) -> list[Flowable]:
    """The two halves of the head, then the paper's type and what it is about."""
    head = paper.head
    left: list[Flowable] = []
    if head.above:
        left.append(Paragraph(escape(head.above.upper()), _HEAD))
    left += [
        *(Paragraph(f"<b>{escape(line.upper())}</b>", _HEAD) for line in head.issuer.split("\n")),
        _rule("35%"),
        Paragraph(f"Số: {BLANK}/{escape(head.sign)}", _CENTRED),
    ]
    right: list[Flowable] = [
        Paragraph(f"<b>{NATION}</b>", _HEAD),
        Paragraph(f"<b>{MOTTO}</b>", _CENTRED),
        _rule("66%"),
        Paragraph(f"<i>{escape(head.place)}, {_day(paper.dated)}</i>", _CENTRED),
    ]
    halves = Table(
        [[left, right]],
        colWidths=[0.43 * WIDTH, 0.57 * WIDTH],
        style=_HALVES,
    )
    return [
        halves,
        Spacer(1, 8 * mm),
        Paragraph(escape(paper.kind.upper()), _TITLE),
        Paragraph(escape(paper.about), _TITLE),
        _rule("40%"),
        Spacer(1, 4 * mm),
    ]


def _closing(paper: Paper) -> list[Flowable]:
    """Who gets it, and the place for a signature."""
    to = [Paragraph(f'<font name="{BOLD_ITALIC}" size="12">Nơi nhận:</font>', _TO)]
    to += [Paragraph(f"- {escape(recipient)}", _TO) for recipient in paper.recipients]
    signed = [
        Paragraph(f"<b>{paper.head.signer}</b>", _CENTRED),
        Spacer(1, 6 * mm),
        Paragraph(f'<font name="{ITALIC}" size="11">(Ký tên, đóng dấu)</font>', _CENTRED),
        Spacer(1, 22 * mm),
    ]
    halves = Table(
        [[to, signed]],
        colWidths=[0.5 * WIDTH, 0.5 * WIDTH],
        style=_HALVES,
    )
    return [KeepTogether([Spacer(1, 6 * mm), halves])]


def _around(canvas: Canvas, number: int, paper: Paper) -> None:
    """What every page bears: its number, whose figures these are, and that they are provisional."""
    canvas.saveState()
    if paper.provisional:
        canvas.setFont(BOLD, 96)
        canvas.setFillGray(0.94)
        canvas.translate(A4[0] / 2, A4[1] / 2)
        canvas.rotate(52)
        canvas.drawCentredString(0, -30, PROVISIONAL)
        canvas.restoreState()
        canvas.saveState()
    if number > 1:
        canvas.setFont(FAMILY, 13)
        canvas.drawCentredString(A4[0] / 2, A4[1] - 12 * mm, str(number))
    canvas.setFont(ITALIC, 9)
    canvas.setFillGray(0.25)
    canvas.drawString(LEFT, 11 * mm, paper.foot)
    canvas.restoreState()


def _rule(width: str) -> Flowable:
    return HRFlowable(width=width, thickness=0.7, color=colors.black, spaceBefore=2, spaceAfter=4)


def _day(dated: date | None) -> str:
    if dated is None:
        return "ngày .... tháng .... năm ......"
    # Days up to 9 and the first two months bear a nought, as the decree asks.
    month = f"{dated.month:02}" if dated.month <= 2 else str(dated.month)
    return f"ngày {dated.day:02} tháng {month} năm {dated.year}"
