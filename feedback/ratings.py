"""Rating a dossier: one voice a dossier, changeable for a while, every version kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.models import IntegrationClient
from feedback.bursts import hold_burst, wait_for_turn
from feedback.grievances import settle
from feedback.models import FACTORS, Door, Opinion, Rating, RatingChange
from feedback.models.rating import LEAST, MOST
from feedback.plain_text import plain
from feedback.sources import source_of
from procedures.deadlocks import again_after_deadlock
from procedures.models import Dossier

#: How long after it was first given a rating may be changed.
CHANGEABLE = timedelta(days=15)
#: How long after a dossier ended it may be rated.
RATEABLE = timedelta(days=90)
LONGEST_COMMENT = 2000


@dataclass(frozen=True)
class Said:
    """What somebody says of a dossier: 3 very satisfied, 2 satisfied, 1 not; factors from 1 to 5.

    ``level_only``: factors and comment stay as the citizen gave them in person before, if they did.
    """

    satisfaction: int
    factors: Mapping[str, int | None] = field(default_factory=dict)
    comment: str = ""
    level_only: bool = False

    def checked(self) -> dict[str, Any]:
        """The values as they are kept. Raises ValidationError by field."""
        problems: dict[str, str] = {}
        if self.satisfaction not in Opinion.Satisfaction.values or isinstance(self.satisfaction, bool):
            problems["satisfaction"] = _("Say 1 (not satisfied), 2 (satisfied) or 3 (very satisfied).")
        for name in self.factors:
            if name not in FACTORS:
                problems[name] = _("There is no such factor; there are: %(names)s.") % {
                    "names": ", ".join(FACTORS)
                }
        for name in FACTORS:
            value = self.factors.get(name)
            if value is not None and (type(value) is not int or not LEAST <= value <= MOST):
                problems[name] = _("Give from 1 to 5 points, or none.")
        comment = plain(self.comment)
        if len(comment) > LONGEST_COMMENT:
            problems["comment"] = _("At most %(most)d characters.") % {"most": LONGEST_COMMENT}
        if problems:
            raise ValidationError(problems)
        return {
            "satisfaction": self.satisfaction,
            **{name: self.factors.get(name) for name in FACTORS},
            "comment": comment,
        }


@dataclass(frozen=True)
class Rated:
    """What became of a rating."""

    rating: Rating
    created: bool
    changed: bool


def rated_before(dossier: Dossier) -> Rating | None:
    """The rating of a dossier as it was when the dossier was read (``feedback.proving.to_rate``)."""
    return getattr(dossier, "rating", None)


def why_not_rateable(dossier: Dossier, as_of: datetime) -> str:
    """Why a dossier cannot be rated now; empty if it can."""
    if dossier.received_at is None or not dossier.in_handling:
        return _("This dossier has not been received yet, so there is nothing to rate.")
    if dossier.ended_at and dossier.ended_at + RATEABLE < as_of:
        return _("This dossier ended more than %(days)d days ago.") % {"days": RATEABLE.days}
    return ""


def rate(
    dossier: Dossier,
    said: Said,
    *,
    door: str,
    as_of: datetime,
    address: str = "",
    client: IntegrationClient | None = None,
    client_ref: str = "",
    given_at: datetime | None = None,
) -> Rated:
    """Take a citizen's rating of their dossier, or a change of it.

    The caller has made sure that the dossier is theirs (``feedback.proving``) or within the subtree of
    ``client``. Saying the same twice is saying it once. A change is taken for 15 days; what the citizen
    says in person replaces what a connected system reported, not the other way round. Raises
    ValidationError by field.
    """
    values = said.checked()
    if said.level_only:
        values = {"satisfaction": said.satisfaction}
    told = (dossier, values, door, as_of, source_of(address), client, client_ref, given_at or as_of)
    try:
        return again_after_deadlock(_rate, rated_before(dossier) is not None, *told)
    except IntegrityError:
        # A double click: the other one was first, and this one is now a change that changes nothing.
        return again_after_deadlock(_rate, True, *told)


def _locked(dossier: Dossier) -> Rating | None:
    return Rating.objects.select_for_update(of=("self",)).filter(dossier=dossier).first()


@transaction.atomic
def _rate(
    look: bool,
    dossier: Dossier,
    values: dict[str, Any],
    door: str,
    as_of: datetime,
    source: str,
    client: IntegrationClient | None,
    client_ref: str,
    given_at: datetime,
) -> Rated:
    said_lately = wait_for_turn(dossier.agency_id, source, as_of)
    known = _locked(dossier) if look else None
    values = _details_before(known) | values
    if known and all(getattr(known, name) == value for name, value in values.items()):
        return Rated(known, created=False, changed=False)
    reason = _why_not_changeable(known, door, as_of) if known else why_not_rateable(dossier, as_of)
    if reason:
        raise ValidationError(reason, code="closed")
    said_before = known.satisfaction if known else None
    if known:
        _keep_what_it_said(known)
    if known and known.door == Door.SYSTEM and door != Door.SYSTEM:
        # The citizen's own first word: their time to change it begins now.
        known.given_at = as_of
    rating = known or Rating(
        dossier=dossier, given_at=given_at, client=client, client_ref=client_ref if client else ""
    )
    for name, value in values.items():
        setattr(rating, name, value)
    rating.door, rating.changed_at, rating.source_hash = door, as_of, source
    # Whoever looked at the comment looked at another one.
    rating.shown_comment = ""
    states = Rating.CommentState
    rating.comment_state = states.WAITING if values["comment"] else states.NONE
    rating.save()
    if hold_burst(dossier.agency_id, source, as_of, said_lately):
        rating.refresh_from_db()
    # Only a dislike that came or went makes a grievance, or ends one.
    if Opinion.Satisfaction.NOT_SATISFIED in (said_before, values["satisfaction"]):
        settle([dossier.pk], as_of)
    return Rated(rating, created=known is None, changed=True)


def _keep_what_it_said(known: Rating) -> None:
    said = {name: getattr(known, name) for name in ("satisfaction", *FACTORS, "comment")}
    RatingChange.objects.create(rating=known, at=known.changed_at, door=known.door, **said)


def _details_before(known: Rating | None) -> dict[str, Any]:
    """Factors and comment as the citizen gave them in person; none where a system reported them."""
    if known is None or known.door == Door.SYSTEM:
        return {**dict.fromkeys(FACTORS), "comment": ""}
    return {name: getattr(known, name) for name in (*FACTORS, "comment")}


def _why_not_changeable(rating: Rating, door: str, as_of: datetime) -> str:
    if door == Door.SYSTEM and rating.door != Door.SYSTEM:
        return _("The citizen has rated this dossier in person.")
    in_person = rating.door == Door.SYSTEM and door != Door.SYSTEM
    if not in_person and rating.given_at + CHANGEABLE < as_of:
        return _("A rating can be changed for %(days)d days after it was given.") % {"days": CHANGEABLE.days}
    return ""
