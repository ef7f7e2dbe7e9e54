from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from scoring.formula import FormulaError, parse
from scoring.models.approval import Guarded, GuardedPart
from scoring.periods import Period
from scoring.ranking_rules import SAFE_CODE

#: The code under which an agency's whole result stands beside those of its groups and criteria.
TOTAL = "total"


def _person() -> models.ForeignKey[Any, Any]:
    """Who did something; an account that goes leaves the name copied in beside it."""
    return models.ForeignKey(
        User, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+", editable=False
    )


class IndicatorSet(Guarded):
    """A version of the indicator set (bộ chỉ số) in force from a month on.

    An approved set is immutable, with all its parts: a change is a new version with its own start.
    Whoever proposed it or last changed it does not approve it (``scoring.set_approval``). Names are
    copied in; the keys beside them bind nothing.
    """

    SET_PREFIX = ""
    scope_path = "agency__path"

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Proposed for approval")
        APPROVED = "approved", _("Approved")

    class Ties(models.TextChoices):
        """Where offices with the same total stand (``scoring.ranking_rules``)."""

        SHARED = "shared", _("They share a rank, the next ones are left free: 1, 1, 3")
        DENSE = "dense", _("They share a rank, the next one follows: 1, 1, 2")
        CRITERION = "criterion", _("A criterion decides; still equal, they share a rank")

    class Within(models.TextChoices):
        """How far a class of offices compared with each other reaches (``scoring.peers``)."""

        PARENT = "parent", _("the office above them")
        SYSTEM = "system", _("their province or ministry")
        NATION = "nation", _("the whole country")

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    name = models.CharField(_("name"), max_length=200)
    legal_source = models.CharField(_("legal source"), max_length=300, blank=True)
    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("agency"),
        help_text=_("Whose own set this is, for its subtree; empty: the national set."),
    )
    valid_from = models.PositiveIntegerField(_("from month"), help_text=_("yyyymm"))
    ends = models.BooleanField(
        _("end of the own set"),
        default=False,
        editable=False,
        help_text=_("It holds no criteria: from its month on the agency has no set of its own."),
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.DRAFT)
    minimum_dossiers = models.PositiveIntegerField(
        _("dossiers needed to be ranked"),
        default=10,
        help_text=_("An agency with fewer is shown with its score and count, but not ranked."),
    )
    ties = models.CharField(_("equal totals"), max_length=10, choices=Ties.choices, default=Ties.SHARED)
    tie_criterion = models.CharField(
        _("deciding criterion"),
        max_length=10,
        blank=True,
        validators=[RegexValidator(SAFE_CODE)],
        help_text=_("The code of the criterion whose points decide, where one does."),
    )
    departments_within = models.CharField(
        _("departments are ranked within"), max_length=6, choices=Within.choices, default=Within.SYSTEM
    )
    communes_within = models.CharField(
        _("communes are ranked within"), max_length=6, choices=Within.choices, default=Within.SYSTEM
    )
    units_within = models.CharField(
        _("units are ranked within"), max_length=6, choices=Within.choices, default=Within.PARENT
    )

    edited_by = _person()
    edited_by_name = models.CharField(_("last changed by"), max_length=320, blank=True, editable=False)
    edited_at = models.DateTimeField(_("last changed"), null=True, editable=False)
    proposed_by = _person()
    proposed_by_name = models.CharField(_("proposed by"), max_length=320, blank=True, editable=False)
    proposed_at = models.DateTimeField(_("proposed at"), null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True, editable=False)
    #: SHA-256 of the set as it was proposed (``scoring.set_approval``).
    content = models.CharField(_("hash of the contents"), max_length=64, blank=True, editable=False)
    approved_by = _person()
    approved_by_name = models.CharField(_("approved by"), max_length=320, blank=True, editable=False)
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)

    class Meta:
        verbose_name = _("indicator set")
        verbose_name_plural = _("indicator sets")
        ordering = ["-valid_from", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_set_per_version")]

    def __str__(self) -> str:
        return f"{self.name} (v{self.version})"

    def clean(self) -> None:
        if self.agency is not None and not self.agency.announces:
            raise ValidationError({"agency": _("Only a ministry or a province has a set of its own.")})
        if self.ends and self.agency is None:
            raise ValidationError(_("The national set has no end, only a next version."))
        if (self.ties == self.Ties.CRITERION) != bool(self.tie_criterion):
            raise ValidationError(
                {"tie_criterion": _("Name a criterion where one decides equal totals, and only there.")}
            )
        if self.valid_from is None:
            return
        try:
            Period.of_month(self.valid_from)
        except ValueError as error:
            raise ValidationError({"valid_from": _("Write March 2026 as 202603.")}) from error


class Group(GuardedPart):
    """A block of criteria shown together, as CKMB openness (18 points)."""

    SET_PREFIX = "indicator_set__"
    scope_path = "indicator_set__agency__path"
    PART_OF = "indicator_set"

    indicator_set = models.ForeignKey(IndicatorSet, on_delete=models.CASCADE, related_name="groups")
    code = models.CharField(_("code"), max_length=10)
    name = models.CharField(_("name"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["indicator_set", "position"]
        constraints = [models.UniqueConstraint(fields=["indicator_set", "code"], name="one_group_per_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Criterion(GuardedPart):
    """One criterion: ``points = min(max, max × (numerator ÷ denominator) ÷ threshold)``.

    Numerator and denominator are formulas over the measures (``scoring.formula``). A criterion
    without formulas waits for its data; one without points is shown for information.
    """

    class ZeroRule(models.TextChoices):
        """What a zero denominator, or data not there yet, comes to."""

        ZERO = "zero", _("No points")
        FULL = "full", _("Full points")
        NOT_APPLICABLE = "not_applicable", _("Dropped, the total rescaled")
        REDISTRIBUTE = "redistribute", _("Its points go to the rest of the group")

    SET_PREFIX = "group__indicator_set__"
    scope_path = "group__indicator_set__agency__path"
    PART_OF = "group"

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="criteria")
    code = models.CharField(_("code"), max_length=10)
    name = models.CharField(_("name"), max_length=300)
    name_en = models.CharField(_("name in English"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))
    max_points = models.DecimalField(
        _("maximum points"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Empty: shown for information."),
    )
    threshold = models.DecimalField(
        _("full points at"),
        max_digits=5,
        decimal_places=4,
        default=1,
        validators=[MinValueValidator(0.0001), MaxValueValidator(1)],
        help_text=_("The rate that earns full points; 0.8 is 80 %."),
    )
    numerator = models.CharField(_("numerator"), max_length=400, blank=True)
    denominator = models.CharField(_("denominator"), max_length=400, blank=True)
    zero_rule = models.CharField(
        _("when there is nothing to count"),
        max_length=15,
        choices=ZeroRule.choices,
        default=ZeroRule.ZERO,
    )
    inherited = models.BooleanField(
        _("taken from the province or ministry"),
        default=False,
        help_text=_("Units below it get its counts for this criterion."),
    )
    kinds = models.JSONField(
        _("applies to"),
        default=list,
        blank=True,
        help_text=_("Kinds of agency; empty: all."),
    )
    rule = models.TextField(_("rule in plain words"), blank=True)
    rule_en = models.TextField(_("rule in English"), blank=True)
    legal_source = models.CharField(_("legal source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["group__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["group", "code"], name="one_criterion_per_code"),
            models.CheckConstraint(condition=Q(threshold__gt=0), name="threshold_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def save(self, *args: Any, **options: Any) -> None:
        # Checked here too: one bad formula would stop the grading of every agency.
        self.check_formulas()
        super().save(*args, **options)

    def clean(self) -> None:
        self.check_formulas()
        self._check_kinds()
        self._check_code()

    def check_formulas(self) -> None:
        """Raise ValidationError, by field, for a formula that is none or stands without its pair."""
        errors: dict[str, Any] = {}
        for name in ("numerator", "denominator"):
            text = getattr(self, name)
            try:
                if text:
                    parse(text)
            except FormulaError as error:
                errors[name] = str(error)
        if bool(self.numerator) != bool(self.denominator):
            missing = "denominator" if self.numerator else "numerator"
            errors[missing] = _("Numerator and denominator are given together or not at all.")
        if errors:
            raise ValidationError(errors)

    def _check_kinds(self) -> None:
        known: list[str] = Agency.Kind.values
        if not isinstance(self.kinds, list) or any(kind not in known for kind in self.kinds):
            raise ValidationError(
                {"kinds": _("A list of kinds among: %(kinds)s.") % {"kinds": ", ".join(known)}}
            )

    def _check_code(self) -> None:
        """A code names one thing in a set, so that results by code cannot be mistaken."""
        if self.group_id is None:
            return
        of_this_set = self.group.indicator_set_id
        others = Criterion.objects.filter(group__indicator_set=of_this_set, code=self.code)
        if (
            others.exclude(pk=self.pk).exists()
            or Group.objects.filter(indicator_set=of_this_set, code=self.code).exists()
            or self.code == TOTAL
        ):
            raise ValidationError({"code": _("This code is already taken in the set.")})


class Band(GuardedPart):
    """A band of totals with its word: from ``minimum`` points up to the next band."""

    SET_PREFIX = "indicator_set__"
    scope_path = "indicator_set__agency__path"
    PART_OF = "indicator_set"

    indicator_set = models.ForeignKey(IndicatorSet, on_delete=models.CASCADE, related_name="bands")
    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    minimum = models.DecimalField(_("from points"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("band")
        verbose_name_plural = _("bands")
        ordering = ["indicator_set", "-minimum"]
        constraints = [models.UniqueConstraint(fields=["indicator_set", "code"], name="one_band_per_code")]

    def __str__(self) -> str:
        return self.name
