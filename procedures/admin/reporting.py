"""What agencies announce and declare, saved so that the criteria concerned are counted anew."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from agencies.admin_display import DASH, figure, mark, month
from agencies.admin_filters import SubtreeFilter, choice_filter
from agencies.admin_scope import ScopedModelAdmin
from procedures.announcing import (
    declare_volumes,
    derive_days,
    remove_announcements,
    remove_volumes,
    save_announcements,
)
from procedures.models import Announcement, ReportedVolume


class AnnouncementForm(forms.ModelForm):
    """An announcement whose dates lie within the calendar of working days."""

    class Meta:
        model = Announcement
        fields = (
            "agency",
            "procedure",
            "change",
            "decision_number",
            "decided_on",
            "effective_on",
            "must_publish",
            "published_on",
        )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        agency = found.get("agency") or (self.instance.agency if self.instance.pk else None)
        if agency and found.get("decided_on") and found.get("effective_on"):
            derive_days(
                Announcement(
                    agency=agency, decided_on=found["decided_on"], effective_on=found["effective_on"]
                )
            )
        published, decided = found.get("published_on"), found.get("decided_on")
        if published and decided and published < decided:
            self.add_error("published_on", _("It cannot be published before it is decided."))
        return found


@admin.register(Announcement)
class AnnouncementAdmin(ScopedModelAdmin):
    """Decisions announcing procedures; on time or late by the working-day calendar."""

    form = AnnouncementForm
    list_display = (
        "decision_number",
        "agency",
        "procedure_code",
        "change",
        "decided_on",
        "timely",
        "publication",
    )
    list_select_related = ("agency", "procedure")
    list_filter = (
        SubtreeFilter,
        choice_filter("change", Announcement.Change.choices, gettext_lazy("change")),
    )
    search_fields = ("decision_number",)
    search_help_text = gettext_lazy("Decision number or procedure code")
    ordering = ("-decided_on", "-pk")
    empty_list_hint = gettext_lazy("Add the decisions by which your agencies announced procedures.")
    autocomplete_fields = ("agency", "procedure")
    readonly_fields = ("timely", "publication")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        written = ("agency", "procedure", "change", "decision_number", "decided_on", "effective_on")
        sections: list[Any] = [
            (None, {"fields": written}),
            (_("Publication"), {"fields": ("must_publish", "published_on")}),
        ]
        if obj:
            sections.append((_("On time?"), {"fields": ("timely", "publication")}))
        return sections

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "agency", "procedure") if obj else self.readonly_fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if term:
            queryset = queryset.filter(decision_number__startswith=term) | queryset.filter(
                procedure__code=term
            )
        return queryset, False

    def save_model(self, request: HttpRequest, obj: Announcement, form: Any, change: bool) -> None:
        save_announcements([obj], as_of=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Announcement) -> None:
        remove_announcements([obj])

    @display(description=gettext_lazy("procedure"))
    def procedure_code(self, announcement: Announcement) -> str:
        return announcement.procedure.code

    @display(description=gettext_lazy("decided in time"))
    def timely(self, announcement: Announcement) -> str:
        due = announcement.announce_by
        if due is None:
            return DASH
        told = _("by %(day)s") % {"day": due.strftime("%d/%m/%Y")}
        return mark(told, "good" if announcement.decided_on <= due else "bad")

    @display(description=gettext_lazy("published in time"))
    def publication(self, announcement: Announcement) -> str:
        due = announcement.publish_by
        if due is None or not announcement.must_publish:
            return mark(_("need not be"), "quiet")
        published = announcement.published_on
        told = _("by %(day)s") % {"day": due.strftime("%d/%m/%Y")}
        if published is None:
            return mark(told, "bad" if due < timezone.localdate() else "warn")
        return mark(told, "good" if published <= due else "bad")


class VolumeForm(forms.ModelForm):
    """A declared volume of one month."""

    class Meta:
        model = ReportedVolume
        fields = ("agency", "month", "dossiers")

    def clean_month(self) -> int:
        value: int = self.cleaned_data["month"]
        if not (1 <= value % 100 <= 12 and 1990 <= value // 100 <= 2100):
            raise ValidationError(_("Write March 2026 as 202603."))
        return value


@admin.register(ReportedVolume)
class VolumeAdmin(ScopedModelAdmin):
    """Dossiers declared to the national reporting system (criterion 1.4)."""

    form = VolumeForm
    list_display = ("agency", "of_month", "declared")
    list_select_related = ("agency",)
    list_filter = (SubtreeFilter,)
    search_fields = ("agency__code",)
    search_help_text = gettext_lazy("Agency code")
    ordering = ("-month", "-pk")
    empty_list_hint = gettext_lazy(
        "Add what each agency declared to the national reporting system, by month."
    )
    autocomplete_fields = ("agency",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("agency",) if obj else ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(agency__code__iexact=term) if term else queryset), False

    def save_model(self, request: HttpRequest, obj: ReportedVolume, form: Any, change: bool) -> None:
        declare_volumes([obj], as_of=timezone.now())

    def delete_model(self, request: HttpRequest, obj: ReportedVolume) -> None:
        remove_volumes([obj], as_of=timezone.now())

    @display(description=gettext_lazy("month"), ordering="month")
    def of_month(self, volume: ReportedVolume) -> str:
        return month(volume.month)

    @display(description=gettext_lazy("dossiers declared"), ordering="dossiers")
    def declared(self, volume: ReportedVolume) -> str:
        return figure(volume.dossiers)
