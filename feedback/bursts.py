"""Bursts: many voices on one agency from one source are held until somebody has looked.

A single angry or friendly address cannot swing a score: once a rule is met, every voice of the burst is
held, the first ones too, and counts only when released (``feedback.reviewing``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from feedback import moves
from feedback.grievances import settle
from feedback.models import Petition, PetitionStep, Rating, Standing


@dataclass(frozen=True)
class BurstRule:
    """More than ``most`` voices on one agency from one source ``within`` a time are held."""

    code: str
    within: timedelta
    most: int
    #: Why so many are too many, told to who reviews them.
    reason: object


RULES: tuple[BurstRule, ...] = (
    BurstRule(
        "hour",
        timedelta(hours=1),
        5,
        _("More than five voices from one source within an hour: a family has fewer dossiers than that."),
    ),
    BurstRule(
        "day",
        timedelta(days=1),
        20,
        _("More than twenty voices from one source within a day: as from a counter's own computer."),
    ),
)


LONGEST = max(rule.within for rule in RULES)

# Asked with every rating and petition, and written out because building the question from querysets takes
# several times as long as its answer.
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))"
_SAID = f"""
    SELECT (SELECT COUNT(*) FROM {Rating._meta.db_table} WHERE source_hash = %s AND given_at > %s)
         + (SELECT COUNT(*) FROM {Petition._meta.db_table} WHERE source_hash = %s AND given_at > %s)
"""  # noqa: S608


def reason_of(code: str) -> str:
    """Why a voice is held, in the reader's language; empty for a rule there is no more."""
    return next((str(rule.reason) for rule in RULES if rule.code == code), "")


def wait_for_turn(agency_id: int, source: str, as_of: datetime) -> int:
    """Let one voice from a source at a time be taken on an agency, first of all in its transaction.

    Voices that came at one moment would not see each other, and a burst of them would pass. Others'
    voices on the agency wait for nobody. Returns how many voices the source gave lately, on whatever
    agency: what ``hold_burst`` asks first.
    """
    if not source:
        return 0
    since = connection.ops.adapt_datetimefield_value(as_of - LONGEST)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Both in one message; the second statement sees what was there once the lock was had.
            cursor.execute(f"{_TURN}; {_SAID}", [source, agency_id, source, since, source, since])
            cursor.nextset()
        else:
            # The write transaction itself is the turn.
            cursor.execute(_SAID, [source, since, source, since])
        return int(cursor.fetchone()[0])


def hold_burst(agency_id: int, source: str, as_of: datetime, said_lately: int) -> int:
    """Hold the voices on an agency from ``source`` that are too many; returns how many were held.

    In the transaction that took the last of them in, after ``wait_for_turn``, which told
    ``said_lately``. What was reviewed stays as it was decided. Voices without a source, from connected
    systems, are nobody's burst.
    """
    # Most sources have said little in the longest time there is a rule for: then no rule is met.
    if not source or said_lately < min(rule.most for rule in RULES):
        return 0
    held = 0
    for rule in RULES:
        ratings, petitions = _voices(agency_id, source, as_of - rule.within)
        if _count(ratings, petitions) > rule.most:
            held += _hold(ratings, petitions, rule, as_of)
    return held


def _voices(agency_id: int, source: str, since: datetime) -> tuple[QuerySet[Rating], QuerySet[Petition]]:
    return (
        _of(Rating.objects.filter(dossier__agency_id=agency_id), source, since),
        _of(Petition.objects.filter(agency_id=agency_id), source, since),
    )


def _count(ratings: QuerySet[Rating], petitions: QuerySet[Petition]) -> int:
    return ratings.count() + petitions.count()


def _of(voices: QuerySet[Any], source: str, since: datetime) -> QuerySet[Any]:
    return voices.order_by("pk").filter(source_hash=source, given_at__gt=since)


def _hold(ratings: QuerySet[Rating], petitions: QuerySet[Petition], rule: BurstRule, as_of: datetime) -> int:
    counted = {"standing": Standing.COUNTED, "reviewed_at__isnull": True}
    held = list(petitions.filter(**counted))
    for petition in held:
        with moves.moving(petition, as_of) as move:
            move.petition.standing, move.petition.held_for = Standing.HELD, rule.code
            move.step(PetitionStep.Verb.HELD, text=str(rule.code))
    dossiers = list(ratings.filter(**counted).values_list("dossier_id", flat=True))
    Rating.objects.filter(dossier_id__in=dossiers).update(standing=Standing.HELD, held_for=rule.code)
    settle(dossiers, as_of)
    return len(dossiers) + len(held)
