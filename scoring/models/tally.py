from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.models.scoped import ScopedModel
from procedures.models import Procedure
from scoring.measures import CATALOGUE_MEASURES, TALLY_COLUMNS


class Scope(models.IntegerChoices):
    """Whose counts a tally row holds. A leaf's own counts are its subtree's: one row for both."""

    OWN = 1, _("Own")
    SUBTREE = 2, _("With everything below")
    BOTH = 3, _("Own, nothing below")


class Tally(ScopedModel):
    """The counts of an agency's month for one procedure: one integer column a measure.

    Written only by ``scoring.tally``. ``procedure`` is null for what belongs to none (a declared
    volume, a dossier whose local procedure code is not mapped yet).
    """

    # Not constrained in the database: the ids come from rows that are, and checking them again
    # took a third of a full recount.
    agency = models.ForeignKey(
        Agency, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    procedure = models.ForeignKey(
        Procedure,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    month = models.PositiveIntegerField(_("month"))
    scope = models.PositiveSmallIntegerField(_("scope"), choices=Scope.choices)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        # Not unique: a month's rows of an agency are replaced whole, under one lock.
        indexes = [models.Index(fields=["month", "agency"], name="tally_month")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.month}"


for _column in TALLY_COLUMNS:
    # A sum of times outgrows what a count of dossiers fits in.
    _field = models.BigIntegerField if _column.summed else models.IntegerField
    _field(_column.label, default=0, db_default=0).contribute_to_class(Tally, _column.name)


class CatalogueTally(ScopedModel):
    """How many distinct procedures an agency's subtree offers, by kind: the present state.

    Written only by ``scoring.catalogue``; not by month, since what it counts is not.
    """

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="+", primary_key=True)

    class Meta:
        verbose_name = _("catalogue tally")
        verbose_name_plural = _("catalogue tallies")

    def __str__(self) -> str:
        return str(self.agency_id)


for _measure in CATALOGUE_MEASURES:
    models.PositiveIntegerField(_measure.label, default=0).contribute_to_class(CatalogueTally, _measure.name)
