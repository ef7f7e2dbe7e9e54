"""How the demo's applicants rate their dossiers: most are satisfied, fewer where they waited too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.db.models import Count, F, Q

from feedback.many_ratings import Collected, rate_many
from feedback.models import FACTORS, Door
from feedback.ratings import RATEABLE, Said, rate
from portal.demo.feedback_texts import COMMENTS_BAD, COMMENTS_GOOD
from procedures.among import among
from procedures.models import Dossier

#: One in so many applicants rates.
ONE_IN = 16
#: How likely 3 (very satisfied), 2 and 1 (not) are, for dossiers in time and for late ones.
IN_TIME, LATE = (0.62, 0.345, 0.035), (0.33, 0.45, 0.22)
LATEST = timedelta(days=21)
#: More voices from one source than are believed, on the busiest office below; how long ago they came.
BURST_BELOW, BURST, BURST_AGO, BURST_FROM = "H44.", 7, timedelta(days=2), "203.0.113.7"


def rate_dossiers(since: datetime | None, until: datetime, seed: int) -> int:
    """Rate some of the dossiers that ended after ``since``, up to ``until``; returns how many."""
    random = Random(f"{seed} ratings {until:%Y-%m-%d}")  # noqa: S311
    ended = Q(ended_at__lte=until) & (Q(ended_at__gt=since) if since else Q())
    chosen = [
        pk
        for pk in Dossier.objects.filter(ended, in_handling=True, received_at__isnull=False)
        .order_by("pk")
        .values_list("pk", flat=True)
        .iterator(chunk_size=5000)
        if random.randrange(ONE_IN) == 0
    ]
    collected = list(_said(chosen, until, random, seed))
    by_link = [one for one in collected if one.dossier.pk % 10 < 7]
    by_code = [one for one in collected if one.dossier.pk % 10 >= 7]
    return rate_many(by_link, door=Door.LINK) + rate_many(by_code, door=Door.PAGE)


def rate_in_a_burst(now: datetime) -> int:
    """Rate some dossiers of one office from one place, all badly; returns how many there were."""
    known = Dossier.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=now - RATEABLE + LATEST),
        agency__code__startswith=BURST_BELOW,
        in_handling=True,
        received_at__lte=now - 2 * BURST_AGO,
        rating__isnull=True,
    )
    busiest = known.order_by().values("agency").annotate(n=Count("pk")).order_by("-n", "agency").first()
    if busiest is None or busiest["n"] < BURST:
        return 0
    dossiers = known.filter(agency=busiest["agency"]).select_related("agency").order_by("-pk")[:BURST]
    for place, dossier in enumerate(dossiers):
        said = Said(1, {}, "Phục vụ quá tệ." if place == 0 else "")
        at = now - BURST_AGO + timedelta(minutes=4 * place)
        rate(dossier, said, door=Door.PAGE, as_of=at, address=BURST_FROM)
    return BURST


def _said(ids: list[int], until: datetime, random: Random, seed: int) -> Iterator[Collected]:
    late = Q(late_by_rule=True) | Q(ended_at__gt=F("deadline_at"))
    were_late = set(Dossier.objects.filter(late, among("id", ids)).values_list("pk", flat=True))
    moods: dict[int, float] = {}
    known = Dossier.objects.filter(among("id", ids)).order_by("pk")
    for dossier in known.only("code", "agency", "received_at", "ended_at", "in_handling"):
        gone = min(timedelta(days=random.expovariate(1 / 3)), LATEST)
        if dossier.ended_at is None or dossier.ended_at + gone > until:
            continue
        if dossier.agency_id not in moods:
            moods[dossier.agency_id] = Random(f"{seed} mood {dossier.agency_id}").gauss(0, 0.35)  # noqa: S311
        level = _level(LATE if dossier.pk in were_late else IN_TIME, moods[dossier.agency_id], random)
        factors = {name: _points(level, random) for name in FACTORS} if random.random() < 0.4 else {}
        comments = COMMENTS_GOOD if level > 1 else COMMENTS_BAD
        comment = random.choice(comments) if random.random() < (0.05 if level > 1 else 0.4) else ""
        yield Collected(dossier, Said(level, factors, comment), dossier.ended_at + gone)


def _level(shares: tuple[float, float, float], mood: float, random: Random) -> int:
    very, _satisfied, unhappy = shares
    unhappy *= 2**-mood
    chance = random.random()
    return 1 if chance < unhappy else 3 if chance < unhappy + very else 2


def _points(level: int, random: Random) -> int:
    return max(1, min(5, round(random.gauss(level * 1.4 + 0.7, 0.7))))
