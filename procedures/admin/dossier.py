"""Dossiers: to be found and understood here; they change only through sync."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from agencies.admin_display import DASH, definition, figure, mark, moment
from agencies.admin_export import Column, ExportsCsv
from agencies.admin_paging import KeysetPages
from agencies.admin_scope import ReadOnlyAdmin, ScopedInline
from procedures.admin.dossier_list import LIST_FILTERS, DossierChangeList, code_condition
from procedures.admin.dossier_story import story, verdict
from procedures.laying_over import FIELDS, shown
from procedures.models import Correction, Dossier, DossierStep

SENT = (
    ("status", "channel"),
    ("submitted_at", "received_at"),
    ("due_at", "finished_at"),
    ("returned_at", "refused_at"),
    ("local_unit", "local_procedure"),
    ("payment", "fees"),
    ("has_attachment", "has_result_file"),
    ("reuses_data", "from_personal_store", "uses_population_data"),
)


class StepsInline(ScopedInline):
    """Progress as the system reported it."""

    model = DossierStep
    fields = readonly_fields = ("at", "status", "unit", "post", "started_at", "due_at")
    can_delete = False
    max_num = 0
    verbose_name_plural = _("Steps")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class CorrectionsInline(ScopedInline):
    """What was decided to be otherwise than its system says, what was withdrawn included."""

    model = Correction
    fields = readonly_fields = ("fact", "as_said", "corrected_to", "made_at", "made_by", "because", "ended")
    can_delete = False
    max_num = 0
    verbose_name_plural = _("Corrections")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("made_by", "withdrawn_by")

    @display(description=_("fact"))
    def fact(self, correction: Correction) -> str:
        return str(FIELDS[correction.field].label)

    @display(description=_("as its system says"))
    def as_said(self, correction: Correction) -> str:
        return shown(correction.field, correction.said)

    @display(description=_("corrected to"))
    def corrected_to(self, correction: Correction) -> str:
        return shown(correction.field, correction.value)

    @display(description=_("reason"))
    def because(self, correction: Correction) -> str:
        return " · ".join(filter(None, (correction.source, correction.reason)))

    @display(description=_("withdrawn"))
    def ended(self, correction: Correction) -> str:
        if correction.withdrawn_at is None:
            return mark(_("in force"), "good")
        return f"{moment(correction.withdrawn_at)} · {correction.withdrawal_reason}"


@admin.register(Dossier)
class DossierAdmin(KeysetPages, ExportsCsv, ReadOnlyAdmin):
    """The list opens on the month under way; a code finds a dossier of any month."""

    list_display = ("code", "agency", "procedure_code", "status", "received", "deadline", "stands", "flag")
    list_select_related = ("agency", "procedure")
    list_filter: Any = LIST_FILTERS
    search_fields = ("code",)
    search_help_text = _("Dossier code, or how it begins")
    empty_list_hint = _("Dossiers arrive from connected systems; look there whether one is silent.")
    inlines = (CorrectionsInline, StepsInline)
    readonly_fields = ("told", "procedure_name", "fees", "sent_by", "seen_times")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            (None, {"fields": ("code", "agency", "procedure_name")}),
            (_("Why it counts as it does"), {"fields": ("told",)}),
            (_sent_title(obj), {"fields": SENT}),
            (_("Arrival"), {"fields": ("sent_by", "seen_times")}),
        )

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        known = obj is not None and obj.corrections.exists()
        return (
            self.inlines if known else [inline for inline in self.inlines if inline is not CorrectionsInline]
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return DossierChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super().get_queryset(request).defer("supplements", "fingerprint", "phone_hash", "identity_hash")
        )

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        self_related = ("agency", "procedure", "client")
        records = self.get_queryset(request).select_related(*self_related)
        return records.filter(pk=object_id).first() if object_id.isdigit() else None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(code_condition(term)) if term else queryset), False

    @display(description=_("procedure"))
    def procedure_code(self, dossier: Dossier) -> str:
        if dossier.procedure is None:
            return mark(dossier.local_procedure or DASH, "warn")
        return dossier.procedure.code

    @display(description=_("procedure"))
    def procedure_name(self, dossier: Dossier) -> str:
        return (
            str(dossier.procedure)
            if dossier.procedure
            else mark(_("%(code)s as sent, not mapped yet") % {"code": dossier.local_procedure}, "warn")
        )

    @display(description=_("received"))
    def received(self, dossier: Dossier) -> str:
        return moment(dossier.received_at or dossier.submitted_at)

    @display(description=_("deadline"))
    def deadline(self, dossier: Dossier) -> str:
        return moment(dossier.deadline_at)

    @display(description=_("handling"))
    def stands(self, dossier: Dossier) -> str:
        return mark(*verdict(dossier, timezone.now()))

    @display(description=_("placed"))
    def flag(self, dossier: Dossier) -> str:
        if dossier.corrected:
            return mark(_("corrected"), "warn")
        return mark(_("by default"), "warn") if dossier.placement == Dossier.Placement.DEFAULT else DASH

    @display(description=_("explanation"))
    def told(self, dossier: Dossier) -> str:
        return definition(story(dossier, timezone.now()))

    @display(description=_("fees (đồng)"))
    def fees(self, dossier: Dossier) -> str:
        return figure(dossier.fee_total)

    @display(description=_("sent by"))
    def sent_by(self, dossier: Dossier) -> str:
        return str(dossier.client) if dossier.client else DASH

    @display(description=_("first seen, last changed"))
    def seen_times(self, dossier: Dossier) -> str:
        return f"{moment(dossier.first_seen_at)} · {moment(dossier.changed_at)}"

    def for_export(self, records: QuerySet[Any]) -> QuerySet[Any]:
        return records.select_related("agency", "procedure")

    def export_columns(self) -> dict[str, Column]:
        now = timezone.now()
        return {
            str(_("dossier code")): lambda d: d.code,
            str(_("agency code")): lambda d: d.agency.code,
            str(_("agency")): lambda d: d.agency.name,
            str(_("procedure")): lambda d: d.procedure.code if d.procedure else d.local_procedure,
            str(_("status")): lambda d: d.get_status_display(),
            str(_("channel")): lambda d: d.get_channel_display(),
            str(_("submitted")): lambda d: _cell(d.submitted_at),
            str(_("received")): lambda d: _cell(d.received_at),
            str(_("deadline")): lambda d: _cell(d.deadline_at),
            str(_("ended")): lambda d: _cell(d.ended_at),
            str(_("handling")): lambda d: verdict(d, now).word,
            str(_("papers attached")): lambda d: int(d.has_attachment),
            str(_("electronic result")): lambda d: int(d.has_result_file),
            str(_("payment")): lambda d: d.get_payment_display(),
            str(_("fees (đồng)")): lambda d: d.fee_total,
        }


def _sent_title(dossier: Dossier | None) -> Any:
    if dossier is not None and dossier.corrected:
        return _("As its system sent it, with the corrections laid over it")
    return _("As its system sent it")


def _cell(value: Any) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""
