from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.permissions import HANDLE_PETITIONS
from feedback.models.voice import Voice
from procedures.models import Dossier, Procedure


class Petition(Voice):
    """A petition (phản ánh, kiến nghị): its present state, written only by the verbs of this app.

    ``body`` is what a citizen wrote and may name people: outside the handling agency only the
    ``published_`` texts are ever shown, which a person has looked through. Who sent it, if told, is
    apart and sealed (``PetitionContact``). Counted by its stays (``PetitionStay``).
    """

    class Kind(models.TextChoices):
        """Its class, as criterion 5.1 shows petitions."""

        RULES = "rules", _("Regulations or procedures")
        STAFF = "staff", _("Conduct of staff")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        RECEIVED = "received", _("Newly received")
        SUPPLEMENTED = "supplemented", _("Supplemented")
        PROCESSING = "processing", _("Being handled")
        AWAITING_SUPPLEMENT = "awaiting_supplement", _("Waiting for a supplement")
        AWAITING_PUBLICATION = "answered", _("Answered, waiting to publish")
        PUBLISHED = "published", _("Published")
        CLOSED = "closed", _("Answered, not to be published")
        REFUSED = "refused", _("Refused")
        LAPSED = "lapsed", _("Closed, no supplement came")

    class Refusal(models.TextChoices):
        """Why a petition may be refused; nothing else is a reason (Decree 20/2008, article 12)."""

        NOT_ADMINISTRATIVE = "not_administrative", _("Not about administrative regulations or their handling")
        COMPLAINT = "complaint", _("A complaint or denunciation, which has its own law")
        IN_COURT = "in_court", _("Before a court, or decided by one")
        ANSWERED = "answered", _("Answered before, with nothing new")
        UNCLEAR = "unclear", _("Its content cannot be understood, and was not supplemented")
        ABUSIVE = "abusive", _("Insulting or defamatory, without any request")

    class Verdict(models.TextChoices):
        NONE = "none", _("Not judged")
        SATISFIED = "satisfied", _("Satisfied with the answer")
        DISSATISFIED = "dissatisfied", _("Not satisfied with the answer")

    #: What facts call waiting, processing and done.
    WAITING = frozenset({State.RECEIVED, State.SUPPLEMENTED})
    OPEN = WAITING | {State.PROCESSING}
    ANSWERED = frozenset({State.AWAITING_PUBLICATION, State.PUBLISHED, State.CLOSED})
    OVER = frozenset({State.PUBLISHED, State.CLOSED, State.REFUSED, State.LAPSED})

    asks = {"view": HANDLE_PETITIONS}

    code = models.CharField(_("receipt code"), max_length=20, unique=True)
    secret_hash = models.CharField(max_length=32, editable=False)
    #: What makes one record of a form sent twice.
    form_key = models.CharField(max_length=120, null=True, unique=True, editable=False)  # noqa: DJ001
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="petitions", verbose_name=_("handled by")
    )
    procedure = models.ForeignKey(
        Procedure,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="petitions",
        verbose_name=_("procedure"),
    )
    dossier = models.ForeignKey(
        Dossier,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="petitions",
        verbose_name=_("dossier"),
    )
    kind = models.CharField(_("class"), max_length=5, choices=Kind.choices)
    subject = models.CharField(_("what it is about"), max_length=200)
    body = models.TextField(_("text"))
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.RECEIVED)
    received_month = models.PositiveIntegerField(editable=False)
    #: The moment by which something must be done, as long as something must.
    due_by = models.DateTimeField(_("due by"), null=True, editable=False)
    moved_at = models.DateTimeField(_("last step"), editable=False)

    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="petitions",
        verbose_name=_("assigned to"),
    )
    refusal = models.CharField(_("refused because"), max_length=20, choices=Refusal.choices, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    published_subject = models.CharField(_("subject as published"), max_length=200, blank=True)
    published_body = models.TextField(_("text as published"), blank=True)
    published_answer = models.TextField(_("answer as published"), blank=True)
    published_at = models.DateTimeField(_("published"), null=True)
    published_folded = models.TextField(editable=False, blank=True)

    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict.choices, default=Verdict.NONE)
    verdict_at = models.DateTimeField(_("judged"), null=True)
    complaints = models.PositiveSmallIntegerField(_("complained again"), default=0)

    #: The deadlines that were last reminded of and passed upwards, so that each is so once.
    reminded_for = models.DateTimeField(null=True, editable=False)
    escalated_for = models.DateTimeField(null=True, editable=False)
    escalated_to = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("passed up to")
    )

    class Meta(Voice.Meta):
        verbose_name = _("petition")
        verbose_name_plural = _("petitions")
        ordering = ["-given_at", "-pk"]
        indexes = [
            *Voice.Meta.indexes,
            models.Index(fields=["received_month"], name="petition_month"),
            models.Index(fields=["due_by"], condition=Q(due_by__isnull=False), name="petition_due"),
            models.Index(fields=["agency", "state"], name="petition_desk"),
            models.Index(
                fields=["published_at"], condition=Q(published_at__isnull=False), name="petition_published"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether the agency still has to decide about it."""
        return self.state in self.OPEN
