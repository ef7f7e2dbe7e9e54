from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models.agency import Agency
from agencies.models.scoped import ScopedModel, ScopedQuerySet
from agencies.models.user import User


class JobQuerySet(ScopedQuerySet["Job"]):
    """Sets of jobs."""

    def under_way(self) -> JobQuerySet:
        """Those that wait or run."""
        return self.filter(state__in=Job.UNDER_WAY)

    def claimable(self, as_of: datetime) -> JobQuerySet:
        """Those nobody works on: waiting, or held by a worker that has not been heard of in time."""
        lost = Q(state=Job.State.RUNNING, held_until__lt=as_of)
        return self.filter(Q(state=Job.State.WAITING) | lost)

    def expired(self, as_of: datetime) -> JobQuerySet:
        """Those whose files are to go."""
        return self.filter(state__in=(Job.State.DONE, Job.State.FAILED), expires_at__lte=as_of)


class Job(ScopedModel):
    """Work too long for a page: who asked for what, how far it is, and what came of it.

    A worker takes it by a conditional update and says after every step that it still has it, so that
    one that was killed is noticed and another goes on from the last step (``agencies.job_runs``). Its
    files lie in a folder of its own (``agencies.job_files``) until ``expires_at``.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("job", "Waiting")
        RUNNING = "running", pgettext_lazy("job", "Running")
        DONE = "done", pgettext_lazy("job", "Done")
        FAILED = "failed", pgettext_lazy("job", "Failed")
        GONE = "gone", pgettext_lazy("job", "Gone")

    UNDER_WAY = (State.WAITING, State.RUNNING)

    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("what"), max_length=300)
    parameters = models.JSONField(default=dict, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="jobs", verbose_name=_("asked by"))
    language = models.CharField(max_length=8, editable=False)
    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("agency"),
        help_text=_("Whose records it is about; empty: whatever its owner may see."),
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("of"), null=True)
    #: Where the next turn goes on, in the terms of its kind.
    checkpoint = models.JSONField(default=dict, editable=False)
    #: What came of it, in the terms of its kind.
    outcome = models.JSONField(default=dict, editable=False)
    file_name = models.CharField(_("file"), max_length=150, blank=True)
    error = models.CharField(_("what went wrong"), max_length=1000, blank=True)
    #: Who holds it: a new word for every turn.
    claim = models.CharField(max_length=32, blank=True, editable=False)
    held_until = models.DateTimeField(null=True, editable=False)
    #: How often a worker was lost with it.
    losses = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("asked"))
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    expires_at = models.DateTimeField(_("kept until"), null=True)

    objects = JobQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["owner", "-id"], name="job_owner"),
            models.Index(
                fields=["state"], condition=Q(state__in=("waiting", "running")), name="job_under_way"
            ),
            models.Index(fields=["expires_at"], condition=Q(state__in=("done", "failed")), name="job_expiry"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_under_way(self) -> bool:
        """Whether something is still to come of it."""
        return self.state in self.UNDER_WAY
