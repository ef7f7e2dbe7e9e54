"""Connected systems: giving one its password, changing it, taking it away."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display

from agencies import integration
from agencies.admin_confirm import ask, confirmed
from agencies.admin_display import figure, mark, moment, record_url, since
from agencies.admin_filters import SubtreeFilter
from agencies.admin_scope import ScopedModelAdmin, person
from agencies.models import Agency, IntegrationClient
from agencies.silence import SILENT_AFTER, silent_systems
from agencies.step_up import step_up_required


class StateFilter(DropdownFilter):
    """Working, silent or revoked."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("active", gettext_lazy("May send")),
            ("silent", gettext_lazy("Silent for more than 24 hours")),
            ("revoked", gettext_lazy("Revoked")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "active":
                return queryset.filter(revoked_at__isnull=True)
            case "silent":
                return silent_systems(queryset, timezone.now())
            case "revoked":
                return queryset.filter(revoked_at__isnull=False)
        return queryset


@admin.register(IntegrationClient)
class ConnectedSystemAdmin(ScopedModelAdmin):
    """One-stop systems that send dossiers. A password is shown once, then kept only as a hash."""

    list_display = ("username", "name", "agency", "state", "seen", "taken", "refused")
    list_select_related = ("agency",)
    list_filter = (StateFilter, SubtreeFilter)
    search_fields = ("username", "name", "agency__code")
    search_help_text = gettext_lazy("Username, name or agency code")
    empty_list_hint = gettext_lazy(
        "Add a connected system for an agency; its one-stop software then signs in with the username "
        "and password you are given."
    )
    autocomplete_fields = ("agency",)
    actions_detail = ("rotate_password", "revoke_access")
    readonly_fields = ("state", "created", "password_changed", "seen", "taken", "refused")

    @step_up_required
    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().add_view(request, *args, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("agency", "name", "username")}),)
        told = ("state", "seen", "taken", "refused", "created", "password_changed")
        return (
            (None, {"fields": ("agency", "name", "username")}),
            (gettext_lazy("What it did so far"), {"fields": told}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Another agency's system is another client: what was sent stays whose it was.
        return (*self.readonly_fields, "agency", "username") if obj else self.readonly_fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "username" in form.base_fields:
            form.base_fields["username"].required = False
            form.base_fields["username"].help_text = gettext_lazy("Empty: made from the agency's code.")
        return form

    def has_keep_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person may change or take away a system's access, given as such or by its id."""
        found = obj if isinstance(obj, IntegrationClient) else self.get_object(request, str(obj))
        return found is not None and not found.revoked_at and self.has_change_permission(request, found)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: IntegrationClient, form: Any, change: bool) -> None:
        if change:
            IntegrationClient.objects.filter(pk=obj.pk).update(name=obj.name)
            return
        made, password = integration.create_client(
            obj.agency, name=obj.name, username=obj.username or None, by=person(request)
        )
        obj.pk, obj.username = made.pk, made.username
        obj._state.adding = False
        request.new_password = password  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        return self._show_once(request, obj, request.new_password)  # type: ignore[attr-defined]

    @action(description=gettext_lazy("New password"), url_path="rotate", icon="key", permissions=["keep"])
    @step_up_required
    def rotate_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        client = self._client(request, object_id)
        if confirmed(request):
            password = integration.rotate(client, by=person(request))
            self.log_change(request, client, _("Password changed"))
            return self._show_once(request, client, password)
        return ask(
            request,
            self,
            record=client,
            title=_("New password for %(system)s") % {"system": client},
            consequences=[
                _("The present password and every open session stop working at once."),
                _("Last heard of: %(since)s.") % {"since": since(client.last_seen_at, timezone.now())},
                _("Until the new password is entered in the system, its records are turned away."),
            ],
            button=_("Make a new password"),
            back=record_url(client),
        )

    @action(description=gettext_lazy("Revoke"), url_path="revoke", icon="block", permissions=["keep"])
    @step_up_required
    def revoke_access(self, request: HttpRequest, object_id: str) -> HttpResponse:
        client = self._client(request, object_id)
        if confirmed(request):
            integration.revoke(client, by=person(request))
            self.log_change(request, client, _("Revoked"))
            messages.success(request, _("%(system)s can no longer sign in.") % {"system": client})
            return HttpResponseRedirect(record_url(client))
        others = IntegrationClient.objects.filter(agency=client.agency, revoked_at__isnull=True)
        left = others.exclude(pk=client.pk).count()
        below = Agency.objects.under(client.agency.path).count()
        return ask(
            request,
            self,
            record=client,
            title=_("Revoke %(system)s") % {"system": client},
            consequences=[
                _("It can no longer sign in, and its open sessions end at once."),
                ngettext(
                    "It speaks for %(agency)s: %(count)s agency whose dossiers stop arriving",
                    "It speaks for %(agency)s: %(count)s agencies whose dossiers stop arriving",
                    below,
                )
                % {"agency": client.agency, "count": figure(below)}
                + (
                    _(" unless another of its %(left)s systems sends them.") % {"left": figure(left)}
                    if left
                    else _("; it has no other connected system.")
                ),
                _("It has sent %(taken)s records so far, last %(since)s; they stay.")
                % {
                    "taken": figure(client.accepted_count),
                    "since": since(client.last_seen_at, timezone.now()),
                },
                _("This cannot be undone; to connect again, add a new system."),
            ],
            button=_("Revoke"),
            back=record_url(client),
        )

    @display(description=gettext_lazy("state"))
    def state(self, client: IntegrationClient) -> str:
        if client.revoked_at:
            return mark(_("revoked %(day)s") % {"day": moment(client.revoked_at)}, "quiet")
        if client.last_seen_at is None:
            return mark(_("never heard of"), "warn")
        if client.last_seen_at < timezone.now() - SILENT_AFTER:
            return mark(_("silent"), "bad")
        return mark(_("working"), "good")

    @display(description=gettext_lazy("last heard of"), ordering="last_seen_at")
    def seen(self, client: IntegrationClient) -> str:
        return since(client.last_seen_at, timezone.now())

    @display(description=gettext_lazy("records taken"), ordering="accepted_count")
    def taken(self, client: IntegrationClient) -> str:
        return figure(client.accepted_count)

    @display(description=gettext_lazy("records refused"), ordering="rejected_count")
    def refused(self, client: IntegrationClient) -> str:
        return figure(client.rejected_count)

    @display(description=gettext_lazy("added on"))
    def created(self, client: IntegrationClient) -> str:
        return moment(client.created_at)

    @display(description=gettext_lazy("password changed"))
    def password_changed(self, client: IntegrationClient) -> str:
        return moment(client.rotated_at)

    def _client(self, request: HttpRequest, object_id: str) -> IntegrationClient:
        client = self.get_object(request, object_id)
        if client is None or not self.has_keep_permission(request, client):
            raise PermissionDenied
        return client

    def _show_once(self, request: HttpRequest, client: IntegrationClient, password: str) -> TemplateResponse:
        """The page with the password: sent once, kept by no cache, written nowhere."""
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": client,
            "title": _("Password of %(system)s") % {"system": client},
            "client": client,
            "password": password,
            "back": record_url(client),
        }
        return TemplateResponse(
            request, "admin/password_once.html", context, headers={"Cache-Control": "no-store"}
        )
