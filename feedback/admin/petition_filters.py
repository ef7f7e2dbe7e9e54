"""What narrows the list of petitions: how urgent, in which state, whose."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from agencies.admin_filters import AssigneeFilter, SubtreeFilter, choice_filter
from feedback.models import Petition
from procedures.models import Procedure
from procedures.months import VIETNAM

#: Every state in which something is still to be done, by the agency or its sender.
TO_DO = Petition.OPEN | {Petition.State.AWAITING_PUBLICATION}
WEEK = timedelta(days=7)


class DueFilter(DropdownFilter):
    """By when something must be done about it."""

    title = _("deadline")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("late", _("Late")), ("today", _("Due today")), ("week", _("Due within 7 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = due(self.value() or "", timezone.now())
        return queryset if condition is None else queryset.filter(condition)


def due(name: str, as_of: datetime) -> Q | None:
    """The condition behind a choice of ``DueFilter``; None for none."""
    tonight = datetime.combine(as_of.astimezone(VIETNAM).date(), time.max, VIETNAM)
    return {
        "late": Q(due_by__lt=as_of),
        "today": Q(due_by__gte=as_of, due_by__lte=tonight),
        "week": Q(due_by__gte=as_of, due_by__lte=tonight + WEEK),
    }.get(name)


class StateFilter(DropdownFilter):
    """One state, or all in which the agency still has something to do."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("todo", _("To be done")), *Petition.State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value == "todo":
            return queryset.filter(state__in=TO_DO)
        return queryset.filter(state=value) if value in Petition.State.values else queryset


class ProcedureFilter(SubtreeFilter):
    """Petitions about one procedure, found by typing."""

    title = _("procedure")
    parameter_name = "procedure"
    field_name = "procedure"

    def agencies(self) -> QuerySet[Any]:
        """The procedures to choose from: the whole catalogue, which everybody may read."""
        return Procedure.objects.all()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(procedure=self.chosen) if self.chosen else queryset.none()

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            choice["form"].fields[self.parameter_name].label = _("By procedure")
            yield choice


KindFilter = choice_filter("kind", Petition.Kind.choices, _("class"))
StandingFilter = choice_filter("standing", Petition._meta.get_field("standing").choices, _("counted"))

LIST_FILTERS = (
    DueFilter, StateFilter, AssigneeFilter, SubtreeFilter, KindFilter, ProcedureFilter, StandingFilter,
)  # fmt: skip
