from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency
from agencies.models.scoped import ScopedModel
from agencies.permissions import SEE_RECORDS, WRITE_OBJECTIONS
from procedures.models import Correction, Dossier


class ObjectionTerms(models.Model):
    """How many working days each has for an objection: one row, kept by ``scoring.objections.terms``."""

    _DAYS = (MinValueValidator(1), MaxValueValidator(60))

    after_closing = models.PositiveSmallIntegerField(
        _("before a closed period is published"),
        default=5,
        validators=_DAYS,
        help_text=_("Publishing earlier is possible, and warned of."),
    )
    after_publication = models.PositiveSmallIntegerField(
        _("to object after the publication"), default=10, validators=_DAYS
    )
    opinion = models.PositiveSmallIntegerField(
        _("for the opinion of the level above"), default=5, validators=_DAYS
    )
    decision = models.PositiveSmallIntegerField(
        _("for the decision of the Government Office"), default=10, validators=_DAYS
    )
    more = models.PositiveSmallIntegerField(
        _("for the agency to say more when asked"), default=5, validators=_DAYS
    )

    class Meta:
        verbose_name = _("terms of objections")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class Objection(ScopedModel):
    """An agency says that what was counted of it in a period is wrong, and what would be right.

    An accepted one becomes corrections of data (``procedures.corrections``), never of a score. Written
    only by ``scoring.objections``.
    """

    asks = {"view": SEE_RECORDS, "add": WRITE_OBJECTIONS, "change": WRITE_OBJECTIONS}

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("objection", "Draft")
        SENT = "sent", pgettext_lazy("objection", "Sent")
        SUPPORTED = "supported", _("Supported by the level above")
        NOT_SUPPORTED = "not_supported", _("Not supported by the level above")
        MORE_ASKED = "more_asked", _("Asked for more")
        ACCEPTED = "accepted", pgettext_lazy("objection", "Accepted")
        PARTLY = "partly", _("Accepted in part")
        REFUSED = "refused", pgettext_lazy("objection", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("objection", "Withdrawn")

    class Desk(models.TextChoices):
        """Whose turn it is."""

        AGENCY = "agency", _("the agency")
        ABOVE = "above", _("the level above")
        OFFICE = "office", _("the Government Office")
        NOBODY = "nobody", _("nobody")

    DECIDED = (State.ACCEPTED, State.PARTLY, State.REFUSED)
    OVER = (*DECIDED, State.WITHDRAWN)
    #: Sent and not decided: the level above or the Office has it, or waits for more.
    UNDER_WAY = (State.SENT, State.SUPPORTED, State.NOT_SUPPORTED, State.MORE_ASKED)

    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="objections", verbose_name=_("agency")
    )
    period = models.CharField(_("period"), max_length=8)
    criterion = models.CharField(_("criterion"), max_length=10, blank=True)
    text = models.TextField(_("what is wrong, and how it is known"))
    state = models.CharField(_("state"), max_length=15, choices=State.choices, default=State.DRAFT)
    desk = models.CharField(_("waits for"), max_length=8, choices=Desk.choices, default=Desk.AGENCY)
    #: The province or ministry whose opinion is asked, fixed with the sending; null: it is the agency
    #: itself, or its people sent it.
    above = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("level above")
    )
    due_at = models.DateTimeField(_("to be done by"), null=True)
    reminded_for = models.DateTimeField(null=True, editable=False)
    escalated_for = models.DateTimeField(null=True, editable=False)

    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("written by"),
    )
    written_at = models.DateTimeField(_("written"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("sent by"),
    )
    sent_at = models.DateTimeField(_("sent"), null=True)
    #: Who asked for more waits for it.
    asked_by_desk = models.CharField(max_length=8, choices=Desk.choices, blank=True, editable=False)
    opinion = models.CharField(_("opinion"), max_length=15, blank=True)
    opinion_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decision = models.TextField(_("reasons of the decision"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    #: What the decision did to the agency's score (``scoring.objections.effect.Effect.told``).
    effect = models.JSONField(default=dict, editable=False)
    moved_at = models.DateTimeField(_("last step"))

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["-moved_at", "-pk"]
        indexes = [
            models.Index(fields=["agency", "period"], name="objection_of_agency"),
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=("sent", "supported", "not_supported", "more_asked")),
                name="objection_due",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What it is called in letters and in the log."""
        return f"GT-{self.written_at.year}-{self.pk or 0:06}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will become of it."""
        return self.state in self.OVER

    def is_late(self, as_of: datetime) -> bool:
        """Whether whoever it waits for has let its day pass."""
        return self.due_at is not None and not self.is_over and self.due_at < as_of


class ObjectionItem(ScopedModel):
    """A fact of a dossier that an objection wants corrected, and what was decided about it."""

    scope_path = "objection__agency__path"

    class Outcome(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("fact", "Not decided")
        ACCEPTED = "accepted", pgettext_lazy("fact", "Accepted")
        REFUSED = "refused", pgettext_lazy("fact", "Refused")

    objection = models.ForeignKey(Objection, on_delete=models.CASCADE, related_name="items")
    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, related_name="+", verbose_name=_("dossier")
    )
    #: A name in ``procedures.laying_over.FIELDS``.
    field = models.CharField(_("fact"), max_length=30)
    #: As JSON holds it; None: still to be filled in.
    value = models.JSONField(_("should be"), null=True)
    stood = models.JSONField(_("stood as"), null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    correction = models.ForeignKey(
        Correction, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("correction")
    )

    class Meta:
        verbose_name = _("disputed fact")
        verbose_name_plural = _("disputed facts")
        ordering = ["dossier__code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["objection", "dossier", "field"], name="one_dispute_per_fact")
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} · {self.field}"


class ObjectionEvidence(ScopedModel):
    """A file that is to prove an objection: judged as those sent with petitions, never public."""

    scope_path = "objection__agency__path"
    asks = {"view": WRITE_OBJECTIONS}

    objection = models.ForeignKey(Objection, on_delete=models.CASCADE, related_name="evidence")
    file = models.FileField(_("file"), upload_to="objections/%Y/%m", max_length=120)
    name = models.CharField(_("name"), max_length=100)
    type = models.CharField(_("type"), max_length=20)
    size = models.PositiveIntegerField(_("size in bytes"))
    added_at = models.DateTimeField(_("added"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ObjectionStep(ScopedModel):
    """One line of an objection's history; only ever added to."""

    scope_path = "objection__agency__path"

    class Verb(models.TextChoices):
        WRITTEN = "written", pgettext_lazy("step", "Written")
        SENT = "sent", pgettext_lazy("step", "Sent")
        SUPPORTED = "supported", _("Supported")
        NOT_SUPPORTED = "not_supported", _("Not supported")
        MORE_ASKED = "more_asked", _("More asked for")
        MORE_SAID = "more_said", _("More said")
        REMINDED = "reminded", _("Reminded of the deadline")
        PASSED_ON = "passed_on", _("Passed on without an answer, past its deadline")
        OVERDUE = "overdue", _("Past its deadline")
        DECIDED = "decided", _("Decided")
        WITHDRAWN = "withdrawn", pgettext_lazy("step", "Withdrawn")
        EVIDENCE_GONE = "evidence_gone", _("Files deleted in time")
        CORRECTIONS_WITHDRAWN = "corrections_withdrawn", _("Its corrections withdrawn")

    objection = models.ForeignKey(Objection, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(_("at"))
    verb = models.CharField(_("step"), max_length=25, choices=Verb.choices)
    state = models.CharField(_("state"), max_length=15, choices=Objection.State.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Empty: the portal itself."),
    )
    text = models.TextField(_("text"), blank=True)
    #: By when the one before had to be done.
    due_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("step of an objection")
        verbose_name_plural = _("steps of objections")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.objection_id} · {self.verb}"
