"""Held voices as they are decided about: together where they came from one source on one agency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agencies.models import Agency
from feedback.bursts import reason_of
from feedback.models import Petition, Rating
from feedback.reviewing import held_petitions, held_ratings

#: Voices on one page; the others follow when these are decided.
SHOWN = 500

Voice = Rating | Petition


@dataclass(frozen=True)
class Held:
    """A held voice; ``key`` names it in a form: ``r12`` or ``p12``."""

    voice: Voice

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"{'p' if self.is_petition else 'r'}{self.voice.pk}"

    @property
    def is_petition(self) -> bool:
        """Whether it is a petition, not a rating."""
        return isinstance(self.voice, Petition)

    @property
    def agency(self) -> Agency:
        """The agency it is about."""
        return self.voice.agency if isinstance(self.voice, Petition) else self.voice.dossier.agency

    @property
    def given_at(self) -> datetime:
        """When it was said."""
        return self.voice.given_at


@dataclass
class Burst:
    """Voices held together, and why."""

    agency: Agency
    reason: str
    voices: list[Held] = field(default_factory=list)

    @property
    def first(self) -> datetime:
        """When the first of them came."""
        return min(held.given_at for held in self.voices)

    @property
    def last(self) -> datetime:
        """When the last of them came."""
        return max(held.given_at for held in self.voices)


def bursts_for(user: Any) -> list[Burst]:
    """What ``user`` decides about, the oldest first."""
    ratings, petitions = held_ratings(user)[:SHOWN], held_petitions(user)[:SHOWN]
    both: list[Voice] = [*ratings, *petitions]
    voices = sorted(map(Held, both), key=lambda held: held.given_at)
    found: dict[tuple[int, str], Burst] = {}
    for held in voices[:SHOWN]:
        # Without a source any more, each stands for itself.
        source = held.voice.source_hash or held.key
        reason = reason_of(held.voice.held_for)
        burst = found.setdefault((held.agency.pk, source), Burst(held.agency, reason))
        burst.voices.append(held)
    return list(found.values())


def count_for(user: Any) -> int:
    """How many voices wait for ``user``."""
    return held_ratings(user).count() + held_petitions(user).count()


def chosen(user: Any, keys: Sequence[str]) -> list[Held]:
    """Those of ``keys`` that still wait for ``user``."""
    found: list[Voice] = [
        *held_ratings(user).filter(pk__in=_ids(keys, "r")),
        *held_petitions(user).filter(pk__in=_ids(keys, "p")),
    ]
    return [Held(voice) for voice in found]


def _ids(keys: Iterable[str], letter: str) -> list[int]:
    return [
        int(key[1:])
        for key in keys
        if key[:1] == letter and key[1:].isascii() and key[1:].isdigit() and len(key) < 19
    ]
