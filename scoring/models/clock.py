from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models.scoped import ScopedModel
from agencies.permissions import OPERATE_SYSTEM


class ClockTick(models.Model):
    """Up to which moment the passing of time has been taken into account: one row.

    Kept in the database, so that ticks missed while nothing ran are caught up.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.until.isoformat()


class TaskPulse(ScopedModel):
    """When a periodic task last finished well, for the watchdog that notices silence."""

    scope_path = ""
    asks = {"view": OPERATE_SYSTEM}

    name = models.CharField(_("task"), max_length=100, primary_key=True)
    every = models.DurationField(_("expected every"))
    last_started_at = models.DateTimeField(_("last started"), null=True)
    last_finished_at = models.DateTimeField(_("last finished"), null=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("background task")
        verbose_name_plural = _("background tasks")

    def __str__(self) -> str:
        return self.name
