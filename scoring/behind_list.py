"""The dossiers behind a criterion as a list: narrowed, sorted, and walked page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from agencies.models import Agency
from agencies.models.agency import within
from procedures.models import Dossier

#: What a list can be sorted by. None is a column as it stands, so that no index is walked from end to
#: end for the few dossiers of one office.
SORTS: dict[str, Any] = {
    "received": Coalesce("received_at", "submitted_at"),
    "deadline": F("deadline_at"),
    "ended": F("ended_at"),
    "code": Coalesce("code", Value("")),
}
DEFAULT_SORT = "-received"
PAGE = 50


@dataclass(frozen=True)
class Narrowing:
    """What a list is narrowed to; what is not given narrows nothing.

    ``procedure`` is a code, ``unit`` an agency with all below it, ``month`` the month of reception.
    """

    procedure: str = ""
    unit: Agency | None = None
    status: int | None = None
    month: int | None = None

    def __bool__(self) -> bool:
        return bool(self.procedure or self.unit or self.status or self.month)

    def of(self, dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
        """These of the dossiers."""
        if self.unit:
            dossiers = dossiers.filter(within(self.unit.path, "agency__path"))
        if self.procedure:
            # What is not mapped yet is known by the code it was sent with.
            unmapped = Q(procedure=None, local_procedure=self.procedure)
            dossiers = dossiers.filter(Q(procedure__code=self.procedure) | unmapped)
        if self.status:
            dossiers = dossiers.filter(status=self.status)
        if self.month:
            dossiers = dossiers.filter(started_month=self.month)
        return dossiers


@dataclass(frozen=True)
class Page:
    """One page of a list; ``before`` and ``after`` are the dossiers its neighbours begin at, if any."""

    rows: list[Dossier]
    before: int | None
    after: int | None


def in_order(dossiers: QuerySet[Dossier], sort: str) -> QuerySet[Dossier]:
    """The dossiers sorted by one of ``SORTS``, downwards with a "-" before it; the unknown come last.

    Raises KeyError for another sort.
    """
    return _ordered(dossiers.alias(key=SORTS[sort.removeprefix("-")]), sort.startswith("-"), last=True)


def page_of(
    dossiers: QuerySet[Dossier],
    sort: str,
    *,
    after: int | None = None,
    before: int | None = None,
    size: int = PAGE,
) -> Page:
    """The page after, or before, the dossier with this id; without either the first one.

    An id that is no dossier's gives the first page too. Raises KeyError for an unknown sort.
    """
    down = sort.startswith("-")
    keyed = dossiers.alias(key=SORTS[sort.removeprefix("-")])
    edge = after or before
    found = (
        Dossier.objects.filter(pk=edge).values_list(SORTS[sort.removeprefix("-")], "pk").first()
        if edge
        else None
    )
    if found and before:
        back = _ordered(keyed.filter(_beyond(found, not down, unknown_last=False)), not down, last=False)
        rows = list(back[: size + 1])
        more_before = len(rows) > size
        rows = rows[:size][::-1]
        return Page(rows, rows[0].pk if rows and more_before else None, rows[-1].pk if rows else None)
    if found:
        keyed = keyed.filter(_beyond(found, down, unknown_last=True))
    rows = list(_ordered(keyed, down, last=True)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, rows[0].pk if rows and found else None, rows[-1].pk if rows and more else None)


def _ordered(keyed: QuerySet[Dossier], down: bool, *, last: bool) -> QuerySet[Dossier]:
    nulls: dict[str, Any] = {"nulls_last": True} if last else {"nulls_first": True}
    key = F("key").desc(**nulls) if down else F("key").asc(**nulls)
    return keyed.order_by(key, "-pk" if down else "pk")


def _beyond(edge: tuple[Any, int], down: bool, *, unknown_last: bool) -> Q:
    """What comes after ``edge`` (sort value, id) in the direction of the walk."""
    value, pk = edge
    side = "lt" if down else "gt"
    if value is None:
        same = Q(key__isnull=True, **{f"pk__{side}": pk})
        return same if unknown_last else same | Q(key__isnull=False)
    further = Q(**{f"key__{side}": value}) | Q(key=value, **{f"pk__{side}": pk})
    return further | Q(key__isnull=True) if unknown_last else further
