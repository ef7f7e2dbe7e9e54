from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, User
from agencies.models.scoped import ScopedModel


class ActionTask(ScopedModel):
    """A task of an agency's action list: a unit brings a criterion up to a rate, by a day.

    ``owner`` is the agency whose list it stands in, ``agency`` the unit that has it. Progress is the rate
    of the unit's scorecard in ``period``, counted and graded as ever; nobody reports it. Rates are
    fractions. Written by ``scoring.action_tasks`` alone; its history stands in the log of decisions.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("task", "Under way")
        DONE = "done", _("Reached")
        CANCELLED = "cancelled", _("Cancelled")

    owner = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("whose list")
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="action_tasks", verbose_name=_("unit")
    )
    criterion = models.CharField(_("criterion"), max_length=10)
    period = models.CharField(_("measured in"), max_length=8)
    #: The unit's rate when it was set; null where nothing was counted then.
    start = models.DecimalField(_("at the start"), max_digits=7, decimal_places=4, null=True)
    target = models.DecimalField(
        _("target"), max_digits=7, decimal_places=4, validators=[MaxValueValidator(Decimal(1))]
    )
    due_on = models.DateField(_("by the day"))
    responsible = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person responsible"),
    )
    note = models.TextField(_("what is to be done"), blank=True, max_length=2000)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    set_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(_("set"))
    #: When it was reached or cancelled, and at which rate it was reached.
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_at_rate = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    #: How many of the reminders (``action_reminders.STAGES``) were written.
    reminded = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("task of an action list")
        verbose_name_plural = _("tasks of action lists")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "criterion", "period"],
                condition=Q(state="open"),
                name="one_open_task_per_criterion",
            )
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(state="open"), name="open_tasks_by_day")]

    def __str__(self) -> str:
        return f"{self.criterion} {self.agency} {self.period}"
