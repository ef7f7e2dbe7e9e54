"""In which order a table of standings is shown, as its address asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from scoring.explanation import Guide
from scoring.standings import Standing

SORT, DIRECTION = "sap-xep", "chieu"
ASCENDING, DESCENDING = "tang", "giam"

#: How a column sorts, and whether it starts with its largest value.
SORTS: dict[str, tuple[Callable[[Standing], Any], bool]] = {
    "hang": (lambda row: row.scorecard.rank, False),
    "ten": (lambda row: (row.agency.name_folded, row.agency.code), False),
    "diem": (lambda row: row.scorecard.total, True),
    "ky-truoc": (lambda row: row.since_previous.points if row.since_previous else None, True),
    "tuan": (lambda row: row.since_last_week.points if row.since_last_week else None, True),
}


@dataclass(frozen=True)
class Order:
    """The order asked for: a column, and whether it goes down."""

    column: str
    down: bool


def order_asked(request: HttpRequest, rules: Guide) -> Order:
    """The order asked for; one that no column has is the ranks'."""
    column = request.GET.get(SORT, "")
    if column not in SORTS and column not in rules.maxima():
        column = "hang"
    downwards_first = SORTS[column][1] if column in SORTS else True
    direction = request.GET.get(DIRECTION)
    return Order(column, direction == DESCENDING if direction else downwards_first)


def in_order(rows: list[Standing], order: Order) -> list[Standing]:
    """Rows in the order asked for; those without the value stay last in both directions."""
    value: Callable[[Standing], Any] = _points_of(order.column)
    if order.column in SORTS:
        value = SORTS[order.column][0]
    known = [row for row in rows if value(row) is not None]
    unknown = [row for row in rows if value(row) is None]
    return sorted(known, key=value, reverse=order.down) + unknown


def _points_of(group: str) -> Callable[[Standing], Decimal | None]:
    def points(row: Standing) -> Decimal | None:
        stored = row.scorecard.groups.get(group)
        return None if stored is None else Decimal(stored)

    return points
