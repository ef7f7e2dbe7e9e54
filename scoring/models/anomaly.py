from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.models.scoped import ScopedModel, ScopedQuerySet
from agencies.permissions import REVIEW_ANOMALIES, SEE_RECORDS


class AnomalyRule(ScopedModel):
    """What is looked for before results are reviewed: data, whose limits a reviewer may change.

    ``check`` names how it is looked for (``scoring.anomalies.checks``), ``limits`` holds its figures by
    name. Changed only by ``scoring.anomalies.rules``; the history is the log of decisions.
    """

    class Severity(models.IntegerChoices):
        NOTICE = 1, _("Notice")
        WARNING = 2, _("Warning")
        SERIOUS = 3, _("Serious")

    # What everybody's data are looked at for is everybody's to read.
    readable_by_all = True
    scope_path = ""
    asks = {"view": SEE_RECORDS, "change": REVIEW_ANOMALIES}

    code = models.SlugField(_("code"), max_length=40, unique=True)
    check_name = models.CharField(_("check"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name = models.CharField(_("name"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150)
    why = models.TextField(_("why it is looked for"))
    why_en = models.TextField(_("why it is looked for, in English"))
    legal_source = models.CharField(_("legal source"), max_length=200, blank=True)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity.choices)
    limits = models.JSONField(_("limits"), default=dict)
    enabled = models.BooleanField(_("switched on"), default=True)

    class Meta:
        verbose_name = _("rule for anomalies")
        verbose_name_plural = _("rules for anomalies")
        ordering = ["position", "code"]
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return self.told_name

    @property
    def told_name(self) -> str:
        """Its name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name

    @property
    def told_why(self) -> str:
        """Why it is looked for, in the reader's language."""
        return self.why_en if get_language() == "en" else self.why

    def clean(self) -> None:
        # Models are loaded before the checks, which read them.
        from scoring.anomalies.checks import CHECKS

        if self.check_name not in CHECKS:
            raise ValidationError({"check_name": _("There is no such check.")})
        refused = CHECKS[self.check_name].refused(self.limits)
        if refused:
            raise ValidationError({"limits": [f"{name}: {reason}" for name, reason in refused.items()]})


class AnomalyQuerySet(ScopedQuerySet["Anomaly"]):
    """Sets of anomalies."""

    def waiting(self) -> AnomalyQuerySet:
        """Those on which somebody has still to decide."""
        return self.filter(state__in=Anomaly.WAITING)


class Anomaly(ScopedModel):
    """Something in an agency's month that a rule found: to be explained, mended, or let go with a reason.

    One row for what is found again and again: rule, agency, month and ``about``, what of the agency it
    concerns (a criterion, a system; empty: all of it). ``found`` holds its figures in the terms of the
    check. Written by ``scoring.anomalies`` alone.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("anomaly", "Open")
        ASSIGNED = "assigned", pgettext_lazy("anomaly", "Assigned")
        EXPLAINED = "explained", pgettext_lazy("anomaly", "Explained by the agency")
        SETTLED = "settled", pgettext_lazy("anomaly", "Settled")
        DISMISSED = "dismissed", pgettext_lazy("anomaly", "Dismissed")
        MENDED = "mended", pgettext_lazy("anomaly", "Mended: no longer found")

    #: States in which somebody has still to decide.
    WAITING = (State.OPEN, State.ASSIGNED, State.EXPLAINED)
    #: States in which somebody above the agency decided.
    DECIDED = (State.SETTLED, State.DISMISSED)

    rule = models.ForeignKey(
        AnomalyRule,
        on_delete=models.PROTECT,
        related_name="anomalies",
        db_index=False,
        verbose_name=_("rule"),
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.CASCADE, related_name="anomalies", verbose_name=_("agency")
    )
    month = models.PositiveIntegerField(_("month"), help_text="yyyymm")
    about = models.CharField(_("concerns"), max_length=80, blank=True)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=AnomalyRule.Severity.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.OPEN)
    found = models.JSONField(_("figures"), default=dict)
    #: How much of it there is, in the terms of its check: dossiers, percentage points, days.
    size = models.PositiveIntegerField(_("size"), default=0)
    #: How much there was when somebody decided: twice that is another matter.
    decided_size = models.PositiveIntegerField(default=0, editable=False)
    assignee = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("assigned to")
    )
    found_at = models.DateTimeField(_("first found"))
    #: When its figures or its state last changed.
    changed_at = models.DateTimeField(_("last changed"))
    mended_at = models.DateTimeField(_("no longer found since"), null=True)

    objects = AnomalyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("anomaly")
        verbose_name_plural = _("anomalies")
        ordering = ["-severity", "-month", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["rule", "month", "agency", "about"], name="one_anomaly_each")
        ]
        indexes = [models.Index(fields=["state", "month", "severity"], name="anomaly_state")]

    def __str__(self) -> str:
        return f"{self.rule} · {self.agency} · {self.month % 100:02}/{self.month // 100}"

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has still to decide."""
        return self.state in self.WAITING

    @property
    def is_decided(self) -> bool:
        """Whether somebody above the agency decided."""
        return self.state in self.DECIDED


class AnomalyStep(ScopedModel):
    """One line of an anomaly's history, only ever added to."""

    class Verb(models.TextChoices):
        FOUND = "found", pgettext_lazy("anomaly", "found")
        GREW = "grew", pgettext_lazy("anomaly", "found again, twice as large as when it was decided")
        BACK = "back", pgettext_lazy("anomaly", "found again after it was mended")
        MENDED = "mended", pgettext_lazy("anomaly", "no longer found")
        ASSIGNED = "assigned", pgettext_lazy("anomaly", "assigned to")
        EXPLAINED = "explained", pgettext_lazy("anomaly", "explained")
        SETTLED = "settled", pgettext_lazy("anomaly", "settled")
        DISMISSED = "dismissed", pgettext_lazy("anomaly", "dismissed")
        REOPENED = "reopened", pgettext_lazy("anomaly", "opened again")

    scope_path = "anomaly__agency__path"

    anomaly = models.ForeignKey(Anomaly, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(_("at"))
    verb = models.CharField(_("step"), max_length=10, choices=Verb.choices)
    actor = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Empty: the portal itself."),
    )
    text = models.TextField(_("text"), blank=True)
    #: Its figures then.
    found = models.JSONField(_("figures"), default=dict)

    class Meta:
        verbose_name = _("step of an anomaly")
        verbose_name_plural = _("steps of anomalies")
        ordering = ["at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.anomaly_id} · {self.verb}"


class AnomalySearch(models.Model):
    """When a month was last searched by a rule, and how many offices it found: one row for both."""

    rule = models.ForeignKey(AnomalyRule, on_delete=models.CASCADE, related_name="searches")
    month = models.PositiveIntegerField()
    searched_at = models.DateTimeField()
    found = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["rule", "month"], name="one_search_per_month")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.month}"
