"""Everything the demo's systems send, in the order it arrives: first up to a week ago, then since.

Pure: from a plan to letters, so that another process can write them (``portal.demo.clerk``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import NamedTuple

import orjson

from portal.demo.character import Character
from portal.demo.doubtful import doubted
from portal.demo.lives import NEVER, Life, Office, lives
from portal.demo.slips import IN_A_THOUSAND, spoil
from portal.demo.telling import Record, record, steps
from portal.demo.timeline import MINUTES, Timeline
from portal.demo.volumes import Received, Volume, volumes

#: Records one call of the national protocol may carry.
IN_A_CALL = 1000
#: Every so many dossiers, progress is reported as well; only that for so many of last week's.
WITH_STEPS, STEPS_ONLY = 12, 5
STEPS_FOR_DAYS = 60
LAST_WEEK = 7 * MINUTES


@dataclass(frozen=True)
class Desk:
    """A system as its letters need it: its agency's code, its habits, how many dossiers each office has.

    ``foreign_prefix`` begins dossier codes of somebody else; ``silent`` is for how many minutes it has
    sent nothing.
    """

    code: str
    habits: Character
    quotas: Sequence[tuple[Office, int]]
    foreign_prefix: str
    silent: int = 0


@dataclass(frozen=True)
class Plan:
    """What to write: the desks, the time, the seed."""

    desks: Sequence[Desk]
    timeline: Timeline
    seed: int


class Letter(NamedTuple):
    """A call of one system arriving at a minute: the JSON of its dossiers or of its steps."""

    code: str
    at: int
    of_steps: bool
    body: bytes


class Declaration(NamedTuple):
    """What a system's agencies had declared by a minute."""

    at: int
    volumes: list[Volume]


Sent = Letter | Declaration


def letters(plan: Plan) -> Iterator[Sent]:
    """Every letter and declaration: those of a week ago, system by system, then those of the last week."""
    timeline = plan.timeline
    week_ago = timeline.end - LAST_WEEK
    moving: list[tuple[Desk, list[tuple[int, Life]], Received]] = []
    number = 0
    for desk in plan.desks:
        random = Random(f"{plan.seed} letters {desk.code} {timeline.now:%Y%m%d}")  # noqa: S311
        told: list[tuple[int, Life]] = []
        still_moving: list[tuple[int, Life]] = []
        received: Received = Counter()
        later: Received = Counter()
        for office, count in desk.quotas:
            for life in lives(office, count, desk.habits, timeline, random):
                number += 1
                if life.submitted <= week_ago:
                    told.append((number, life))
                if life.moved(week_ago, timeline.end - desk.silent):
                    still_moving.append((number, life))
                if life.received != NEVER:
                    month = timeline.month(life.received)
                    if life.received <= week_ago:
                        received[office.agency_id, month] += 1
                    elif life.received <= timeline.end:
                        later[office.agency_id, month] += 1
        yield from _dossiers(desk, told, week_ago, timeline, random)
        recent = [
            (number, life)
            for number, life in told
            if number % WITH_STEPS == 0 and life.submitted > timeline.end - STEPS_FOR_DAYS * MINUTES
        ]
        yield from _steps(desk, recent, 0, week_ago, timeline)
        yield _declaration(desk, received, week_ago, plan)
        moving.append((desk, still_moving, received + later))
    for desk, still_moving, received in moving:
        random = Random(f"{plan.seed} last week {desk.code} {timeline.now:%Y%m%d}")  # noqa: S311
        at = timeline.end - desk.silent
        by_steps = [
            (number, life)
            for number, life in still_moving
            if number % STEPS_ONLY == 0 and life.submitted <= week_ago
        ]
        by_record = [
            (number, life)
            for number, life in still_moving
            if number % STEPS_ONLY or life.submitted > week_ago
        ]
        yield from _dossiers(desk, by_record, at, timeline, random)
        yield from _steps(desk, by_steps, week_ago, at, timeline)
        yield _declaration(desk, received, at, plan)


def _dossiers(
    desk: Desk, told: Sequence[tuple[int, Life]], at: int, timeline: Timeline, random: Random
) -> Iterator[Letter]:
    def records() -> Iterator[Record]:
        for _number, life in told:
            written = record(life, at, timeline)
            if random.random() * 1000 < IN_A_THOUSAND:
                spoil(written, desk.foreign_prefix, random)
                yield written
            else:
                yield from doubted(life, written, timeline.end)

    remaining = records()
    while batch := list(islice(remaining, IN_A_CALL)):
        yield Letter(desk.code, at, False, orjson.dumps(batch))


def _steps(
    desk: Desk, told: Sequence[tuple[int, Life]], since: int, until: int, timeline: Timeline
) -> Iterator[Letter]:
    remaining = (step for _number, life in told for step in steps(life, since, until, timeline))
    while batch := list(islice(remaining, IN_A_CALL)):
        yield Letter(desk.code, until, True, orjson.dumps(batch))


def _declaration(desk: Desk, received: Received, at: int, plan: Plan) -> Declaration:
    random = Random(f"{plan.seed} volumes {desk.code}")  # noqa: S311
    agency_ids = sorted({office.agency_id for office, _count in desk.quotas})
    return Declaration(at, list(volumes(agency_ids, desk.habits, received, at, plan.timeline, random)))
