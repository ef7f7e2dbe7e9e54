"""Background work: thin, safe to run twice, safe to lose a worker in the middle of."""

from datetime import timedelta
from time import monotonic, sleep, time

import structlog
from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from scoring import confirmation_reminders
from scoring.action_reminders import remind_of_tasks
from scoring.action_tasks import settle_tasks
from scoring.anomalies.searching import search_nightly
from scoring.clock import tick
from scoring.models import DirtyMonth
from scoring.objections import evidence, reminding
from scoring.pulse import pulse, silent_tasks
from scoring.recount import BATCH, drain
from scoring.snapshots import take_snapshots

log = structlog.get_logger(__name__)

#: While this stands a wake-up is already on its way, and one more would only queue behind it.
QUEUED = "scoring:recount-queued"
QUEUED_SECONDS = 30
#: Until when recounting rests, in seconds since the epoch.
RESTING = "scoring:recount-rests-until"
#: A recount rests so many times as long as it took: it has a fifth of a processor, who waits the rest.
REST = 4
#: But no longer than this, in seconds: what comes meanwhile is counted at once.
LONGEST_REST = 0.5
#: How long one task goes on draining before it lets others have the worker.
TURN_SECONDS = 60

SWEEP_EVERY = timedelta(seconds=15)
TICK_EVERY = timedelta(minutes=1)
SNAPSHOT_EVERY = timedelta(hours=1)
ACTIONS_EVERY = timedelta(hours=1)
ANOMALIES_EVERY = timedelta(hours=1)
WATCH_EVERY = timedelta(minutes=1)
OBJECTIONS_EVERY = timedelta(hours=1)


def wake_recount() -> None:
    """Have a worker recount what is marked, unless one has already been asked to."""
    if cache.add(QUEUED, 1, timeout=QUEUED_SECONDS):
        recount.delay()


@shared_task
def recount() -> None:
    """Recount until nothing is marked; after a minute, hand over to the next turn."""
    until = monotonic() + TURN_SECONDS
    _rest()
    cache.delete(QUEUED)
    while _drained():
        if monotonic() > until:
            wake_recount()
            return
        _rest()


def _drained() -> int:
    """Recount a batch; returns how many marks were taken. A batch that was not full calls for a rest."""
    began = monotonic()
    taken = drain(timezone.now())
    if 0 < taken < BATCH:
        rest = min(REST * (monotonic() - began), LONGEST_REST)
        cache.set(RESTING, time() + rest, timeout=LONGEST_REST + 1)
    return taken


def _rest() -> None:
    """Leave the processor to who is waiting for a page.

    While voices or dossiers come without a pause, recounting after every single one would take all of a
    processor; the marks of a moment cost hardly more than one of them.
    """
    sleep(min(max(cache.get(RESTING, 0.0) - time(), 0.0), LONGEST_REST))


@shared_task
def sweep() -> None:
    """Recount what a lost message left behind."""
    with pulse("sweep", SWEEP_EVERY):
        if DirtyMonth.objects.exists():
            recount()


@shared_task
def clock_tick() -> None:
    """Let time pass: what turned late, or entered a new month, is marked for recount."""
    with pulse("clock_tick", TICK_EVERY):
        tick(timezone.now())


@shared_task
def daily_snapshots() -> None:
    """Keep today's totals and ranks, for "since last week"."""
    with pulse("daily_snapshots", SNAPSHOT_EVERY):
        take_snapshots(timezone.now())


@shared_task
def watch_objections() -> None:
    """Remind of objections whose deadline comes near, pass on those past it, delete old evidence."""
    with pulse("watch_objections", OBJECTIONS_EVERY):
        reminding.remind(timezone.now())
        reminding.escalate(timezone.now())
        evidence.forget(timezone.now())


@shared_task
def remind_of_confirmations() -> None:
    """Remind who has figures to confirm, near the end of a round and after it."""
    confirmation_reminders.remind_in_time(timezone.now())


@shared_task
def watch_action_tasks() -> None:
    """Mark which tasks of action lists were reached, and call those near their day to mind."""
    with pulse("watch_action_tasks", ACTIONS_EVERY):
        settle_tasks(timezone.now())
        remind_of_tasks(timezone.now())


@shared_task
def find_anomalies() -> None:
    """Search what this night has not been searched; after a minute, hand over to the next turn."""
    until = monotonic() + TURN_SECONDS
    with pulse("find_anomalies", ANOMALIES_EVERY):
        for _looked in search_nightly(timezone.now()):
            if monotonic() > until:
                find_anomalies.delay()
                return


@shared_task
def watchdog() -> None:
    """Say in the log which periodic tasks have gone silent."""
    with pulse("watchdog", WATCH_EVERY):
        for task in silent_tasks(timezone.now()):
            log.error("task_silent", task=task.name, last_finished_at=task.last_finished_at)
