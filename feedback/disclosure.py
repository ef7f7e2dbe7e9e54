"""Small cells stay untold, and cannot be worked out from a total and the cells beside them.

A cell under five answers is hidden. Where what is hidden comes to fewer than five in all, a total less the
cells shown would tell it: then the smallest cell shown is hidden too, until what is hidden is five answers
or more. An agency that is hidden among its parent's units is so on every page of its own, and with it all
below it: else its own page would give back what the parent's table keeps.

Guarded is each table beside its total, and the tree. Not guarded against is who sets the months or
procedures of all the pages below an agency against those of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agencies.models import Agency

#: With fewer answers a cell could tell who gave them.
LEAST_ANSWERS = 5


@dataclass(frozen=True)
class Satisfaction:
    """What those who rated said; ``answers`` None: hidden, nothing is told.

    ``key`` is the month (yyyymm), or the id of the procedure or agency. Shares are of the answers;
    ``factors`` are means from 1 to 5 of those with five answers or more.
    """

    key: int
    answers: int | None
    very_satisfied: int | None = None
    satisfied: int | None = None
    not_satisfied: int | None = None
    factors: dict[str, float] | None = None


def hidden(cell: Satisfaction) -> Satisfaction:
    """The cell with nothing told."""
    return Satisfaction(cell.key, None)


def protected(cells: Sequence[Satisfaction], whole: int) -> list[Satisfaction]:
    """The cells, in their order, as they may be shown beside a total of ``whole`` answers.

    ``whole`` may be more than the cells come to: what it has beside them is not shown and counts as
    hidden.
    """
    by_size = sorted(cells, key=lambda cell: (cell.answers or 0, cell.key))
    kept_back = {cell.key for cell in by_size if (cell.answers or 0) < LEAST_ANSWERS}
    untold = whole - sum(cell.answers or 0 for cell in cells if cell.key not in kept_back)
    for cell in by_size:
        if not 0 < untold < LEAST_ANSWERS:
            break
        if cell.key not in kept_back:
            kept_back.add(cell.key)
            untold += cell.answers or 0
    return [hidden(cell) if cell.key in kept_back else cell for cell in cells]


def told_of(
    agency: Agency, cell: Satisfaction, units_of: Callable[[Agency], Mapping[int, Satisfaction]]
) -> Satisfaction:
    """An agency's own total as its page may show it.

    ``units_of`` gives the protected cells of the units right below an agency; it is asked for every
    agency from the root down to the parent.
    """
    way = [*Agency.objects.filter(pk__in=agency.ancestor_ids()).order_by("depth"), agency]
    for above, below in pairwise(way):
        if units_of(above)[below.pk].answers is None:
            return hidden(cell)
    return hidden(cell) if (cell.answers or 0) < LEAST_ANSWERS else cell
