"""The petitions to be handled, what is due first on top; one opens on its own page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from agencies.admin_display import DASH, mark, moment
from agencies.admin_export import Column, ExportsCsv
from agencies.admin_scope import HasOwnPage, ReadOnlyAdmin
from feedback.admin.petition_filters import LIST_FILTERS
from feedback.admin.petition_words import deadline_mark, state_mark
from feedback.models import Petition, Standing


@admin.register(Petition)
class PetitionAdmin(ExportsCsv, HasOwnPage, ReadOnlyAdmin):
    """Petitions change only by the acts of their own page."""

    own_page = "desk-petition"

    list_display = ("about", "stands", "agency", "procedure_code", "for_whom")
    list_display_links = ("about",)
    list_select_related = ("agency", "procedure", "assignee")
    list_filter: Any = LIST_FILTERS
    search_fields = ("code",)
    search_help_text = gettext_lazy("Receipt code or dossier code, or how it begins")
    empty_list_hint = gettext_lazy("Nobody has sent a petition about your agencies.")
    ordering: Any = (F("due_by").asc(nulls_last=True), "-given_at")
    sortable_by: Any = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("body", "answer", "published_body", "published_answer")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = "".join(search_term.split()).upper()
        if not term:
            return queryset, False
        return (
            queryset.filter(code__startswith=term) | queryset.filter(dossier__code__startswith=term)
        ), False

    @display(description=gettext_lazy("what it is about"))
    def about(self, petition: Petition) -> str:
        return format_html(
            '<span class="long-name">{}<br><small class="quiet">{} · {}</small></span>',
            petition.subject,
            petition.code,
            petition.get_kind_display(),
        )

    @display(description=gettext_lazy("state, to be done by"))
    def stands(self, petition: Petition) -> str:
        marks = [state_mark(petition)]
        if petition.due_by:
            marks.append(deadline_mark(petition.due_by, timezone.now()))
        if petition.standing != Standing.COUNTED:
            marks.append(mark(petition.get_standing_display(), "quiet"))
        lines = format_html_join("", "<span>{}</span>", ((one,) for one in marks))
        return format_html('<span class="stacked">{}</span>', lines)

    @display(description=gettext_lazy("procedure"))
    def procedure_code(self, petition: Petition) -> str:
        return petition.procedure.code if petition.procedure else DASH

    @display(description=gettext_lazy("assigned to"))
    def for_whom(self, petition: Petition) -> str:
        return str(petition.assignee) if petition.assignee else mark(_("nobody"), "quiet")

    def for_export(self, records: QuerySet[Any]) -> QuerySet[Any]:
        return records.select_related("agency", "procedure")

    def export_columns(self) -> dict[str, Column]:
        # What citizens wrote may name people: it stays on the petition's page.
        now = timezone.now()
        return {
            str(_("receipt code")): lambda p: p.code,
            str(_("agency code")): lambda p: p.agency.code,
            str(_("agency")): lambda p: p.agency.name,
            str(_("class")): lambda p: p.get_kind_display(),
            str(_("procedure")): lambda p: p.procedure.code if p.procedure else "",
            str(_("sent")): lambda p: moment(p.given_at),
            str(_("state")): lambda p: p.get_state_display(),
            str(_("to be done by")): lambda p: moment(p.due_by) if p.due_by else "",
            str(_("late")): lambda p: int(bool(p.due_by and p.due_by < now)),
            str(_("answered")): lambda p: moment(p.answered_at) if p.answered_at else "",
            str(_("published")): lambda p: moment(p.published_at) if p.published_at else "",
            str(_("verdict")): lambda p: p.get_verdict_display(),
            str(_("complained again")): lambda p: p.complaints,
            str(_("counted")): lambda p: p.get_standing_display(),
        }
