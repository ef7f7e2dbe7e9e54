"""An objection of each place with its evidence, for the doors to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile

from agencies.models import Agency
from procedures.models import Dossier
from scoring.models import Objection, ObjectionEvidence, ObjectionItem, ObjectionStep

if TYPE_CHECKING:
    from tests.doors.world import World


def object_to_scores(world: World, marks: Mapping[str, str]) -> None:
    """Each place disputes its dossier; what it says is with the Office."""
    dossiers = world.records[Dossier._meta.label_lower]

    def objection(place: str, agency: Agency) -> Objection:
        made = Objection.objects.create(
            agency=agency,
            period="2026",
            criterion="2.1",
            text=f"Sai sót {marks[place]}",
            state=Objection.State.SUPPORTED,
            desk=Objection.Desk.OFFICE,
            written_at=world.as_of,
            sent_at=world.as_of,
            moved_at=world.as_of,
        )
        ObjectionItem.objects.create(objection=made, dossier=dossiers[place], field="channel", value=2)
        ObjectionStep.objects.create(
            objection=made, at=world.as_of, verb="sent", state="sent", text=marks[place]
        )
        return made

    world.keep(Objection, objection)
    made = world.records[Objection._meta.label_lower]

    def evidence(place: str, agency: Agency) -> ObjectionEvidence:
        kept = ObjectionEvidence(
            objection=made[place],
            name=f"{marks[place]}.pdf",
            type="application/pdf",
            size=4,
            added_at=world.as_of,
        )
        kept.file.save("doors.pdf", ContentFile(marks[place].encode()), save=True)
        return kept

    world.keep(ObjectionEvidence, evidence)
