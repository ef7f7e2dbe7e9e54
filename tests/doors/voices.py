"""What citizens said of each place, for the doors to petitions and ratings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile

from agencies.models import Agency
from feedback.models import (
    AnswerTemplate,
    Door,
    Petition,
    PetitionAttachment,
    Rating,
    RatingChange,
)
from feedback.petitions import Told, send
from feedback.ratings import Said, rate
from procedures.models import Dossier

if TYPE_CHECKING:
    from tests.doors.world import World


def say_everything(world: World, marks: Mapping[str, str]) -> None:
    """A rating with a comment, a petition with a file, and an answer template for each place."""
    dossiers = world.records[Dossier._meta.label_lower]
    given = world.as_of - timedelta(days=2)

    def rating(place: str, agency: Agency) -> Rating:
        for comment in ("Chưa xong", "Chờ lâu"):
            said = Said(1, {}, f"{comment} {marks[place]}")
            rated = rate(dossiers[place], said, door=Door.PAGE, as_of=given)
        return rated.rating

    def petition(place: str, agency: Agency) -> Petition:
        told = Told(agency, Petition.Kind.OTHER, f"Phòng chờ {marks[place]}", f"Chật {marks[place]}")
        return send(told, form_key=f"doors-{place}", door=Door.PAGE, as_of=given).petition

    world.keep(Rating, rating)
    ratings = world.records[Rating._meta.label_lower]
    world.keep(RatingChange, lambda place, agency: ratings[place].changes.get())
    world.keep(Petition, petition)
    petitions = world.records[Petition._meta.label_lower]

    def attachment(place: str, agency: Agency) -> PetitionAttachment:
        made = PetitionAttachment(
            petition=petitions[place],
            name=f"{marks[place]}.pdf",
            type=PetitionAttachment.Type.PDF,
            size=4,
            added_at=given,
        )
        made.file.save("doors.pdf", ContentFile(marks[place].encode()), save=True)
        return made

    world.keep(PetitionAttachment, attachment)
    # Without a mark: an agency's templates serve all below it.
    world.keep(
        AnswerTemplate,
        lambda place, agency: AnswerTemplate.objects.create(agency=agency, title="Mẫu", text="{code}"),
    )
