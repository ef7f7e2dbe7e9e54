"""Who handles what in the demo: systems, their offices, and the services each offers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from random import Random

from agencies.models import Agency
from portal.demo.character import Character, characters
from portal.demo.descriptions import Description
from portal.demo.lives import Office, Service
from portal.demo.tables import populations

#: The ministries' share of all dossiers, and the communes' of a province's.
OF_MINISTRIES = 0.06
OF_COMMUNES = 0.68
#: Procedures asked for more than this are offered by every office of their level.
EVERYWHERE = 20
RARELY = 0.08
#: Systems of which one department still speaks the oldest field set, that write unit names of their
#: own, and that send procedure codes of their own.
WITH_OLDEST, WITH_LOCAL_UNITS, WITH_LOCAL_CODES = 4, 6, 8
#: How much of an office's dossiers comes under a name of its own.
UNDER_LOCAL_NAME = 0.5


@dataclass
class System:
    """A province or ministry with the one-stop system that speaks for it.

    ``share`` is its part of the country's dossiers; ``offers`` what its offices have under their
    authority, by agency id.
    """

    agency: Agency
    character: Character
    share: float
    offices: list[Office] = field(default_factory=list)
    offers: dict[int, Sequence[Service]] = field(default_factory=dict)

    @property
    def is_province(self) -> bool:
        """Whether it is a province, not a ministry."""
        return self.agency.kind == Agency.Kind.PROVINCE

    def counts(self, dossiers: int, random: Random) -> Iterable[tuple[Office, int]]:
        """How many of the country's dossiers each office gets, rounded by chance."""
        whole = sum(office.weight for office in self.offices)
        for office in self.offices:
            exact = dossiers * self.share * office.weight / whole
            yield office, int(exact) + (random.random() < exact % 1)


def systems(descriptions: Sequence[Description], day: date, seed: int) -> list[System]:
    """Every ministry and province in being on ``day``; some have no office that handles dossiers."""
    agencies = list(Agency.objects.on(day).order_by("code"))
    below: dict[int | None, list[Agency]] = defaultdict(list)
    for agency in agencies:
        below[agency.parent_id].append(agency)
    senders = [agency for agency in agencies if agency.announces]
    habits = characters([agency.code for agency in senders], seed)
    found = []
    for agency in senders:
        random = Random(f"{seed} world {agency.code}")  # noqa: S311
        system = System(agency, habits[agency.code], 0.0)
        if system.is_province:
            _furnish_province(system, below[agency.pk], descriptions, random)
        else:
            _furnish_ministry(system, below[agency.pk], descriptions, random)
        found.append(system)
    _share_out([system for system in found if system.offices])
    _make_uneven([system for system in found if system.is_province], seed)
    return found


def _furnish_province(
    system: System, below: list[Agency], descriptions: Sequence[Description], random: Random
) -> None:
    code, habits = system.agency.code, system.character
    services: dict[str, list[tuple[Description, Service]]] = {"province": [], "commune": []}
    for description in descriptions:
        if description.level in services and (
            description.announced_by == code or description.announced_by.startswith("G")
        ):
            service = service_of(description, habits, random)
            services[description.level].append((description, service))
    departments = {agency.short_name: agency for agency in below if agency.kind == Agency.Kind.DEPARTMENT}
    at_departments: dict[int, list[Service]] = defaultdict(list)
    for description, service in services["province"]:
        for alternatives in description.field.departments:
            place = next((departments[name] for name in alternatives if name in departments), None)
            if place is not None:
                at_departments[place.pk].append(service)
    for department in departments.values():
        weight = sum(service.weight for service in at_departments[department.pk])
        _add_office(system, department, at_departments[department.pk], weight, random)
    whole = sum(office.weight for office in system.offices)
    communes = [agency for agency in below if agency.kind == Agency.Kind.COMMUNE]
    weights = [random.lognormvariate(0, 0.45) * _busyness(agency.name) for agency in communes]
    scale = whole * OF_COMMUNES / (1 - OF_COMMUNES) / (sum(weights) or 1)
    for commune, weight in zip(communes, weights, strict=True):
        own = [
            service
            for description, service in services["commune"]
            if description.weight >= EVERYWHERE or random.random() < RARELY
        ]
        _add_office(system, commune, own, weight * scale, random)


def _furnish_ministry(
    system: System, below: list[Agency], descriptions: Sequence[Description], random: Random
) -> None:
    units = {agency.name: agency for agency in below}
    at_units: dict[int, list[Service]] = defaultdict(list)
    for description in descriptions:
        if description.level == "ministry" and description.field.ministry == system.agency.code:
            place = units.get(description.field.unit, system.agency)
            at_units[place.pk].append(service_of(description, system.character, random))
    for agency in (system.agency, *units.values()):
        weight = sum(service.weight for service in at_units[agency.pk])
        _add_office(system, agency, at_units[agency.pk], weight, random)


def service_of(description: Description, habits: Character, random: Random) -> Service:
    """A procedure as the agencies of one system offer it; what is asked for more is done better.

    The same procedures are easy to connect everywhere, so systems differ in how far down that one
    list they are, not at random.
    """
    wanted = description.weight / 8

    def done(what: str, share: float, times: float) -> bool:
        return _ease(description.code, what) < _likelier(share, times)

    return Service(
        code=description.code,
        name=description.name,
        field_code=description.field.code,
        field_name=description.field.name,
        time=description.time,
        unit=description.unit,
        fee=description.fee,
        subject=2 if description.subjects[0] in "bg" else 1,
        online=description.online != "none" and done("online", habits.offered_online, wanted * 2),
        paying=done("paying", habits.paying, wanted**0.5),
        charging=done("charging", habits.charging, wanted**0.5),
        linked=done("linked", habits.linked, wanted),
        weight=description.weight * random.lognormvariate(0, 0.3),
    )


@cache
def _ease(procedure: str, what: str) -> float:
    return Random(f"{what} {procedure}").random()  # noqa: S311


def _likelier(share: float, times: float) -> float:
    odds = share / (1 - share) * times
    return odds / (1 + odds)


def _busyness(name: str) -> float:
    return 1.6 if name.startswith("Phường") else 1.0


def _add_office(
    system: System, agency: Agency, services: Sequence[Service], weight: float, random: Random
) -> None:
    if services:
        lateness = random.lognormvariate(0, 0.35)
        office = Office(agency.pk, agency.code, agency.name, weight, lateness, tuple(services))
        system.offices.append(office)
        system.offers[agency.pk] = services


def _share_out(found: Sequence[System]) -> None:
    people = populations()
    provinces = [system for system in found if system.is_province]
    ministries = [system for system in found if not system.is_province]
    for group, part, sizes in (
        (provinces, 1 - OF_MINISTRIES, [people[system.agency.code] for system in provinces]),
        (ministries, OF_MINISTRIES, [_size(system) for system in ministries]),
    ):
        for system, size in zip(group, sizes, strict=True):
            system.share = part * size / sum(sizes)


def _size(system: System) -> float:
    # The square root: the busiest ministry should not drown the others.
    return math.sqrt(sum(office.weight for office in system.offices))


def _make_uneven(provinces: Sequence[System], seed: int) -> None:
    random = Random(f"{seed} uneven")  # noqa: S311
    for system in random.sample(provinces, min(WITH_OLDEST, len(provinces))):
        _change_one(system, random, lambda office: replace(office, oldest=True, cumulative=[]))
    for system in random.sample(provinces, min(WITH_LOCAL_UNITS, len(provinces))):
        for number, office in enumerate(random.sample(system.offices, 3), 1):
            system.offices.append(_under_local_name(office, system.agency.code, number))
    for number, system in enumerate(random.sample(provinces, min(WITH_LOCAL_CODES, len(provinces)))):
        local = f"T-{system.agency.code}-{1000 + 37 * number}-TT"
        _change_one(system, random, partial(_with_local_code, local=local))


def _change_one(system: System, random: Random, change: Callable[[Office], Office]) -> None:
    """Change one of the system's larger offices."""
    busy = sorted(range(len(system.offices)), key=lambda place: system.offices[place].weight)
    place = random.choice(busy[len(busy) // 2 :])
    system.offices[place] = change(system.offices[place])


def _under_local_name(office: Office, system_code: str, number: int) -> Office:
    """A part of an office whose dossiers bear a code of nobody's, and mostly a name of its own."""
    return replace(
        office,
        prefix=f"{system_code}.MC{number:02}",
        told_as=office.told_as if number == 1 else f"Bộ phận Một cửa {office.told_as}",
        weight=office.weight * UNDER_LOCAL_NAME,
        cumulative=[],
    )


def _with_local_code(office: Office, local: str) -> Office:
    """The office with one of its busier procedures under a code of its own."""
    by_weight = sorted(office.services, key=lambda service: service.weight)
    renamed = by_weight[len(by_weight) * 3 // 4]
    services = [replace(s, code=local) if s is renamed else s for s in office.services]
    return replace(office, services=tuple(services), cumulative=[])
