"""Ratings by the thousand, from who collected them elsewhere: checked one by one, written together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from feedback.grievances import settle
from feedback.models import Rating
from feedback.ratings import Said, why_not_rateable
from procedures.among import among
from procedures.models import Dossier

AT_A_TIME = 2000


class Collected(NamedTuple):
    """What somebody said of a dossier, and when."""

    dossier: Dossier
    said: Said
    given_at: datetime


@transaction.atomic
def rate_many(collected: Iterable[Collected], *, door: str) -> int:
    """Take ratings of dossiers that have none yet; returns how many were taken.

    Left out is what has a rating, or could not be rated when it was: the rules are those of ``rate``.
    Raises ValidationError for what nobody can say, and takes none then. They have no source, so none
    is held as part of a burst.
    """
    taken, batch = 0, list(collected)
    for start in range(0, len(batch), AT_A_TIME):
        part = {one.dossier.pk: one for one in batch[start : start + AT_A_TIME]}
        known = set(Rating.objects.filter(among("dossier_id", part)).values_list("dossier_id", flat=True))
        fresh = [
            one
            for pk, one in part.items()
            if pk not in known and not why_not_rateable(one.dossier, one.given_at)
        ]
        taken += _keep(fresh, door)
    return taken


def _keep(fresh: list[Collected], door: str) -> int:
    if not fresh:
        return 0
    states = Rating.CommentState
    said = [one.said.checked() for one in fresh]
    Rating.objects.bulk_create(
        Rating(
            dossier=one.dossier,
            door=door,
            given_at=one.given_at,
            changed_at=one.given_at,
            comment_state=states.WAITING if values["comment"] else states.NONE,
            **values,
        )
        for one, values in zip(fresh, said, strict=True)
    )
    settle([one.dossier.pk for one in fresh], max(one.given_at for one in fresh))
    return len(fresh)
