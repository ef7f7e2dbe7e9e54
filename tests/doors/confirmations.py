"""Frozen figures of each place, and what was said of them, for the doors to confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from agencies.models import Agency
from scoring.models import Confirmation, ConfirmationRound, Publication, PublishedScorecard, Scorecard

if TYPE_CHECKING:
    from tests.doors.world import World


def lay_before(world: World, marks: Mapping[str, str]) -> None:
    """A round in which every place but the nation found something wrong."""
    publication = Publication.objects.get()
    card = Scorecard.objects.filter(agency=world.people.province).get()
    Publication.objects.filter(pk=publication.pk).update(
        indicator_set=card.indicator_set, as_of=world.as_of, offices=4
    )
    asked = ConfirmationRound.objects.create(
        publication=publication, until=world.as_of.date() + timedelta(days=5), asked_at=world.as_of
    )
    world.keep_one(asked)

    def answered(place: str, agency: Agency) -> Confirmation:
        PublishedScorecard.objects.create(
            publication=publication, agency=agency, code=agency.code, name=agency.name, kind=agency.kind,
            peer_class=agency.kind, public_class=agency.kind, total=card.total,
        )  # fmt: skip
        return Confirmation.objects.create(
            round=asked, agency=agency, answer="disputed", total=card.total, note=marks[place], at=world.as_of
        )

    world.keep(Confirmation, answered)
