"""The counts behind the scores: read only, since they are made anew from the records."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from agencies.admin_display import DASH, figure, month
from agencies.admin_export import Column as FileColumn
from agencies.admin_export import ExportsCsv
from agencies.admin_filters import SubtreeFilter, choice_filter
from agencies.admin_paging import KeysetPages
from agencies.admin_scope import ReadOnlyAdmin
from procedures.months import add_months, month_of
from scoring.measures import TALLY_COLUMNS, Column
from scoring.models import Tally
from scoring.models.tally import Scope

MONTHS_OFFERED = 36


def _count(column: Column) -> Any:
    """The list's column of a measure."""

    @display(description=column.label)
    def cell(row: Tally) -> str:
        return figure(getattr(row, column.name))

    cell.__name__ = column.name
    return cell


SHOWN = tuple(
    _count(column)
    for column in TALLY_COLUMNS
    if column.name in {"received", "ended_on_time", "ended_late", "open_on_time", "open_late"}
)


class MonthFilter(DropdownFilter):
    """The counts of one month."""

    title = gettext_lazy("month")
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        now = month_of(timezone.now())
        months = [add_months(now, -back) for back in range(MONTHS_OFFERED)]
        return [(str(value), month(value)) for value in months]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        return queryset.filter(month=int(value)) if value.isdigit() else queryset


class AgencyFilter(SubtreeFilter):
    """The counts of one agency, not of those below it: a subtree's are a row of their own."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        agency = self.chosen
        return queryset.filter(agency=agency) if agency else queryset.none()


@admin.register(Tally)
class TallyAdmin(KeysetPages, ExportsCsv, ReadOnlyAdmin):
    """An agency's month, one row a procedure; a leaf has one row, others their own and their subtree's."""

    list_display = ("agency_name", "of_month", "scope", "procedure_code", *SHOWN)
    list_select_related = ("agency", "procedure")
    list_filter = (
        AgencyFilter,
        MonthFilter,
        choice_filter("scope", Scope.choices, gettext_lazy("scope")),
    )
    empty_list_hint = gettext_lazy(
        "Counts appear when dossiers have been counted; count everything anew with: manage.py recount"
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        names = [column.name for column in TALLY_COLUMNS]
        pairs = [tuple(names[at : at + 2]) for at in range(0, len(names), 2)]
        return (
            (None, {"fields": ("agency_name", "of_month", "scope", "procedure_code")}),
            (_("Counts"), {"fields": pairs}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("agency_name", "of_month", "procedure_code")

    @display(description=gettext_lazy("agency"))
    def agency_name(self, row: Tally) -> str:
        return str(row.agency)

    @display(description=gettext_lazy("month"))
    def of_month(self, row: Tally) -> str:
        return month(row.month)

    @display(description=gettext_lazy("procedure"))
    def procedure_code(self, row: Tally) -> str:
        return row.procedure.code if row.procedure else DASH

    def export_columns(self) -> dict[str, FileColumn]:
        def counted(name: str) -> FileColumn:
            return lambda row: getattr(row, name)

        return {
            str(_("agency code")): lambda row: row.agency.code,
            str(_("month")): lambda row: row.month,
            str(_("scope")): lambda row: row.get_scope_display(),
            str(_("procedure")): lambda row: row.procedure.code if row.procedure else "",
            **{str(column.label): counted(column.name) for column in TALLY_COLUMNS},
        }
