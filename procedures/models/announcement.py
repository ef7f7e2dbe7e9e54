from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.models.scoped import ScopedModel
from agencies.permissions import KEEP_DATA, SEE_RECORDS
from procedures.models.procedure import Procedure


class Announcement(ScopedModel):
    """A decision of an agency announcing one procedure: new, amended or abolished.

    The derived columns are written by ``procedures.announcing`` from the dates and the working-day
    calendar (Decision 766, criteria 1.1 and 1.2).
    """

    asks = {"view": SEE_RECORDS, "add": KEEP_DATA, "change": KEEP_DATA, "delete": KEEP_DATA}

    class Change(models.TextChoices):
        NEW = "new", _("New")
        AMENDED = "amended", _("Amended")
        ABOLISHED = "abolished", _("Abolished")

    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="announcements", verbose_name=_("agency")
    )
    procedure = models.ForeignKey(
        Procedure,
        on_delete=models.PROTECT,
        related_name="announcements",
        verbose_name=_("procedure"),
    )
    change = models.CharField(_("change"), max_length=10, choices=Change.choices)
    decision_number = models.CharField(_("decision number"), max_length=60)
    decided_on = models.DateField(_("decision date"), db_index=True)
    effective_on = models.DateField(
        _("effective date of the legal basis"),
        help_text=_("The latest one, if the decision rests on several documents."),
    )
    must_publish = models.BooleanField(_("must be published"), default=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)

    announce_by = models.DateField(_("latest day to decide on time"), editable=False, null=True)
    publish_by = models.DateField(
        _("latest day to publish on time"), editable=False, null=True, db_index=True
    )
    decided_month = models.PositiveIntegerField(editable=False, default=0, db_index=True)
    publish_month = models.PositiveIntegerField(editable=False, default=0, db_index=True)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-decided_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "procedure", "decision_number"],
                name="one_announcement_per_decision",
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision_number} · {self.procedure.code}"
