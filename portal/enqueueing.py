"""How a task reaches the broker, and what happens when it cannot."""

from typing import Any

import structlog
from celery.contrib.django.task import DjangoTask
from celery.result import AsyncResult
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


class BestEffortTask(DjangoTask):
    """A task whose sender never fails because the broker is away.

    The database holds what remains to be done, and a periodic sweep finds it;
    a message only makes it happen sooner.
    """

    abstract = True

    def apply_async(self, *args: Any, **kwargs: Any) -> AsyncResult | None:
        """Send the task, or log a warning and return None when there is no broker to take it."""
        try:
            return super().apply_async(*args, **kwargs)
        except OperationalError as error:
            log.warning("task_not_sent", task=self.name, reason=str(error))
            return None
