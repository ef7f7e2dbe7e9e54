"""What was done in the admin, by whom and when; kept by Django, only read here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from agencies.admin_display import moment
from agencies.admin_export import Column, ExportsCsv
from agencies.admin_filters import choice_filter
from agencies.admin_paging import KeysetPages
from agencies.admin_scope import ReadOnlyAdmin
from agencies.permissions import SEE_LOG

ACTIONS = ((1, _("Added")), (2, _("Changed")), (3, _("Deleted")))


@admin.register(LogEntry)
class LogAdmin(KeysetPages, ExportsCsv, ReadOnlyAdmin):
    """For those who may see the log of the whole country."""

    asks = {"view": SEE_LOG}
    list_display = ("at", "user", "what", "content_type", "object_repr", "change")
    list_display_links = None
    list_select_related = ("user", "content_type")
    list_filter = (choice_filter("action_flag", ACTIONS, _("what was done")),)
    empty_list_hint = _("Nothing was changed by hand yet.")

    @display(description=_("at"))
    def at(self, entry: LogEntry) -> str:
        return moment(entry.action_time)

    @display(description=_("what was done"))
    def what(self, entry: LogEntry) -> Any:
        return dict(ACTIONS).get(entry.action_flag, "")

    @display(description=_("what changed"))
    def change(self, entry: LogEntry) -> str:
        return entry.get_change_message()

    def for_export(self, records: QuerySet[Any]) -> QuerySet[Any]:
        return records.select_related("user", "content_type")

    def export_columns(self) -> dict[str, Column]:
        return {
            str(_("at")): lambda entry: moment(entry.action_time),
            str(_("user")): lambda entry: entry.user.get_username(),
            str(_("what was done")): lambda entry: str(dict(ACTIONS).get(entry.action_flag, "")),
            str(_("record")): lambda entry: entry.object_repr,
            str(_("what changed")): lambda entry: entry.get_change_message(),
        }
