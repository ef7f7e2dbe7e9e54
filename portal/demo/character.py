"""How well each system's agencies work, so that the totals of provinces spread as the real ones do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Character:
    """The habits of one province or ministry; shares from 0 to 1.

    ``lateness`` multiplies the odds of a dossier being late. ``paying``, ``charging`` and ``linked``
    are shares of procedures for which online payment, fee data and population data are in use.
    """

    lateness: float
    online: float
    result: float
    attached: float
    reused: float
    stored: float
    population: float
    paying: float
    paid: float
    charging: float
    linked: float
    offered_online: float
    synchronised: float
    declaring: float
    announcing: float
    publishing: float
    complete: float


def characters(codes: Sequence[str], seed: int) -> dict[str, Character]:
    """A character for each code, the qualities spread evenly from the worst to the best."""
    order = sorted(codes)
    Random(f"{seed} characters").shuffle(order)  # noqa: S311
    spread = max(1, len(order) - 1)
    return {
        code: character(2 * place / spread - 1, Random(f"{seed} {code}"))  # noqa: S311
        for place, code in enumerate(order)
    }


def character(quality: float, random: Random) -> Character:
    """The character of an agency of ``quality`` -1 (worst) to 1 (best), each habit a little apart."""

    def share(middle: float, slope: float, noise: float = 0.35) -> float:
        # On the scale of odds, where a step means as much at 2 % as at 90 %.
        odds = math.log(middle / (1 - middle)) + slope * quality + random.gauss(0, noise)
        return 1 / (1 + math.exp(-odds))

    return Character(
        lateness=math.exp(-0.50 * quality + random.gauss(0, 0.20)),
        online=share(0.955, 0.4),
        result=share(0.74, 0.35),
        attached=share(0.37, 0.35, 0.5),
        reused=share(0.16, 0.5, 0.6),
        stored=share(0.02, 0.6, 0.6),
        population=share(0.86, 0.4),
        paying=share(0.40, 0.35),
        paid=share(0.33, 0.4),
        charging=share(0.36, 0.35),
        linked=share(0.33, 0.4),
        offered_online=share(0.75, 0.3),
        synchronised=share(0.61, 0.5, 0.5),
        declaring=share(0.90, 0.2),
        announcing=share(0.16, 0.6, 0.5),
        publishing=share(0.54, 0.5, 0.5),
        complete=share(0.82, 0.4, 0.5),
    )
