from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.models.scoped import ScopedModel
from agencies.permissions import KEEP_DATA, SEE_RECORDS


class ReportedVolume(ScopedModel):
    """Dossiers an agency declared to the national reporting system for one month.

    The agency's own dossiers, without its sub-units' (which declare theirs), so that a sum over
    the tree counts each dossier once (Decision 766, criterion 1.4).
    """

    asks = {"view": SEE_RECORDS, "add": KEEP_DATA, "change": KEEP_DATA, "delete": KEEP_DATA}

    agency = models.ForeignKey(
        Agency, on_delete=models.CASCADE, related_name="reported_volumes", verbose_name=_("agency")
    )
    month = models.PositiveIntegerField(_("month"), help_text=_("yyyymm, e.g. 202603"))
    dossiers = models.PositiveIntegerField(_("dossiers declared"))

    class Meta:
        verbose_name = _("reported volume")
        verbose_name_plural = _("reported volumes")
        constraints = [models.UniqueConstraint(fields=["agency", "month"], name="one_volume_per_month")]
        indexes = [models.Index(fields=["month", "agency"], name="volume_month")]

    def __str__(self) -> str:
        return f"{self.agency} {self.month}"
