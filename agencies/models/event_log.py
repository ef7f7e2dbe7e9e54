from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models.agency import Agency
from agencies.models.scoped import ScopedModel
from agencies.models.user import User
from agencies.permissions import SEE_LOG


class EventLog(ScopedModel):
    """One decision: who did what to what, when, why; only ever added to.

    Each row holds the hash of the one before it, and triggers refuse to change or remove any. Names
    are copied in, so that it reads the same after what it names is gone; the keys beside them bind
    nothing. It names officials, never an applicant. Written by ``agencies.event_log.record``.
    """

    asks = {"view": SEE_LOG}

    number = models.PositiveBigIntegerField(_("entry number"), primary_key=True)
    at = models.DateTimeField(_("decided at"), db_index=True)
    actor = models.ForeignKey(
        User,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    actor_name = models.CharField(_("name of who decided"), max_length=320, blank=True)
    verb = models.CharField(_("decision"), max_length=60, db_index=True)
    object_type = models.CharField(_("kind of subject"), max_length=60, blank=True)
    object_id = models.CharField(_("subject"), max_length=40, blank=True)
    object_label = models.CharField(_("name of the subject"), max_length=300, blank=True)
    agency = models.ForeignKey(
        Agency,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=_("agency"),
    )
    agency_path = models.CharField(max_length=120, blank=True)
    agency_name = models.CharField(_("name of the agency"), max_length=200, blank=True)
    before = models.JSONField(_("state before"), null=True)
    after = models.JSONField(_("state after"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    request_id = models.CharField(_("request id"), max_length=64, blank=True)
    address = models.CharField(_("address it came from"), max_length=45, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log of decisions")
        ordering = ["-number"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["object_type", "object_id"], name="event_object")]

    def __str__(self) -> str:
        return f"{self.number} · {self.verb} · {self.object_label}"


class EventLogHead(models.Model):
    """How long the log is and what its last hash is, so that missing last rows are noticed: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    count = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.count} {self.hash}"
