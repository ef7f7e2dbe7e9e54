"""Is every part of the portal there: database, cache, workers?"""

import structlog
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from scoring.freshness import CACHE_AWAY
from scoring.models import TaskPulse
from scoring.pulse import silent_tasks

log = structlog.get_logger(__name__)


def worker_state() -> str:
    """Return "ok", "silent" when a periodic task missed its turns, or "not seen yet" when none ever ran.

    Raises DatabaseError when the database does not answer.
    """
    if silent_tasks(timezone.now()):
        return "silent"
    return "ok" if TaskPulse.objects.exists() else "not seen yet"


def cache_state() -> str:
    """Return "ok", or "unreachable" when what is written cannot be read back."""
    try:
        cache.set("health", "ok", timeout=10)
        return "ok" if cache.get("health") == "ok" else "unreachable"
    except CACHE_AWAY:
        return "unreachable"


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 while pages can be served, 503 without a database.

    A load balancer reads the status; a monitor reads `cache` and `workers`, without which
    pages still work but are slower, or grow old.
    """
    try:
        workers, database = worker_state(), "ok"
    except DatabaseError:
        log.exception("health_database")
        workers, database = "unknown", "unreachable"
    return JsonResponse(
        {"database": database, "cache": cache_state(), "workers": workers},
        status=200 if database == "ok" else 503,
    )
