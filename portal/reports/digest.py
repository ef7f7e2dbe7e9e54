"""The weekly digest: what its reader's home tells, as a letter. Only what they may see, as of the moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from agencies.models import Agency, User
from portal.admin.today.offices import Office, offices
from portal.admin.today.score import Score, score_of
from portal.admin.today.waiting import Work
from portal.admin.today.work import work
from portal.figures import day
from scoring.standings import Standing

#: Agencies told in full; of more than these only score and rank.
IN_FULL = 3
#: Criteria named for each.
CRITERIA = 5


@dataclass(frozen=True)
class Digest:
    """How a person's agencies stand, what costs them, and what waits."""

    user: User
    as_of: datetime
    offices: Sequence[Office]
    #: How many agencies there are beside those named.
    more: int
    scores: tuple[Score, ...]
    work: tuple[Work, ...]


@dataclass(frozen=True)
class Letter:
    """A letter as it goes out."""

    subject: str
    text: str
    html: str


def digest(user: User, as_of: datetime) -> Digest | None:
    """What is to be told ``user``; None when no agency is in their reach."""
    own = offices(user, as_of)
    if own.chosen is None:
        return None
    full: list[Agency] = [office.agency for office in own.listed[:IN_FULL]] or [own.chosen]
    scores = tuple(score_of(agency, own.period, as_of) for agency in full)
    listed = own.listed or (Office(own.chosen, _standing(scores[0])),)
    waits = tuple(item for item in work(user, own.tops, as_of) if item.look != "good")
    return Digest(user, as_of, listed, len(own.tops) - len(listed), scores, waits)


def letter_of(told: Digest) -> Letter:
    """The digest as a letter, in Vietnamese."""
    with override("vi"):
        context = {
            "told": told,
            "portal": settings.PORTAL_URL.rstrip("/"),
            "criteria_shown": f":{CRITERIA}",
            "period": told.scores[0].period,
        }
        names = ", ".join(str(office.agency) for office in told.offices[:IN_FULL])
        return Letter(
            _("Weekly digest %(day)s: %(agencies)s") % {"day": day(told.as_of), "agencies": names},
            render_to_string("reports/digest.txt", context),
            render_to_string("reports/digest.html", context),
        )


def _standing(score: Score) -> Standing | None:
    return score.standing
