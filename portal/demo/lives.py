"""What happens to each dossier of the demo: invented once, told later as often as needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

import msgspec

from portal.demo.character import Character
from portal.demo.timeline import CLOSING, MINUTES, OPENING, Timeline

NEVER = 1 << 30
DIRECT, ONLINE, POSTAL = 1, 2, 3
REGISTERED, RECEIVED, NOT_RECEIVED, IN_PROGRESS, SUPPLEMENT, WITHDRAWN, STOPPED = 1, 2, 3, 4, 5, 7, 8
DONE, RETURNED = 9, 10


@dataclass(frozen=True)
class Service:
    """A procedure as one agency handles it: what of it a dossier's life depends on.

    ``unit`` is an initial: hours, days, working days (w), months. ``paying``, ``charging`` and
    ``linked`` say whether its agencies take online payment, record fees, use population data.
    """

    code: str
    name: str
    field_code: str
    field_name: str
    time: int
    unit: str
    fee: int
    subject: int
    online: bool
    paying: bool
    charging: bool
    linked: bool
    weight: float


@dataclass(frozen=True)
class Office:
    """An agency that handles dossiers, by its id. ``prefix`` begins their codes; ``lateness``
    multiplies the odds of a late one; ``told_as`` is how its system writes its name."""

    agency_id: int
    prefix: str
    told_as: str
    weight: float
    lateness: float
    services: Sequence[Service]
    oldest: bool = False
    cumulative: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cumulative.extend(accumulate(service.weight for service in self.services))


class Life(msgspec.Struct, gc=False):
    """A dossier's life, in minutes of the timeline; NEVER for what does not happen."""

    code: str
    office: Office
    service: Service
    channel: int
    submitted: int
    received: int
    due: int
    requested: int
    answered: int
    requested_again: int
    answered_again: int
    ended: int
    returned: int
    outcome: int
    payment: int
    fee: int | None
    attached: bool
    result: bool
    reused: bool
    stored: bool
    population: bool

    def status(self, at: int) -> int:
        """Its status at a minute; 0 before it exists."""
        if self.submitted > at:
            return 0
        if self.ended <= at:
            return RETURNED if self.outcome == DONE and self.returned <= at else self.outcome
        if self.requested <= at < self.answered or self.requested_again <= at < self.answered_again:
            return SUPPLEMENT
        if self.received > at:
            return REGISTERED
        return IN_PROGRESS if self.received + 120 <= at else RECEIVED

    def moved(self, since: int, until: int) -> bool:
        """Whether anything happened to it after ``since``, up to ``until``."""
        return any(
            since < minute <= until
            for minute in (
                self.submitted,
                self.received,
                self.requested,
                self.answered,
                self.requested_again,
                self.answered_again,
                self.ended,
                self.returned,
            )
        )


def lives(
    office: Office, count: int, character: Character, timeline: Timeline, random: Random
) -> Iterator[Life]:
    """The lives of ``count`` dossiers submitted to an office over the timeline, in order of day."""
    if not office.services or not count:
        return
    weights = timeline.submission_weights
    days = sorted(random.choices(range(len(weights)), cum_weights=weights, k=count))
    services = random.choices(office.services, cum_weights=office.cumulative, k=count)
    for number, (day, service) in enumerate(zip(days, services, strict=True), 1):
        life = _life(number, day, office, service, character, timeline, random)
        if life.submitted <= timeline.end:
            yield life


def _life(
    number: int,
    day: int,
    office: Office,
    service: Service,
    character: Character,
    timeline: Timeline,
    random: Random,
) -> Life:
    chance = random.random
    online = service.online and not office.oldest and chance() < character.online
    channel = ONLINE if online else (POSTAL if chance() < 0.04 and not office.oldest else DIRECT)
    if online:
        submitted = day * MINUTES + int(6 * 60 + 16 * 60 * chance())
        received = _reached(submitted + int(20 + 300 * chance() ** 2), timeline, random)
    else:
        day = timeline.working[timeline.working_place[day]]
        submitted = received = day * MINUTES + int(OPENING + (CLOSING - OPENING) * chance())
    due, ended = _due_and_on_time(received, service, timeline, random)
    odds = timeline.lateness(due // MINUTES)
    odds = odds / (1 - odds) * character.lateness * office.lateness
    late = chance() < odds / (1 + odds)
    if late:
        days = timeline.delay(due // MINUTES, random)
        ended = max(due + 5, _reached(due + 60 + days * MINUTES, timeline, random))

    requested = answered = requested_again = answered_again = NEVER
    outcome, fate = DONE, chance()
    if fate < 0.065 and ended - received > 2 * MINUTES:
        requested = _reached(received + int((ended - received) * 0.5 * chance()), timeline, random)
        if fate < 0.007:
            # Asked once and never answered: the agency has done its part.
            ended = NEVER
        else:
            answered = requested + int((1 + 7 * chance()) * MINUTES)
            ended += answered - requested
            if fate < 0.014:
                requested_again = _reached(answered + MINUTES, timeline, random)
                answered_again = requested_again + int((1 + 5 * chance()) * MINUTES)
                ended = max(ended, answered_again) + MINUTES
    elif fate > 0.97:
        outcome = STOPPED if fate > 0.99 else (WITHDRAWN if fate > 0.98 else NOT_RECEIVED)
        ended = min(ended, received + 2 * MINUTES)
        if outcome == NOT_RECEIVED:
            received = NEVER
            ended = _reached(submitted + MINUTES, timeline, random)
    elif fate > 0.967:
        ended = NEVER  # forgotten

    completed = outcome == DONE and ended != NEVER
    fee, payment = None, 0
    if service.fee:
        if service.charging:
            fee = 0 if chance() < 0.06 else service.fee
        if online and service.paying and fee != 0 and chance() < character.paid:
            payment = 1 if chance() < 0.7 else 2
    return Life(
        code=f"{office.prefix}-{timeline.day_texts[day][2:]}-{number:05}",
        office=office,
        service=service,
        channel=channel,
        submitted=submitted,
        received=received,
        due=due,
        requested=requested,
        answered=answered,
        requested_again=requested_again,
        answered_again=answered_again,
        ended=ended,
        returned=ended + int(chance() * 2 * MINUTES) if completed and chance() < 0.8 else NEVER,
        outcome=outcome,
        payment=payment,
        fee=fee,
        attached=chance() < character.attached,
        result=completed and chance() < character.result,
        reused=chance() < character.reused,
        stored=chance() < character.stored,
        population=service.linked and chance() < character.population,
    )


def _due_and_on_time(received: int, service: Service, timeline: Timeline, random: Random) -> tuple[int, int]:
    """When it is due, and when it ends if it ends in time: mostly close to the last moment."""
    part, time = random.random() ** 0.6, service.time
    if service.unit == "h":
        due = received + time * 60
        return due, received + int(time * 60 * part)
    day = received // MINUTES
    if service.unit == "w":
        place = timeline.working_place[day]
        due_day = timeline.working[place + time]
        end_day = timeline.working[place + int(time * part + 0.35)]
    else:
        days = time * (30 if service.unit == "m" else 1)
        due_day, end_day = day + days, day + int(days * part)
    due = due_day * MINUTES + CLOSING
    ended = end_day * MINUTES + int(OPENING + 90 + (CLOSING - OPENING - 90) * random.random())
    return due, min(due, max(ended, received + 15))


def _reached(minute: int, timeline: Timeline, random: Random) -> int:
    """The minute itself in working hours, else one soon after the next opening."""
    day, rest = divmod(minute, MINUTES)
    if OPENING <= rest <= CLOSING and timeline.working[timeline.working_place[day]] == day:
        return minute
    place = timeline.working_place[day]
    if rest > CLOSING and timeline.working[place] == day:
        place += 1
    return timeline.working[place] * MINUTES + OPENING + int(120 * random.random())
