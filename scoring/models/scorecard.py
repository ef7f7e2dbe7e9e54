from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.models.scoped import ScopedModel
from scoring.models.indicators import IndicatorSet


class LiveResult(ScopedModel):
    """What an agency came to in a period (2026-M03, 2026-Q1, 2026-H1, 2026) by an indicator set.

    ``criteria`` maps a code to ``[numerator, denominator, points]`` as strings, null where there
    is no data; maxima and rules are those of ``indicator_set``.
    """

    agency: models.ForeignKey[Agency, Agency]
    period = models.CharField(_("period"), max_length=8)
    peer_class = models.CharField(_("peer class"), max_length=40)
    indicator_set = models.ForeignKey(
        IndicatorSet, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    total = models.DecimalField(_("total"), max_digits=5, decimal_places=2)
    band = models.CharField(_("band"), max_length=12, blank=True)
    groups = models.JSONField(_("groups"), default=dict)
    criteria = models.JSONField(_("criteria"), default=dict)
    dossiers = models.PositiveBigIntegerField(_("dossiers"), default=0)
    rank = models.PositiveIntegerField(_("rank"), null=True)
    ranked = models.PositiveIntegerField(_("ranked peers"), default=0)
    as_of = models.DateTimeField(_("as of"))
    changed_at = models.DateTimeField(_("last moved"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.agency} {self.period}"


class Scorecard(LiveResult):
    """An agency's live score by the national set. Written only by ``scoring.scorecards``."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="scorecards")

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        constraints = [models.UniqueConstraint(fields=["agency", "period"], name="one_scorecard_per_period")]
        indexes = [models.Index(fields=["period", "peer_class", "-total"], name="standings")]


class DerivedScorecard(LiveResult):
    """An office's live result by the set its province or ministry derived, beside its national scorecard.

    It never stands in for the national one: standings, publications and files take ``Scorecard``. Fields
    mean what they mean there; ``rank`` is among the offices of that province or ministry. Written only by
    ``scoring.derived``.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="derived_scorecards")

    class Meta:
        verbose_name = _("derived scorecard")
        verbose_name_plural = _("derived scorecards")
        constraints = [
            models.UniqueConstraint(fields=["agency", "period"], name="one_derived_scorecard_per_period")
        ]
        indexes = [models.Index(fields=["period", "indicator_set"], name="derived_standings")]


class ScoreSnapshot(ScopedModel):
    """A scorecard's total and rank at the end of a day, to show what moved since last week.

    ``points`` maps a criterion's code to its points; null once nobody compares with that day any more.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", db_index=False)
    period = models.CharField(max_length=8)
    taken_on = models.DateField()
    total = models.DecimalField(max_digits=5, decimal_places=2)
    rank = models.PositiveIntegerField(null=True)
    points = models.JSONField(null=True)

    class Meta:
        verbose_name = _("score of a day")
        verbose_name_plural = _("scores by day")
        constraints = [
            models.UniqueConstraint(fields=["agency", "period", "taken_on"], name="one_snapshot_per_day")
        ]
        indexes = [
            # Every hour: today's are replaced, and old days lose their points.
            models.Index(fields=["taken_on"], name="snapshot_day"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.period} {self.taken_on}"
