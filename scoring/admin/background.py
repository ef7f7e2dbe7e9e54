"""Background work: which tasks are alive, and what waits to be recounted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from agencies.admin_display import mark, moment, month, since
from agencies.admin_filters import SubtreeFilter
from agencies.admin_paging import KeysetPages
from agencies.admin_scope import ReadOnlyAdmin
from scoring.models import DirtyMonth, TaskPulse
from scoring.outbox import CATALOGUE
from scoring.pulse import silent_tasks

#: What each periodic task does, in words.
WHAT_TASKS_DO = {
    "sweep": gettext_lazy("Finds months left waiting for recount"),
    "clock_tick": gettext_lazy("Marks what turned late with time"),
    "daily_snapshots": gettext_lazy("Keeps the day's scores and ranks"),
    "watchdog": gettext_lazy("Watches over the other tasks"),
}


class LateFilter(DropdownFilter):
    """Tasks that missed their turns."""

    title = gettext_lazy("state")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("Late"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() != "yes":
            return queryset
        return queryset.filter(name__in=[task.name for task in silent_tasks(timezone.now())])


@admin.register(TaskPulse)
class TaskAdmin(ReadOnlyAdmin):
    """Periodic tasks, each with its last good end."""

    list_display = ("name", "purpose", "rhythm", "finished", "health", "last_error")
    list_filter = (LateFilter,)
    list_display_links = None
    empty_list_hint = gettext_lazy("No task has run yet: start the workers with manage.py serve.")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        self.silent = {task.name for task in silent_tasks(timezone.now())}
        return super().changelist_view(request, extra_context)

    @display(description=gettext_lazy("what it does"))
    def purpose(self, task: TaskPulse) -> Any:
        return WHAT_TASKS_DO.get(task.name, "")

    @display(description=gettext_lazy("expected every"))
    def rhythm(self, task: TaskPulse) -> str:
        seconds = int(task.every.total_seconds())
        if seconds % 60:
            return _("%(count)d seconds") % {"count": seconds}
        return _("%(count)d minutes") % {"count": seconds // 60}

    @display(description=gettext_lazy("last finished"))
    def finished(self, task: TaskPulse) -> str:
        return since(task.last_finished_at, timezone.now())

    @display(description=gettext_lazy("state"))
    def health(self, task: TaskPulse) -> str:
        if task.name in self.silent:
            return mark(_("late"), "bad")
        return mark(_("failed last time"), "warn") if task.last_error else mark(_("alive"), "good")


@admin.register(DirtyMonth)
class RecountAdmin(KeysetPages, ReadOnlyAdmin):
    """The outbox: agency-months whose counts are being made anew."""

    list_display = ("agency_name", "what", "marked")
    list_display_links = None
    list_select_related = ("agency",)
    list_filter = (SubtreeFilter,)
    empty_list_hint = gettext_lazy("Every change has been counted: scores are up to date.")

    @display(description=gettext_lazy("agency"))
    def agency_name(self, row: DirtyMonth) -> str:
        return str(row.agency)

    @display(description=gettext_lazy("what is recounted"))
    def what(self, row: DirtyMonth) -> str:
        return _("catalogue of procedures") if row.month == CATALOGUE else month(row.month)

    @display(description=gettext_lazy("marked"))
    def marked(self, row: DirtyMonth) -> str:
        return moment(row.marked_at)
