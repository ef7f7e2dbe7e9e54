"""The tree of offices beside every office's page: opened where one stands, the rest fetched when asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from agencies.holders import counted_holders
from agencies.models import Agency
from agencies.visibility import EVERYWHERE
from agencies.watching import watched, watched_paths
from portal.agency_search import matching

#: Offices found by a search that are listed.
FOUND = 40
_KINDS = [kind.value for kind in Agency.Kind]


@dataclass(frozen=True)
class Node:
    """An office in the tree: how many people hold something on it itself, and what lies below.

    ``below`` is None where it is not opened.
    """

    agency: Agency
    people: int
    has_below: bool
    over: bool
    chosen: bool = False
    below: tuple[Node, ...] | None = None


def tree_for(user: Any, chosen: Agency | None, as_of: datetime) -> tuple[Node, ...]:
    """The tree from the tops of what ``user`` may see who holds what in, opened down to ``chosen``.

    With a single top and nothing chosen, that one is opened.
    """
    tops = list(_tops(user))
    on_the_way = {*chosen.ancestor_ids(), chosen.pk} if chosen else {top.pk for top in tops[:2]}
    if chosen is None and len(tops) > 1:
        on_the_way = set()
    return _nodes(tops, chosen, on_the_way, as_of)


def branch(agency: Agency, as_of: datetime) -> tuple[Node, ...]:
    """What lies directly below an agency."""
    return _nodes(_below(agency), None, set(), as_of)


def found_for(user: Any, asked: str, as_of: datetime) -> tuple[tuple[Node, ...], bool]:
    """The offices that match a search among those the user may look at, and whether there are more."""
    offices = matching(asked).filter(watched(user, "path"))
    found = list(_told(offices)[: FOUND + 1])
    return _nodes(found[:FOUND], None, set(), as_of), len(found) > FOUND


def _tops(user: Any) -> QuerySet[Agency]:
    paths = watched_paths(user)
    offices = Agency.objects.filter(depth=0) if EVERYWHERE in paths else Agency.objects.filter(path__in=paths)
    return _told(offices).order_by("path")


def _below(agency: Agency) -> list[Agency]:
    offices = _told(Agency.objects.filter(parent=agency))
    return sorted(offices, key=lambda office: (_KINDS.index(office.kind), office.name_folded))


def _told(offices: QuerySet[Agency]) -> QuerySet[Agency]:
    return offices.annotate(has_below=Exists(Agency.objects.filter(parent=OuterRef("pk"))))


def _nodes(
    offices: Iterable[Agency], chosen: Agency | None, on_the_way: set[int], as_of: datetime
) -> tuple[Node, ...]:
    listed: list[Any] = list(offices)
    people = counted_holders(listed, as_of)
    today = timezone.localdate(as_of)
    return tuple(
        Node(
            office,
            people.get(office.pk, 0),
            office.has_below,
            over=office.valid_to is not None and office.valid_to < today,
            chosen=chosen is not None and office.pk == chosen.pk,
            below=(
                _nodes(_below(office), chosen, on_the_way, as_of)
                if office.pk in on_the_way and office.has_below
                else None
            ),
        )
        for office in listed
    )
