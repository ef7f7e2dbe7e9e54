"""The log of decisions: who decided what about whom, when, from where and why; only to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.decorators import display

from agencies.admin.event_differences import differences, kind_of_subject
from agencies.admin.event_log_filters import FromFilter, PersonFilter, UntilFilter, VerbFilter
from agencies.admin_display import DASH, definition, link, moment, record_url
from agencies.admin_export import Column, ExportsCsv
from agencies.admin_filters import SubtreeFilter
from agencies.admin_paging import KeysetPages
from agencies.admin_scope import ReadOnlyAdmin, person
from agencies.event_words import words_of
from agencies.log_verification import ask_verification, last_verification
from agencies.models import EventLog
from agencies.permissions import OPERATE_SYSTEM
from agencies.visibility import holds_everywhere


@admin.register(EventLog)
class EventLogAdmin(KeysetPages, ExportsCsv, ReadOnlyAdmin):
    """Entries of one's own subtree, the newest first; what belongs to no agency is for who sees all."""

    list_display = ("number", "when", "who", "what", "about", "place", "address")
    list_display_links = ("number", "when")
    list_filter = (VerbFilter, PersonFilter, SubtreeFilter, FromFilter, UntilFilter)
    search_fields = ("object_label", "=request_id")
    search_help_text = gettext_lazy("What it was about, or a request id")
    change_list_template = "admin/event_log_list.html"
    counted_as = gettext_lazy("entries")
    empty_list_hint = gettext_lazy(
        "Whoever gives access, connects a system or works the inbox leaves an entry here. "
        "Widen the filters to see older ones."
    )
    readonly_fields = ("told", "changes", "kept")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            (None, {"fields": ("told",)}),
            (_("What it changed"), {"fields": ("changes",)}),
            (_("How it is kept"), {"fields": ("kept",)}),
        )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.verify)
        return [path("verify/", view, name="agencies_eventlog_verify"), *super().get_urls()]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        event = super().get_object(request, object_id, from_field) if object_id.isdigit() else None
        if event is not None:
            event.subject_url = self._subject_url(request, event)
        return event

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        verification = {
            "verification": last_verification(),
            "may_verify": holds_everywhere(request.user, OPERATE_SYSTEM),
        }
        return super().changelist_view(request, {**verification, **(extra_context or {})})

    @method_decorator(require_POST)
    def verify(self, request: HttpRequest) -> HttpResponse:
        """Ask for the chain to be verified, by whoever operates the system."""
        if not holds_everywhere(request.user, OPERATE_SYSTEM):
            raise PermissionDenied
        try:
            job = ask_verification(person(request), timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("admin:agencies_eventlog_changelist")
        return redirect("job", job.pk)

    @display(description=gettext_lazy("when"))
    def when(self, event: EventLog) -> str:
        return moment(event.at)

    @display(description=gettext_lazy("who decided"))
    def who(self, event: EventLog) -> str:
        return event.actor_name or _("the server itself")

    @display(description=gettext_lazy("decision"))
    def what(self, event: EventLog) -> str:
        return words_of(event.verb)

    @display(description=gettext_lazy("subject of the decision"))
    def about(self, event: EventLog) -> str:
        return event.object_label or DASH

    @display(description=gettext_lazy("agency"))
    def place(self, event: EventLog) -> str:
        return event.agency_name or DASH

    @display(description=gettext_lazy("entry"))
    def told(self, event: Any) -> str:
        label, kind = event.object_label, kind_of_subject(event)
        subject = link(label, event.subject_url) if event.subject_url else label
        if kind:
            subject = format_html("{}: {}", kind, subject)
        return definition(
            {
                _("When"): moment(event.at),
                _("Who decided"): self.who(event),
                _("Decision"): words_of(event.verb),
                _("Subject of the decision"): subject,
                _("Agency it concerns"): event.agency_name,
                _("Reason"): event.reason,
                _("Address it came from"): event.address,
                _("Request id"): event.request_id,
            }
        )

    @display(description=gettext_lazy("before and after"))
    def changes(self, event: EventLog) -> str:
        return render_to_string("admin/event_differences.html", {"differences": differences(event)})

    @display(description=gettext_lazy("chain"))
    def kept(self, event: EventLog) -> str:
        return definition(
            {
                _("Entry number"): event.number,
                _("Hash of this entry"): event.hash,
                _("Hash of the one before"): event.previous_hash,
            }
        )

    def for_export(self, records: QuerySet[Any]) -> QuerySet[Any]:
        return records.select_related(None)

    def export_columns(self) -> dict[str, Column]:
        return {
            str(_("entry number")): lambda event: event.number,
            str(_("when")): lambda event: f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}",
            str(_("who decided")): self.who,
            str(_("decision")): self.what,
            str(_("verb")): lambda event: event.verb,
            str(_("kind of subject")): kind_of_subject,
            str(_("subject of the decision")): lambda event: event.object_label,
            str(_("agency")): lambda event: event.agency_name,
            str(_("reason")): lambda event: event.reason,
            str(_("before and after")): _in_a_line,
            str(_("address")): lambda event: event.address,
            str(_("request id")): lambda event: event.request_id,
            str(_("hash of the entry")): lambda event: event.hash,
        }

    def _subject_url(self, request: HttpRequest, event: EventLog) -> str:
        """The page of what an entry is about, for who may open it; else empty."""
        for model, page in self.admin_site._registry.items():
            if model._meta.label_lower == event.object_type and page.has_view_permission(request):
                found = page.get_object(request, event.object_id) if event.object_id else None
                return record_url(found) if found and page.has_view_permission(request, found) else ""
        return ""


def _in_a_line(event: EventLog) -> str:
    told = differences(event)
    return "; ".join(f"{found.what}: {found.before} → {found.after}" for found in told)
