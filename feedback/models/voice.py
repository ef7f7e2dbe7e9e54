from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import IntegrationClient
from agencies.models.scoped import ScopedModel


class Standing(models.TextChoices):
    """Whether a voice counts in scores."""

    COUNTED = "counted", _("Counted")
    HELD = "held", _("Held for review")
    REJECTED = "rejected", _("Rejected after review")


class Door(models.TextChoices):
    """By which door a voice came in."""

    PAGE = "page", _("Public page, by code")
    LINK = "link", _("Link or QR code on the receipt")
    SYSTEM = "system", _("Connected system")


class Voice(ScopedModel):
    """What a rating and a petition have in common: where it came from and whether it counts.

    A voice of a burst from one source is held until somebody above the agency has looked
    (``feedback.bursts``, ``feedback.reviewing``). The source is a keyed hash of the address, kept for a
    month.
    """

    standing = models.CharField(
        _("standing"), max_length=8, choices=Standing.choices, default=Standing.COUNTED
    )
    held_for = models.CharField(_("held because of"), max_length=20, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)
    review_reason = models.CharField(_("reason of the review"), max_length=500, blank=True)
    source_hash = models.CharField(max_length=32, blank=True, editable=False)
    door = models.CharField(_("door"), max_length=6, choices=Door.choices)
    client = models.ForeignKey(
        IntegrationClient,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("sent by"),
    )
    client_ref = models.CharField(_("identifier at the sender"), max_length=80, blank=True)
    given_at = models.DateTimeField(_("given"))

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["client", "client_ref"],
                condition=Q(client__isnull=False),
                name="%(class)s_once_per_sender",
            )
        ]
        indexes = [
            models.Index(
                fields=["source_hash", "given_at"],
                condition=~Q(source_hash=""),
                name="%(class)s_source",
            ),
            models.Index(fields=["given_at"], condition=Q(standing="held"), name="%(class)s_held"),
        ]
