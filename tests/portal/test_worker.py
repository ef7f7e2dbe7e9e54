"""A real worker, a real queue and the database they share."""

import time

import pytest

from portal.serving.child import Child
from scoring.models import TaskPulse
from scoring.tasks import sweep

pytestmark = pytest.mark.real


def wait_for_sweep() -> None:
    """Return once a worker has run the sweep; fail after half a minute."""
    deadline = time.monotonic() + 90
    while not TaskPulse.objects.filter(name="sweep", last_finished_at__isnull=False).exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_task_that_is_sent_is_run(celery_worker_process: Child) -> None:
    sweep.delay()
    wait_for_sweep()


def test_a_task_sent_while_no_worker_runs_waits_for_the_next(celery_worker_process: Child) -> None:
    celery_worker_process.kill_group()
    sweep.delay()
    celery_worker_process.start()
    wait_for_sweep()
