"""Who may look at who holds what: those who delegate there, hand access on, or read the log of it."""

from __future__ import annotations

from django.db.models import Q

from agencies.models import Agency
from agencies.models.agency import within
from agencies.permissions import DELEGATE, REVIEW_ACCESS, SEE_LOG
from agencies.visibility import EVERYWHERE, Person, paths_held

#: The log of decisions names every grant already, so who reads it learns nothing new.
WATCHING = (DELEGATE, REVIEW_ACCESS, SEE_LOG)


def watched_paths(user: Person) -> tuple[str, ...]:
    """The subtrees in which ``user`` may see who holds what, none inside another; ``("/",)``: all."""
    kept: list[str] = []
    for path in sorted({path for permission in WATCHING for path in paths_held(user, permission)}):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


def may_watch(user: Person, place: Agency) -> bool:
    """Whether ``user`` may see who holds what at an agency."""
    return any(place.path.startswith(path) for path in watched_paths(user))


def watched(user: Person, field: str = "agency__path") -> Q:
    """The condition "of an agency where ``user`` may see who holds what", on a path column."""
    paths = watched_paths(user)
    if EVERYWHERE in paths:
        return Q()
    condition = Q(pk__in=[])
    for path in paths:
        condition |= within(path, field)
    return condition
