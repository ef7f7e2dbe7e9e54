"""The inbox: refused records with the field and the reason; mend, try again, or let go."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from agencies.admin_confirm import ask, confirmed, selection
from agencies.admin_display import figure, link, list_url, mark, moment, record_url
from agencies.admin_export import Column, ExportsCsv
from agencies.admin_filters import SubtreeFilter, choice_filter
from agencies.admin_paging import KeysetPages
from agencies.admin_scope import ScopedModelAdmin, person
from procedures.inbox import dismiss, mend, retry
from procedures.models import Dossier, InboxItem

#: Records tried again at one click: what a person still waits for.
AT_A_TIME = 2000
#: Fields that hold a moment, which people write as 31/01/2026 08:30.
MOMENTS = frozenset(
    {
        "submitted_at", "received_at", "due_at", "finished_at", "returned_at", "refused_at",
        "at", "started_at",
    }
)  # fmt: skip


class MendForm(forms.Form):
    """A new value for the field at which a record was refused."""

    def __init__(self, item: InboxItem, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item, self.name = item, item.field
        kind = forms.DateTimeField if self.name in MOMENTS else forms.CharField
        self.fields["value"] = kind(
            label=_called(self.name),
            initial=item.record.get(self.name, ""),
            widget=UnfoldAdminTextInputWidget(),
            help_text=_("As 31/01/2026 08:30.") if self.name in MOMENTS else "",
        )

    def changes(self) -> dict[str, str]:
        """The field and its new value as the inbox keeps it."""
        value = self.cleaned_data["value"]
        return {self.name: value.isoformat() if self.name in MOMENTS else value.strip()}


@admin.register(InboxItem)
class InboxAdmin(KeysetPages, ExportsCsv, ScopedModelAdmin):
    """Refused records; applicants' personal data were removed before they came here."""

    list_display = ("dossier_code", "why", "where", "position", "agency", "last", "condition")
    list_display_links = ("dossier_code", "why")
    counted_as = gettext_lazy("refused records")
    list_select_related = ("agency", "client")
    list_filter = (
        choice_filter("state", InboxItem.State.choices, gettext_lazy("state")),
        SubtreeFilter,
        choice_filter("kind", InboxItem.Kind.choices, gettext_lazy("kind")),
    )
    search_fields = ("dossier_code",)
    search_help_text = gettext_lazy("Dossier code, or how it begins")
    empty_list_hint = gettext_lazy("Nothing was refused: every record sent was taken.")
    actions = ("retry_chosen", "dismiss_chosen")
    readonly_fields = ("dossier_code", "kind", "agency", "client", "fault", "position", "history", "content")
    fields = readonly_fields
    change_form_outer_before_template = "admin/inbox_tools.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(dossier_code__startswith=term) if term else queryset), False

    def get_urls(self) -> list[Any]:
        views = {"mend": self.mend_view, "retry": self.retry_view, "dismiss": self.dismiss_view}
        return [
            path(
                f"<int:object_id>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"procedures_inboxitem_{name}",
            )
            for name, view in views.items()
        ] + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        item = self.get_object(request, object_id)
        context = {"show_save": False, "show_save_and_continue": False, **(extra_context or {})}
        if item and item.state == InboxItem.State.WAITING and self.has_change_permission(request, item):
            context["item"] = item
            context["mend_form"] = context.get("mend_form") or (MendForm(item) if item.field else None)
        return super().change_view(request, object_id, form_url, context)

    def mend_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Set the field at fault and try the record again."""
        item = self._waiting(request, object_id)
        form = MendForm(item, request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(error) for error in form.errors["value"]))
            return HttpResponseRedirect(record_url(item))
        try:
            taken = mend(item, form.changes(), timezone.now(), by=person(request))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(record_url(item))
        self.log_change(request, item, _("Mended %(field)s") % {"field": item.field})
        return self._tell(request, item, taken=taken)

    def retry_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Try the record again as it is."""
        item = self._waiting(request, object_id)
        return self._tell(request, item, taken=retry([item], timezone.now(), by=person(request)) > 0)

    def dismiss_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Let the record go, once confirmed."""
        item = self._waiting(request, object_id)
        if not confirmed(request):
            return ask(
                request,
                self,
                record=item,
                title=_("Dismiss a refused record"),
                consequences=_what_dismissing_does(1),
                button=_("Dismiss"),
                back=record_url(item),
            )
        dismiss([item], timezone.now(), by=person(request))
        self.log_change(request, item, _("Dismissed"))
        messages.success(request, _("The record was let go."))
        return HttpResponseRedirect(list_url(InboxItem, state=InboxItem.State.WAITING))

    @action(description=gettext_lazy("Try again"), permissions=["change"])
    def retry_chosen(self, request: HttpRequest, queryset: QuerySet[InboxItem]) -> None:
        waiting = queryset.filter(state=InboxItem.State.WAITING)
        items = list(waiting[:AT_A_TIME])
        taken = retry(items, timezone.now(), by=person(request))
        text = ngettext(
            "%(taken)s of %(count)s record was taken.",
            "%(taken)s of %(count)s records were taken.",
            len(items),
        ) % {"taken": figure(taken), "count": figure(len(items))}
        if len(items) < AT_A_TIME:
            left = ""
        else:
            left = " " + _("No more than %(limit)s are tried at a time; repeat for the rest.") % {
                "limit": figure(AT_A_TIME)
            }
        kept = taken < len(items)
        if kept:
            text += " " + _("The others stay, each with its present reason.")
        messages.add_message(request, messages.WARNING if kept else messages.SUCCESS, text + left)

    @action(description=gettext_lazy("Dismiss…"), permissions=["change"])
    def dismiss_chosen(self, request: HttpRequest, queryset: QuerySet[InboxItem]) -> HttpResponse | None:
        waiting = queryset.filter(state=InboxItem.State.WAITING)
        if not confirmed(request):
            return ask(
                request,
                self,
                title=_("Dismiss refused records"),
                consequences=_what_dismissing_does(waiting.count()),
                button=_("Dismiss"),
                back=request.get_full_path(),
                hidden=selection(request, "dismiss_chosen"),
            )
        count = dismiss(waiting.select_related(None).only("pk"), timezone.now(), by=person(request))
        messages.success(
            request,
            ngettext("%(count)s record was let go.", "%(count)s records were let go.", count)
            % {"count": figure(count)},
        )
        return None

    @display(description=gettext_lazy("reason"))
    def why(self, item: InboxItem) -> str:
        return format_html('<span class="long-name">{}</span>', item.reason)

    @display(description=gettext_lazy("field at fault"))
    def where(self, item: InboxItem) -> str:
        return format_html("<code>{}</code>", item.field)

    @display(description=gettext_lazy("last refused"))
    def last(self, item: InboxItem) -> str:
        return moment(item.last_at)

    @display(description=gettext_lazy("state"))
    def condition(self, item: InboxItem) -> str:
        looks = {InboxItem.State.WAITING: "warn", InboxItem.State.RETRIED: "good"}
        return mark(item.get_state_display(), looks.get(InboxItem.State(item.state), "quiet"))

    @display(description=gettext_lazy("why it was refused"))
    def fault(self, item: InboxItem) -> str:
        return format_html('<strong class="fault">{}</strong> <code>{}</code>', item.reason, item.field)

    @display(description=gettext_lazy("history"))
    def history(self, item: InboxItem) -> str:
        return _("First refused %(first)s, last %(last)s; came %(times)s times.") % {
            "first": moment(item.received_at),
            "last": moment(item.last_at),
            "times": figure(item.times),
        }

    @display(description=gettext_lazy("record"))
    def content(self, item: InboxItem) -> str:
        # What proves who the applicant is says nothing to a reader.
        told = {name: value for name, value in item.record.items() if not name.endswith("_hash")}
        text = json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True)
        return format_html('<pre class="record">{}</pre>', text)

    def for_export(self, records: QuerySet[Any]) -> QuerySet[Any]:
        return records.select_related("agency", "client")

    def export_columns(self) -> dict[str, Column]:
        return {
            str(_("agency code")): lambda item: item.agency.code,
            str(_("sent by")): lambda item: item.client.username if item.client else "",
            str(_("dossier code")): lambda item: item.dossier_code,
            str(_("kind")): lambda item: item.get_kind_display(),
            str(_("position in the batch")): lambda item: item.position,
            str(_("field at fault")): lambda item: item.field,
            str(_("reason")): lambda item: item.reason,
            str(_("times sent")): lambda item: item.times,
            str(_("last refused")): lambda item: moment(item.last_at),
            str(_("state")): lambda item: item.get_state_display(),
        }

    def _waiting(self, request: HttpRequest, object_id: int) -> InboxItem:
        item = self.get_object(request, str(object_id))
        if item is None or not self.has_change_permission(request, item):
            raise PermissionDenied
        return item

    def _tell(self, request: HttpRequest, item: InboxItem, *, taken: bool) -> HttpResponse:
        if not taken:
            item.refresh_from_db()
            messages.warning(request, _("Refused again: %(reason)s") % {"reason": item.reason})
            return HttpResponseRedirect(record_url(item))
        known = Dossier.objects.visible_to(request.user)
        dossier = known.filter(code=item.dossier_code).only("pk").first()
        where = link(item.dossier_code, record_url(dossier)) if dossier else item.dossier_code
        messages.success(request, format_html(_("Taken: dossier {} is up to date."), where))
        return HttpResponseRedirect(list_url(InboxItem, state=InboxItem.State.WAITING))


def _called(name: str) -> str:
    """A field of a record as the pages of dossiers call it, with its name in the record."""
    fields = {field.name: field.verbose_name for field in Dossier._meta.concrete_fields}
    return f"{capfirst(fields[name])} ({name})" if name in fields else name


def _what_dismissing_does(count: int) -> list[str]:
    return [
        ngettext(
            "%(count)s waiting record is let go and will not be tried again.",
            "%(count)s waiting records are let go and will not be tried again.",
            count,
        )
        % {"count": figure(count)},
        _("Their dossiers count as last taken, or not at all if they never were."),
        _("If a system sends the same record again, it is looked at anew."),
    ]
