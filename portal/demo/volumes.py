"""What agencies declared to the national reporting system: rather more than they synchronised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random
from typing import NamedTuple

from portal.demo.character import Character
from portal.demo.timeline import MONTHS, Timeline
from procedures.months import add_months, month_of, months_between

#: Dossiers received, by agency id and month.
Received = Counter[tuple[int, int]]


class Volume(NamedTuple):
    """Dossiers an agency declared for a month."""

    agency_id: int
    month: int
    dossiers: int


def volumes(
    agency_ids: Iterable[int],
    habits: Character,
    received: Received,
    at: int,
    timeline: Timeline,
    random: Random,
) -> Iterator[Volume]:
    """What agencies of one system had declared by minute ``at``.

    The months of the window, or, for those that do not declare any more, the months before it, by
    which they are then measured (Decision 766, criterion 1.4).
    """
    first, last = timeline.first_month, month_of(timeline.moment(at))
    for agency_id in agency_ids:
        share = min(1.0, max(0.3, random.gauss(habits.synchronised, 0.08)))
        factor, declaring = random.uniform(0.8, 1.05), random.random() < habits.declaring
        if declaring:
            for month in months_between(first, last):
                declared = round(received[agency_id, month] / share)
                if declared:
                    yield Volume(agency_id, month, declared)
            continue
        whole = sum(received[agency_id, month] for month in months_between(first, last))
        monthly = round(whole / MONTHS / share * factor)
        if monthly:
            for month in months_between(first // 100 * 100 - 99, add_months(first, -1)):
                yield Volume(agency_id, month, monthly)
