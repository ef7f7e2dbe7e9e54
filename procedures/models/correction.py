from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models.scoped import ScopedModel
from procedures.models.dossier import Dossier


class Correction(ScopedModel):
    """One fact of a dossier that was decided to be other than its system says.

    It lies over whatever the system sends until it is withdrawn, and then what the system said last
    stands again. Written only by ``procedures.corrections``; ``said`` also by ``procedures.sync``.
    """

    scope_path = "dossier__agency__path"

    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("dossier")
    )
    #: A name in ``procedures.laying_over.FIELDS``.
    field = models.CharField(_("fact"), max_length=30)
    #: As JSON holds it: moments as ISO 8601 text. None is "nothing".
    value = models.JSONField(_("corrected to"), null=True)
    said = models.JSONField(_("as its system says"), null=True)
    reason = models.CharField(_("reason"), max_length=500)
    source = models.CharField(
        _("decided on"),
        max_length=60,
        blank=True,
        help_text=_("What it was decided on: an objection's number."),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("corrected"), db_index=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=500, blank=True)
    #: The months whose counts it moved (``yyyymm``), those the dossier counted in before and after.
    first_month = models.PositiveIntegerField(editable=False, default=0)
    last_month = models.PositiveIntegerField(editable=False, default=0)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "field"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_correction_per_fact",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} · {self.field}"
