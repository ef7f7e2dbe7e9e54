from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, IntegrationClient
from agencies.models.scoped import ScopedModel
from agencies.permissions import SEE_RECORDS, WORK_INBOX
from procedures.models.procedure import Procedure


class InboxItem(ScopedModel):
    """A record that a door refused, with the reason, waiting to be mended and retried.

    ``record`` is the record as sent less the applicant's personal data, which are already hashed
    in it, so a retry loses nothing and the inbox holds nothing in clear.
    """

    asks = {"view": SEE_RECORDS, "change": WORK_INBOX}

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RETRIED = "retried", _("Taken on retry")
        DISMISSED = "dismissed", _("Dismissed")

    class Kind(models.TextChoices):
        DOSSIER = "dossier", _("Dossier")
        STEP = "step", _("Progress step")

    agency = models.ForeignKey(
        Agency, on_delete=models.CASCADE, related_name="inbox", verbose_name=_("agency")
    )
    client = models.ForeignKey(
        IntegrationClient, on_delete=models.SET_NULL, null=True, verbose_name=_("sent by")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    dossier_code = models.CharField(_("dossier code"), max_length=200, blank=True, db_index=True)
    position = models.PositiveIntegerField(_("position in the batch"))
    field = models.CharField(pgettext_lazy("of a record", "field"), max_length=60)
    reason = models.CharField(_("reason"), max_length=300)
    record = models.JSONField(_("record"), default=dict)
    fingerprint = models.CharField(max_length=32, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    times = models.PositiveIntegerField(_("times sent"), default=1)
    received_at = models.DateTimeField(_("first refused"))
    last_at = models.DateTimeField(_("last refused"))

    class Meta:
        verbose_name = _("refused record")
        verbose_name_plural = _("inbox")
        ordering = ["-last_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "fingerprint"],
                condition=Q(state="waiting"),
                name="one_waiting_item_per_record",
            )
        ]
        indexes = [models.Index(fields=["agency", "state", "-last_at"], name="inbox_waiting")]

    def __str__(self) -> str:
        return f"{self.dossier_code} · {self.reason}"


class LocalName(ScopedModel):
    """A unit's name or a procedure's code as one system writes it, and ours once mapped.

    Rows appear by themselves when a dossier could not be placed; filling one in re-places what
    waits for it.
    """

    scope_path = "owner__path"
    asks = {"view": SEE_RECORDS, "change": WORK_INBOX}

    class Kind(models.TextChoices):
        UNIT = "unit", _("Unit")
        PROCEDURE = "procedure", _("Procedure")

    owner = models.ForeignKey(
        Agency,
        on_delete=models.CASCADE,
        related_name="local_names",
        verbose_name=_("used by"),
        help_text=_("The agency whose system writes it so."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    value = models.CharField(_("as sent"), max_length=300)
    agency = models.ForeignKey(
        Agency,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agency"),
    )
    procedure = models.ForeignKey(
        Procedure,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("procedure"),
    )
    first_seen_at = models.DateTimeField(_("first seen"))

    class Meta:
        verbose_name = _("local name")
        verbose_name_plural = _("mapping of local names")
        ordering = ["owner__path", "kind", "value"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind", "value"], name="one_local_name"),
            models.CheckConstraint(
                condition=Q(kind="unit", procedure__isnull=True) | Q(kind="procedure", agency__isnull=True),
                name="local_name_maps_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.value
