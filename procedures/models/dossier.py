from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, IntegrationClient
from agencies.models.agency import PathField
from agencies.models.scoped import ScopedModel
from procedures.models.procedure import Procedure

#: ``ended_month`` of a dossier that is still being handled: after every real month.
STILL_OPEN = 999912
#: ``started_month`` of a dossier that nobody has submitted or received yet.
NO_MONTH = 0


class Dossier(ScopedModel):
    """A dossier (hồ sơ): one row, its current state, written by ``procedures.sync`` and corrections.

    The applicant's name, phone and identity number are never here: two keyed hashes let the
    applicant prove that the dossier is theirs. Months are ``yyyymm`` in Vietnamese time.
    """

    class Status(models.IntegerChoices):
        REGISTERED = 1, _("Registered")
        RECEIVED = 2, _("Received")
        NOT_RECEIVED = 3, _("Not received")
        IN_PROGRESS = 4, _("In progress")
        SUPPLEMENT_REQUESTED = 5, _("Supplement requested")
        PAYMENT_REQUESTED = 6, _("Payment requested")
        WITHDRAWN = 7, _("Withdrawn by the citizen")
        STOPPED = 8, _("Stopped")
        DONE = 9, _("Done")
        RETURNED = 10, _("Result returned")

    class Channel(models.IntegerChoices):
        DIRECT = 1, _("In person")
        ONLINE = 2, _("Online")
        POSTAL = 3, _("By post")

    class Payment(models.IntegerChoices):
        NONE = 0, _("None")
        NATIONAL_PORTAL = 1, _("National portal")
        OWN_GATEWAY = 2, _("Gateway of the ministry or province")
        OFFLINE = 3, _("Not online")

    class Placement(models.IntegerChoices):
        """By which rule the handling agency was found."""

        CODE = 1, _("By the dossier's code")
        NAME = 2, _("By the unit's name")
        MAPPING = 3, _("By a mapping")
        DEFAULT = 4, _("By default: the system's own agency")

    ONLINE_PAYMENTS = (Payment.NATIONAL_PORTAL, Payment.OWN_GATEWAY)

    # Compared byte by byte: how a code begins is then a range of its index, and the database sorts
    # codes as we do, so that two batches lock them in the same order.
    code = PathField(_("dossier code"), max_length=50)
    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        related_name="dossiers",
        verbose_name=_("agency"),
        db_index=False,
    )
    procedure = models.ForeignKey(
        Procedure,
        on_delete=models.PROTECT,
        related_name="dossiers",
        null=True,
        db_index=False,
        verbose_name=_("procedure"),
    )
    client = models.ForeignKey(
        IntegrationClient,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("sent by"),
    )
    placement = models.PositiveSmallIntegerField(_("placed"), choices=Placement.choices)
    local_unit = models.CharField(_("unit as sent"), max_length=300, blank=True)
    local_procedure = models.CharField(_("procedure code as sent"), max_length=60, blank=True)

    status = models.PositiveSmallIntegerField(_("status"), choices=Status.choices)
    channel = models.PositiveSmallIntegerField(_("channel"), choices=Channel.choices, default=Channel.DIRECT)
    subject_type = models.PositiveSmallIntegerField(_("applicant type"), default=1)
    phone_hash = models.CharField(max_length=32, blank=True, editable=False)
    identity_hash = models.CharField(max_length=32, blank=True, editable=False)

    submitted_at = models.DateTimeField(_("submitted"), null=True)
    received_at = models.DateTimeField(_("received"), null=True)
    due_at = models.DateTimeField(_("due as sent"), null=True)
    finished_at = models.DateTimeField(_("end of handling as sent"), null=True)
    returned_at = models.DateTimeField(_("returned"), null=True)
    refused_at = models.DateTimeField(_("refused"), null=True)
    #: [[requested, answered or null], …] as epoch seconds, in order of request.
    supplements = models.JSONField(_("supplements"), default=list)

    has_attachment = models.BooleanField(_("papers attached"), default=False)
    has_result_file = models.BooleanField(_("electronic result"), default=False)
    reuses_data = models.BooleanField(_("reuses digitised data"), default=False)
    from_personal_store = models.BooleanField(_("uses the personal store"), default=False)
    uses_population_data = models.BooleanField(_("uses population data"), default=False)
    payment = models.PositiveSmallIntegerField(_("payment"), choices=Payment.choices, default=Payment.NONE)
    fee_total = models.PositiveBigIntegerField(
        _("fees (đồng)"), null=True, help_text=_("Empty: no fee line was sent.")
    )

    # What handling came to: derived by procedures.handling, never sent.
    started_month = models.PositiveIntegerField(default=NO_MONTH, editable=False)
    ended_month = models.PositiveIntegerField(default=STILL_OPEN, editable=False)
    in_handling = models.BooleanField(_("counts as handled"), default=False, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    deadline_at = models.DateTimeField(_("deadline"), null=True, editable=False)
    late_by_rule = models.BooleanField(_("late by rule"), default=False, editable=False)
    handling_hundredths = models.PositiveIntegerField(
        _("handling time"),
        null=True,
        editable=False,
        help_text=_("In hundredths of the procedure's unit, completed dossiers only."),
    )

    #: The newest moment the record itself speaks of, then how far along its status is: an older
    #: pair never overwrites a newer one.
    version_at = models.DateTimeField(editable=False)
    version_rank = models.PositiveSmallIntegerField(editable=False, default=0)
    record_status = models.PositiveSmallIntegerField(editable=False, default=0)
    fingerprint = models.CharField(max_length=32, editable=False)
    #: Whether corrections lie over what was sent (``procedures.corrections``); sync asks for them then.
    corrected = models.BooleanField(_("corrected"), default=False, db_default=False, editable=False)
    first_seen_at = models.DateTimeField(_("first seen"))
    changed_at = models.DateTimeField(_("last changed"))

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        # A constraint rather than unique=True: no second index for LIKE, which nothing asks.
        constraints = [models.UniqueConstraint(fields=["code"], name="one_dossier_per_code")]
        indexes = [
            # Alive in a month: ended in it or later, started in it or before.
            models.Index(fields=["agency", "ended_month", "started_month"], name="dossier_alive"),
            # A month of the whole country, the newest first.
            models.Index(fields=["started_month", "id"], name="dossier_started"),
            # The clock tick: which open dossiers passed their deadline since the last one.
            models.Index(fields=["deadline_at"], condition=Q(ended_month=STILL_OPEN), name="dossier_due"),
            # Waiting to be placed by a mapping.
            models.Index(
                fields=["agency", "local_unit"],
                condition=Q(placement=4),
                name="dossier_unplaced",
            ),
            models.Index(
                fields=["local_procedure"],
                condition=Q(procedure__isnull=True),
                name="dossier_unmapped",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class DossierStep(ScopedModel):
    """One step of a dossier's progress, as its system reported it; only ever added to.

    Who did it is not kept: a post and a unit are enough to explain a delay.
    """

    scope_path = "dossier__agency__path"

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(_("at"))
    status = models.PositiveSmallIntegerField(_("status"), choices=Dossier.Status.choices)
    post = models.CharField(_("post"), max_length=150, blank=True)
    unit = models.CharField(_("unit"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("started"), null=True)
    due_at = models.DateTimeField(_("due"), null=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "at", "status", "unit"], name="one_step_per_moment")
        ]
