from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.models.scoped import ScopedModel
from agencies.permissions import HANDLE_PETITIONS, KEEP_DATA
from feedback.models.petition import Petition
from procedures.models import STILL_OPEN


class PetitionStay(ScopedModel):
    """A petition's stay at one agency: what is counted for it (Decision 766, criteria 5.1 to 5.3).

    One for each agency that handled it. The clock starts with the sending, the last transfer or the
    last supplement. Written only by ``feedback.moves``.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("Being handled")
        REFUSED = "refused", _("Refused")
        SENT_BACK = "sent_back", _("Supplement asked for")
        TRANSFERRED = "transferred", _("Transferred")
        ANSWERED = "answered", _("Answered")

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="stays")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    #: Whether the petition is there now.
    is_present = models.BooleanField(default=True)
    started_at = models.DateTimeField(_("came"))
    started_month = models.PositiveIntegerField()
    clock_from = models.DateTimeField(_("clock from"))
    handle_by = models.DateTimeField(_("to be handled by"))
    ended_at = models.DateTimeField(_("handled"), null=True)
    ended_month = models.PositiveIntegerField(default=STILL_OPEN)
    #: As long as an answer waits to be published.
    publish_by = models.DateTimeField(_("to be published by"), null=True)
    #: The first deadline that a step missed; it stays so, whatever follows.
    late_since = models.DateTimeField(_("late since"), null=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, default=Outcome.OPEN)

    class Meta:
        verbose_name = _("stay of a petition")
        verbose_name_plural = _("stays of petitions")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["petition", "agency"], name="one_stay_per_agency"),
            models.UniqueConstraint(
                fields=["petition"], condition=Q(is_present=True), name="one_present_stay"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "ended_month", "started_month"], name="stay_alive"),
            models.Index(fields=["handle_by"], condition=Q(ended_month=STILL_OPEN), name="stay_due"),
            models.Index(fields=["publish_by"], condition=Q(publish_by__isnull=False), name="stay_publish"),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id} · {self.agency_id}"


class PetitionStep(ScopedModel):
    """One step in a petition's history, only ever added to.

    ``open_to_sender`` says whether the sender may read it; notes are for the agencies alone.
    """

    class Verb(models.TextChoices):
        SENT = "sent", _("Sent")
        TAKEN_UP = "taken_up", _("Taken up")
        ASSIGNED = "assigned", _("Assigned")
        NOTED = "noted", _("Note")
        TRANSFERRED = "transferred", _("Transferred")
        ASKED_SUPPLEMENT = "asked_supplement", _("Supplement asked for")
        SUPPLEMENTED = "supplemented", _("Supplemented by the sender")
        REFUSED = "refused", _("Refused")
        ANSWERED = "answered", _("Answered")
        PUBLISHED = "published", _("Answer published")
        CLOSED = "closed", _("Answer not to be published")
        JUDGED = "judged", _("Judged by the sender")
        COMPLAINED = "complained", _("Complained of again")
        REMINDED = "reminded", _("Reminded of the deadline")
        ESCALATED = "escalated", _("Passed up after the deadline")
        LAPSED = "lapsed", _("Closed, no supplement came")
        CONTACT_READ = "contact_read", _("Contact looked at")
        CONTACT_GONE = "contact_gone", _("Contact deleted after its time")
        FILES_GONE = "files_gone", _("Files deleted after their time")
        HELD = "held", _("Held for review")
        RELEASED = "released", _("Released after review")
        REJECTED = "rejected", _("Rejected after review")

    scope_path = "petition__agency__path"
    asks = {"view": HANDLE_PETITIONS}

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(_("at"))
    verb = models.CharField(_("step"), max_length=16, choices=Verb.choices)
    state = models.CharField(_("state after it"), max_length=20, choices=Petition.State.choices)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("at"))
    to_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("to")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Empty: the sender, or the portal itself."),
    )
    text = models.TextField(_("text"), blank=True)
    open_to_sender = models.BooleanField(_("open to the sender"), default=False)

    class Meta:
        verbose_name = _("step of a petition")
        verbose_name_plural = _("steps of petitions")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.petition_id} · {self.verb}"


class PetitionContact(ScopedModel):
    """Who sent a petition, if they said: sealed, for the handling agency alone, deleted in time.

    Opened only by ``feedback.contacts``.
    """

    scope_path = "petition__agency__path"
    asks = {"view": HANDLE_PETITIONS}

    petition = models.OneToOneField(Petition, on_delete=models.CASCADE, related_name="contact")
    sealed = models.BinaryField(editable=False)

    class Meta:
        verbose_name = _("contact of a petition's sender")
        verbose_name_plural = _("contacts of petitions' senders")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.petition_id)


class PetitionAttachment(ScopedModel):
    """A file sent with a petition: an image drawn anew by us, or a PDF as sent; never shown in public."""

    class Type(models.TextChoices):
        JPEG = "image/jpeg", "JPEG"
        PNG = "image/png", "PNG"
        WEBP = "image/webp", "WebP"
        PDF = "application/pdf", "PDF"

    scope_path = "petition__agency__path"
    asks = {"view": HANDLE_PETITIONS}

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(_("file"), upload_to="petitions/%Y/%m", max_length=120)
    name = models.CharField(_("name"), max_length=100)
    type = models.CharField(_("type"), max_length=20, choices=Type.choices)
    size = models.PositiveIntegerField(_("size in bytes"))
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class AnswerTemplate(ScopedModel):
    """A text to begin an answer with; those of an agency serve all below it, those of none everybody."""

    asks = {"view": HANDLE_PETITIONS, "add": KEEP_DATA, "change": KEEP_DATA, "delete": KEEP_DATA}

    agency = models.ForeignKey(
        Agency,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agency"),
        help_text=_("Empty: for every agency."),
    )
    kind = models.CharField(
        _("class"), max_length=5, choices=Petition.Kind.choices, blank=True, help_text=_("Empty: any.")
    )
    title = models.CharField(_("name of the template"), max_length=150)
    text = models.TextField(
        _("text"), help_text=_("{code}, {agency}, {procedure} and {received} stand for the petition's own.")
    )

    class Meta:
        verbose_name = _("answer template")
        verbose_name_plural = _("answer templates")
        ordering = [F("agency__path").asc(nulls_first=True), "title"]

    def __str__(self) -> str:
        return self.title
