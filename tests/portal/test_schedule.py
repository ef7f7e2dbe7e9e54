"""The clock rings for tasks that exist, as often as they expect."""

import pytest
from django.conf import settings

from portal.celery import app
from portal.schedule import BEAT_SCHEDULE
from scoring import tasks


@pytest.mark.parametrize("name", BEAT_SCHEDULE)
def test_a_scheduled_task_exists(name: str) -> None:
    app.loader.import_default_modules()
    assert BEAT_SCHEDULE[name]["task"] in app.tasks


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sweep", tasks.SWEEP_EVERY),
        ("clock", tasks.TICK_EVERY),
        ("snapshots", tasks.SNAPSHOT_EVERY),
        ("action-tasks", tasks.ACTIONS_EVERY),
        ("watchdog", tasks.WATCH_EVERY),
        ("anomalies", tasks.ANOMALIES_EVERY),
    ],
)
def test_it_rings_as_often_as_the_watchdog_expects(name: str, expected) -> None:
    assert BEAT_SCHEDULE[name]["schedule"] == expected.total_seconds()


def test_no_task_may_outlive_the_time_after_which_its_message_is_handed_out_again() -> None:
    assert settings.CELERY_TASK_TIME_LIMIT < 360
    assert tasks.TURN_SECONDS < settings.CELERY_TASK_SOFT_TIME_LIMIT
