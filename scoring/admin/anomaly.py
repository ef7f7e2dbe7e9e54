"""The inbox of anomalies, the gravest first; one opens on its own page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from agencies.admin_display import figure, list_url, moment, month
from agencies.admin_export import Column, ExportsCsv
from agencies.admin_scope import HasOwnPage, ReadOnlyAdmin, person
from agencies.exchange.exporting import AT_ONCE, file_at_once, log_export
from agencies.exchange.sheets import MEDIA_TYPES, Head
from agencies.exchange.uploads import Format
from agencies.permissions import EXPORT_RECORDS
from agencies.planner import counted_up_to
from scoring.admin.anomaly_deciding import DecidesTogether
from scoring.admin.anomaly_filters import LIST_FILTERS
from scoring.anomalies.rules import may_change_rules
from scoring.anomalies.telling import reason_of, severity_mark, state_mark
from scoring.models import Anomaly, AnomalySearch


@admin.register(Anomaly)
class AnomalyAdmin(DecidesTogether, ExportsCsv, HasOwnPage, ReadOnlyAdmin):
    """Anomalies change only by a search and by the acts of their own page."""

    own_page = "anomaly"

    list_display = ("what", "agency_name", "in_month", "stands")
    list_display_links = ("what",)
    list_select_related = ("rule", "agency__parent", "assignee")
    list_filter: Any = LIST_FILTERS
    search_fields = ("agency__code",)
    search_help_text = gettext_lazy("Agency code")
    empty_list_hint = gettext_lazy(
        "Every night the month under way and the one before are searched; nothing was found at your agencies."
    )
    counted_as = gettext_lazy("anomalies")
    ordering: Any = ("-severity", "-month", "-size", "pk")
    sortable_by: Any = ()
    change_list_template = "admin/anomaly_list.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        told = {
            "last_search": AnomalySearch.objects.order_by("-searched_at").first(),
            "may_search": may_change_rules(request.user),
        }
        return super().changelist_view(request, {**told, **(extra_context or {})})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(agency__code__iexact=term) if term else queryset), False

    @display(description=gettext_lazy("what was found"))
    def what(self, anomaly: Anomaly) -> str:
        return format_html(
            '<span class="long-name">{}<br><small class="quiet">{}</small></span>',
            anomaly.rule.told_name,
            reason_of(anomaly),
        )

    @display(description=gettext_lazy("agency"))
    def agency_name(self, anomaly: Anomaly) -> str:
        above = anomaly.agency.parent
        return format_html(
            '<span class="long-name">{}<br><small class="quiet">{}</small></span>',
            anomaly.agency.name,
            f"{above} · {anomaly.agency.code}" if above else anomaly.agency.code,
        )

    @display(description=gettext_lazy("month"))
    def in_month(self, anomaly: Anomaly) -> str:
        return month(anomaly.month)

    @display(description=gettext_lazy("severity, state"))
    def stands(self, anomaly: Anomaly) -> str:
        lines = [
            severity_mark(anomaly.severity),
            state_mark(anomaly),
            *([str(anomaly.assignee)] if anomaly.assignee else []),
        ]
        told = format_html_join("", "<span>{}</span>", ((line,) for line in lines))
        return format_html('<span class="stacked">{}</span>', told)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.workbook_view)
        return [path("export.xlsx", view, name="scoring_anomaly_workbook"), *super().get_urls()]

    def workbook_view(self, request: HttpRequest) -> HttpResponseBase:
        """The list, as the address filters it, as a workbook; noted in the log."""
        if not self.has_view_permission(request) or not self.has_export_permission(request):
            raise PermissionDenied
        listed = self.get_changelist_instance(request).queryset
        records = self.narrowed(listed, request, EXPORT_RECORDS)
        if counted_up_to(records, AT_ONCE) > AT_ONCE:
            words = {"limit": figure(AT_ONCE)}
            messages.error(
                request,
                _("A workbook of more than %(limit)s rows is not made here: narrow the list, or take CSV.")
                % words,
            )
            return redirect(f"{list_url(Anomaly)}?{request.GET.urlencode()}")
        columns = self.export_columns()
        rows = [[column(one) for column in columns.values()] for one in self.for_export(records)]
        title = _("Anomalies")
        log_export(person(request), title, len(rows), None, timezone.now())
        with file_at_once(Format.XLSX, Head(title, list(columns)), rows) as file:
            response = HttpResponse(file.read(), content_type=MEDIA_TYPES[Format.XLSX])
        response["Content-Disposition"] = 'attachment; filename="anomalies.xlsx"'
        response["Cache-Control"] = "private, no-store"
        return response

    def for_export(self, records: QuerySet[Any]) -> QuerySet[Any]:
        return records.select_related("rule", "agency__parent", "assignee")

    def export_columns(self) -> dict[str, Column]:
        # What agencies explained may name people: it stays on the anomaly's page.
        return {
            str(_("month")): lambda a: month(a.month),
            str(_("agency code")): lambda a: a.agency.code,
            str(_("agency")): lambda a: a.agency.name,
            str(_("under")): lambda a: str(a.agency.parent or ""),
            str(_("rule")): lambda a: a.rule.told_name,
            str(_("concerns")): lambda a: a.about,
            str(_("severity")): lambda a: str(a.get_severity_display()),
            str(_("what was found")): reason_of,
            str(_("state")): lambda a: str(a.get_state_display()),
            str(_("assigned to")): lambda a: str(a.assignee or ""),
            str(_("first found")): lambda a: moment(a.found_at),
            str(_("last changed")): lambda a: moment(a.changed_at),
            str(_("no longer found since")): lambda a: moment(a.mended_at) if a.mended_at else "",
        }
