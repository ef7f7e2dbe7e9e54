"""Sending a task never breaks what sent it."""

import pytest
from celery import Celery

from portal.celery import app
from portal.enqueueing import BestEffortTask
from portal.serving.ports import free_port
from scoring.tasks import sweep


@pytest.fixture
def lonely() -> Celery:
    """Return an application with the portal's settings, whose broker nobody runs."""
    lonely = Celery("lonely", task_cls=BestEffortTask, set_as_current=False)
    lonely.config_from_object("django.conf:settings", namespace="CELERY")
    lonely.conf.update(broker_url=f"redis://127.0.0.1:{free_port()}/0", broker_transport_options={})
    return lonely


def test_tasks_of_every_app_are_of_this_kind() -> None:
    assert isinstance(app.tasks[sweep.name], BestEffortTask)


def test_a_broker_that_is_away_costs_a_warning_not_an_error(lonely: Celery) -> None:
    @lonely.task
    def nothing() -> None:
        """Do nothing."""

    assert nothing.delay() is None


def test_other_errors_are_not_hidden(lonely: Celery) -> None:
    @lonely.task
    def nothing() -> None:
        """Do nothing, and take no argument."""

    with pytest.raises(TypeError):
        nothing.delay("unexpected")
