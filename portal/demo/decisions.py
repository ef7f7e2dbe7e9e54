"""The decisions by which ministries and provinces announce procedures: mostly late, as in reality."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from portal.demo.descriptions import Description
from portal.demo.timeline import MINUTES, Timeline
from portal.demo.world import System
from procedures.announcing import MINISTRY_DAYS, PROVINCE_DAYS
from procedures.models import Announcement
from procedures.working_days import add_working_days

CHANGES = (
    *(Announcement.Change.AMENDED,) * 6,
    *(Announcement.Change.NEW,) * 3,
    Announcement.Change.ABOLISHED,
)


def decisions(
    system: System,
    descriptions: Sequence[Description],
    procedure_ids: Mapping[str, int],
    timeline: Timeline,
    seed: int,
) -> Iterator[Announcement]:
    """A system's decisions over the timeline, unsaved: a few procedures each and no procedure twice."""
    random = Random(f"{seed} decisions {system.agency.code}")  # noqa: S311
    code, of_ministry = system.agency.code, not system.is_province
    if of_ministry:
        able = [description for description in descriptions if description.announced_by == code]
    else:
        able = [
            description
            for description in descriptions
            if description.level != "ministry"
            and (description.announced_by == code or description.announced_by.startswith("G"))
        ]
    many = random.randint(8, 20) if of_ministry else random.randint(30, 80)
    wanted = random.sample(able, min(len(able), many))
    ahead, within = MINISTRY_DAYS if of_ministry else PROVINCE_DAYS
    last_day = timeline.end // MINUTES
    working = [day for day in timeline.working if day <= last_day]
    while wanted:
        together = [wanted.pop() for _ in range(min(len(wanted), random.randint(1, 8)))]
        decided_on = timeline.day(random.choice(working))
        number = f"{random.randint(100, 3900)}/QĐ-{_initials(system)}"
        effective_on = _effective(decided_on, ahead, system.character.announcing, random)
        for description in together:
            published_on = _published(decided_on, within, system.character.publishing, random)
            yield Announcement(
                agency=system.agency,
                procedure_id=procedure_ids[description.code],
                change=random.choice(CHANGES),
                decision_number=number,
                decided_on=decided_on,
                effective_on=effective_on,
                published_on=published_on if published_on <= timeline.day(last_day) else None,
            )


def _effective(decided_on: date, ahead: int, on_time: float, random: Random) -> date:
    if random.random() < on_time:
        return add_working_days(decided_on, ahead + random.randint(1, 15))
    return decided_on + timedelta(days=random.randint(-45, ahead - 4))


def _published(decided_on: date, within: int, on_time: float, random: Random) -> date:
    if random.random() < on_time:
        return add_working_days(decided_on, random.randint(0, within - 1))
    return add_working_days(decided_on, within + random.randint(1, 30))


def _initials(system: System) -> str:
    if system.is_province:
        return "UBND"
    return "".join(word[0] for word in system.agency.name.replace(",", "").split() if word != "và").upper()
