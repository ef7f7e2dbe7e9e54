"""Petitions that may say the same: of the same procedure, in the same place, in like words."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import QuerySet

from agencies.folding import folded
from agencies.models import Agency
from agencies.models.agency import within
from feedback.models import Petition
from procedures.models import Procedure

#: How far back is looked, among how many, how alike they must be, how many are suggested.
WITHIN = timedelta(days=180)
AMONG = 500
ALIKE = 0.3
SUGGESTED = 5


def published_like(agency: Agency, procedure: Procedure | None, text: str, as_of: datetime) -> list[Petition]:
    """Published petitions that may answer what somebody is about to send, the likest first.

    Only what is public anyway: unpublished texts of others are shown to no one.
    """
    found = _same_place(agency, procedure, as_of).filter(published_at__isnull=False)
    return _likest(found, text, "published_folded")


def like(petition: Petition, as_of: datetime) -> list[Petition]:
    """For the agency: petitions on the same procedure and place that may be the same as this one."""
    found = _same_place(petition.agency, petition.procedure, as_of).exclude(pk=petition.pk)
    return _likest(found, f"{petition.subject} {petition.body}", "body")


def _same_place(agency: Agency, procedure: Procedure | None, as_of: datetime) -> QuerySet[Petition]:
    found = Petition.objects.filter(within(agency.path, "agency__path"), given_at__gte=as_of - WITHIN)
    if procedure is not None:
        found = found.filter(procedure=procedure)
    return found.select_related("agency", "procedure").order_by("-given_at", "-pk")


def _likest(found: QuerySet[Petition], text: str, field: str) -> list[Petition]:
    words = _words(text)
    rated = []
    for place, petition in enumerate(found[:AMONG]):
        likeness = _likeness(words, _words(f"{petition.subject} {getattr(petition, field)}"))
        if likeness >= ALIKE:
            rated.append((-likeness, place, petition))
    return [petition for _likeness, _place, petition in sorted(rated, key=lambda row: row[:2])[:SUGGESTED]]


def _words(text: str) -> frozenset[object]:
    letters = "".join(c if c.isalnum() else " " for c in folded(text)).split()
    # Pairs, since a Vietnamese word is mostly two syllables and single ones say little.
    return frozenset(pairwise(letters)) if len(letters) > 1 else frozenset(letters)


def _likeness(one: frozenset[object], other: frozenset[object]) -> float:
    """The share of the shorter text's pairs of syllables that the other one has too."""
    least = min(len(one), len(other))
    return len(one & other) / least if least else 0.0
