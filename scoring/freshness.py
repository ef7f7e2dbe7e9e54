"""How fresh what is shown is: one word that changes with the scores and so drops every kept page."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import structlog
from django.core.cache import cache
from django.db.models import Max
from redis.exceptions import RedisError

from scoring.models import Publication, Scorecard

log = structlog.get_logger(__name__)

GENERATION_KEY = "scoring:generation"
LATEST_KEY = "scoring:latest-change"
#: How long a change that nobody announced, such as one by a process with a cache of its own, can
#: stay unseen.
SECONDS_UNSEEN = 20
#: What a cache that cannot be reached raises; scores are then read from the database alone.
CACHE_AWAY = (OSError, RedisError)


def generation() -> str:
    """A word that stays the same exactly as long as the scorecards do.

    Made of what ``bump`` last wrote and of the newest change the database knows, so an empty
    cache costs one query and never brings an old word back for new scores.
    """
    try:
        bumped = cache.get(GENERATION_KEY, "")
        stamp = cache.get(LATEST_KEY)
        if stamp is None:
            stamp = _latest_stamp()
            cache.set(LATEST_KEY, stamp, timeout=SECONDS_UNSEEN)
    except CACHE_AWAY:
        return _latest_stamp()
    return f"{bumped}{stamp}"


def bump() -> None:
    """Start a new generation; called when a transaction that moved scores has committed.

    Never fails: without the cache, the scores themselves tell that they moved.
    """
    try:
        cache.set(GENERATION_KEY, uuid4().hex, timeout=None)
        cache.delete(LATEST_KEY)
    except CACHE_AWAY as error:
        log.warning("generation_not_bumped", reason=str(error))


def latest_change(period: str = "") -> datetime | None:
    """When a scorecard (of ``period``, a code, or of any) last moved; None without scorecards."""
    cards = Scorecard.objects.order_by()
    if period:
        cards = cards.filter(period=period)
    return cards.aggregate(latest=Max("changed_at"))["latest"]


def _latest_stamp() -> str:
    moments = (latest_change(), Publication.objects.published().aggregate(at=Max("approved_at"))["at"])
    return "".join(f"-{moment.timestamp():.6f}" if moment else "-" for moment in moments)
