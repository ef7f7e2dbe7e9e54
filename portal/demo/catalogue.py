"""Saving the demo's procedures and who offers them, through the catalogue's own verbs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from random import Random

from agencies.models import Agency
from portal.demo.character import Character
from portal.demo.descriptions import SUBJECTS, UNITS, Description, fields
from portal.demo.world import System
from procedures.catalogue import save_offers, save_procedures
from procedures.models import AgencyProcedure, Field, Procedure
from procedures.models.procedure import OnlineLevel

#: Parts of a description that are forgotten now and then (Decision 766, criterion 1.3).
FORGOTTEN = ("sequence", "manner", "papers", "implementing_agency")


def save_descriptions(
    descriptions: Sequence[Description], habits: dict[str, Character], seed: int, as_of: datetime
) -> int:
    """Save the fields and procedures described; ``habits`` by the code of who announced them."""
    Field.objects.bulk_create(
        [Field(code=field.code, name=field.name, sector=field.sector) for field in fields().values()],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "sector"],
    )
    field_ids = dict(Field.objects.values_list("code", "id"))
    agency_ids = dict(Agency.objects.filter(code__in=habits).values_list("code", "id"))
    random = Random(f"{seed} catalogue")  # noqa: S311
    procedures = []
    for description in descriptions:
        parts: dict[str, str | list[str]] = description.parts
        if random.random() > habits[description.announced_by].complete:
            del parts[random.choice(FORGOTTEN)]
        procedures.append(
            Procedure(
                code=description.code,
                name=description.name,
                field_id=field_ids[description.field.code],
                level=description.level,
                announcing_agency_id=agency_ids[description.announced_by],
                processing_time=description.time,
                processing_unit=UNITS[description.unit],
                fee=description.fee,
                needs_paper_result=description.needs_result,
                subjects=[SUBJECTS[subject] for subject in description.subjects],
                online_level=description.online,
                full_process_eligible=description.online == OnlineLevel.FULL,
                parts=parts,
            )
        )
    return save_procedures(procedures, as_of=as_of)


def save_services(systems: Iterable[System], descriptions: Sequence[Description], as_of: datetime) -> int:
    """Save what every office of the systems has under its authority."""
    online = {description.code: description.online for description in descriptions}
    ids = dict(Procedure.objects.values_list("code", "id"))
    return save_offers(
        (
            AgencyProcedure(
                agency_id=agency_id,
                procedure_id=ids[service.code],
                online_level=online[service.code] if service.online else OnlineLevel.NONE,
                online_payment=service.paying,
            )
            for system in systems
            for agency_id, services in system.offers.items()
            for service in services
        ),
        as_of=as_of,
    )
