from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Job, User
from agencies.models.scoped import ScopedModel
from agencies.permissions import KEEP_INDICATORS
from scoring.models.indicators import IndicatorSet


class WhatIf(ScopedModel):
    """A past period graded by a set as if it had been in force, beside another set on the same counts.

    Nothing that is stored as a score is touched. ``content`` and ``baseline_content`` are the hashes of
    both sets as they were, by which a result is known to be stale. One is kept for a set, its baseline and
    a period: the newest. Written by ``scoring.what_if_job``.
    """

    scope_path = "indicator_set__agency__path"
    asks = {"view": KEEP_INDICATORS}

    indicator_set = models.ForeignKey(IndicatorSet, on_delete=models.CASCADE, related_name="what_ifs")
    baseline = models.ForeignKey(IndicatorSet, on_delete=models.CASCADE, related_name="+")
    period = models.CharField(_("period"), max_length=8)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    asked_by = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    asked_by_name = models.CharField(_("asked by"), max_length=320)
    asked_at = models.DateTimeField(_("asked"))
    #: Up to when was counted; null while it is not finished.
    as_of = models.DateTimeField(_("data as of"), null=True)
    content = models.CharField(max_length=64, blank=True)
    baseline_content = models.CharField(max_length=64, blank=True)
    offices = models.PositiveIntegerField(_("offices"), default=0)

    class Meta:
        verbose_name = _("trial run")
        verbose_name_plural = _("trial runs")
        ordering = ["-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.indicator_set} {self.period}"


class WhatIfOffice(ScopedModel):
    """An office in a trial run: its result by the baseline before, by the set tried after.

    ``groups`` maps a block's code to ``[before, after]`` in points, null where a set has no such block.
    """

    scope_path = "what_if__indicator_set__agency__path"
    asks = {"view": KEEP_INDICATORS}

    what_if = models.ForeignKey(WhatIf, on_delete=models.CASCADE, related_name="results")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", db_index=False)
    peer_class = models.CharField(max_length=40)
    dossiers = models.PositiveBigIntegerField()
    before = models.DecimalField(max_digits=7, decimal_places=2)
    after = models.DecimalField(max_digits=7, decimal_places=2)
    band_before = models.CharField(max_length=12, blank=True)
    band_after = models.CharField(max_length=12, blank=True)
    rank_before = models.PositiveIntegerField(null=True)
    rank_after = models.PositiveIntegerField(null=True)
    ranked_before = models.PositiveIntegerField()
    ranked_after = models.PositiveIntegerField()
    groups: Any = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("office in a trial run")
        verbose_name_plural = _("offices in a trial run")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["what_if", "agency"], name="one_result_per_trial")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.before} → {self.after}"
