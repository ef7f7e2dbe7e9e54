from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency
from agencies.models.scoped import ScopedModel
from agencies.permissions import KEEP_DATA, SEE_RECORDS


class Field(ScopedModel):
    """A field (lĩnh vực) that groups procedures, as G15-TP07 civil status."""

    scope_path = ""
    readable_by_all = True
    asks = {"view": SEE_RECORDS, "add": KEEP_DATA, "change": KEEP_DATA}

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=250)
    sector = models.CharField(_("sector"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class OnlineLevel(models.TextChoices):
    """How far a procedure can be done online (Decree 42/2022, articles on online services)."""

    NONE = "none", _("Information only")
    PARTIAL = "partial", _("Partial online service")
    FULL = "full", _("Full online service")


class Procedure(ScopedModel):
    """An administrative procedure (thủ tục hành chính) as announced in the national database."""

    scope_path = "announcing_agency__path"
    readable_by_all = True
    asks = {"view": SEE_RECORDS, "add": KEEP_DATA, "change": KEEP_DATA}

    class Level(models.TextChoices):
        MINISTRY = "ministry", pgettext_lazy("level", "Ministry")
        PROVINCE = "province", pgettext_lazy("level", "Province")
        COMMUNE = "commune", pgettext_lazy("level", "Commune")

    class Unit(models.TextChoices):
        HOUR = "hour", _("hours")
        DAY = "day", _("days")
        WORKING_DAY = "working_day", _("working days")
        MONTH = "month", _("months")

    class Subject(models.TextChoices):
        CITIZEN = "citizen", _("Vietnamese citizens")
        OVERSEAS = "overseas", _("Vietnamese residing overseas")
        FOREIGNER = "foreigner", _("Foreigners")
        BUSINESS = "business", _("Businesses")
        ORGANISATION = "organisation", _("Organisations")

    #: Who counts as a person in criterion 4.5a.
    PERSONS = frozenset({Subject.CITIZEN, Subject.OVERSEAS, Subject.FOREIGNER})
    #: What the description of a public procedure must hold (Decision 766, criterion 1.3).
    MANDATORY_PARTS = (
        "name",
        "sequence",
        "manner",
        "papers",
        "deadline",
        "subjects",
        "implementing_agency",
    )

    code = models.CharField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=1000)
    name_folded = models.CharField(max_length=1100, editable=False, default="")
    field = models.ForeignKey(Field, on_delete=models.PROTECT, verbose_name=_("field"))
    level = models.CharField(_("level of execution"), max_length=10, choices=Level.choices)
    announcing_agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        related_name="announced_procedures",
        verbose_name=_("announcing agency"),
    )
    processing_time = models.PositiveIntegerField(
        _("processing time"), null=True, blank=True, help_text=_("Empty: no fixed limit.")
    )
    processing_unit = models.CharField(
        _("unit"), max_length=12, choices=Unit.choices, default=Unit.WORKING_DAY
    )
    fee = models.PositiveBigIntegerField(_("fee (đồng)"), default=0)
    has_fee = models.BooleanField(_("carries a financial obligation"), default=False)
    needs_paper_result = models.BooleanField(_("result is a document"), default=True)
    subjects = models.JSONField(_("subjects"), default=list, blank=True)
    open_to_citizens = models.BooleanField(editable=False, default=True)
    online_level = models.CharField(
        _("online level"), max_length=8, choices=OnlineLevel.choices, default=OnlineLevel.NONE
    )
    full_process_eligible = models.BooleanField(_("fit for full online service"), default=False)
    is_public = models.BooleanField(_("public"), default=True)
    parts = models.JSONField(
        _("description"),
        default=dict,
        blank=True,
        help_text=_("The parts of the description, each by its name."),
    )
    is_complete = models.BooleanField(_("every mandatory part present"), editable=False)

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class AgencyProcedure(ScopedModel):
    """A procedure under an agency's authority, with its online level and payment there."""

    asks = {"view": SEE_RECORDS, "add": KEEP_DATA, "change": KEEP_DATA, "delete": KEEP_DATA}

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="offered_procedures")
    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="offered_by")
    online_level = models.CharField(
        _("online level"), max_length=8, choices=OnlineLevel.choices, default=OnlineLevel.NONE
    )
    online_payment = models.BooleanField(_("online payment integrated"), default=False)

    class Meta:
        verbose_name = _("procedure under authority")
        verbose_name_plural = _("procedures under authority")
        constraints = [models.UniqueConstraint(fields=["agency", "procedure"], name="one_offer_per_agency")]

    def __str__(self) -> str:
        return f"{self.agency} · {self.procedure.code}"
