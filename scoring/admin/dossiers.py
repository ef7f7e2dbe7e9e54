"""The dossiers behind a count: the list of dossiers, here with one filter more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

from agencies.admin_display import list_url, month
from procedures.admin.dossier import DossierAdmin
from procedures.models import Dossier
from procedures.months import edge_of
from scoring.anomalies.checks import check_named
from scoring.measures import DOSSIER_COLUMNS, Column, Moment
from scoring.models import Anomaly
from scoring.tally import alive, with_offer

COLUMNS: dict[str, Column] = {column.name: column for column in DOSSIER_COLUMNS}


class CountedFilter(DropdownFilter):
    """The very dossiers that a measure counts in a month: ``ended_late.202603`` in the address."""

    title = gettext_lazy("counted as")
    parameter_name = "counted"

    def has_output(self) -> bool:
        return bool(self.value())

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        asked = self._asked(request.GET.get(self.parameter_name, ""))
        if asked is None:
            return []
        column, in_month = asked
        label = _("%(measure)s in %(month)s") % {"measure": column.label, "month": month(in_month)}
        return [(f"{column.name}.{in_month}", label)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self._asked(self.value() or "")
        if asked is None:
            return queryset.none() if self.value() else queryset
        column, in_month = asked
        at = Moment(in_month, edge_of(in_month, timezone.now()))
        return with_offer(queryset.filter(alive(in_month))).filter(column.records(at))

    @staticmethod
    def _asked(value: str) -> tuple[Column, int] | None:
        name, _dot, in_month = value.partition(".")
        if name in COLUMNS and in_month.isdigit() and len(in_month) == 6 and 1 <= int(in_month[4:]) <= 12:
            return COLUMNS[name], int(in_month)
        return None


def links_to_counted(names: Iterable[str], agency_id: int, in_month: int) -> list[tuple[Any, str]]:
    """For those of ``names`` that count dossiers: what they count, and where their list is."""
    return [
        (COLUMNS[name].label, list_url(Dossier, agency=agency_id, counted=f"{name}.{in_month}"))
        for name in names
        if name in COLUMNS and not COLUMNS[name].summed
    ]


class AnomalyFilter(DropdownFilter):
    """The very dossiers behind an anomaly, by its number in the address."""

    title = gettext_lazy("anomaly")
    parameter_name = "anomaly"

    def has_output(self) -> bool:
        return bool(self.value())

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = self._asked(request, request.GET.get(self.parameter_name, ""))
        return [(str(found.pk), str(found))] if found else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        found = self._asked(request, self.value() or "")
        behind = check_named(found.rule.check_name).dossiers(found, timezone.now()) if found else None
        return queryset.none() if behind is None else queryset.filter(pk__in=behind.order_by().values("pk"))

    @staticmethod
    def _asked(request: HttpRequest, value: str) -> Anomaly | None:
        if not (value.isascii() and value.isdigit() and len(value) < 19):
            return None
        seen = Anomaly.objects.visible_to(request.user).select_related("rule", "agency")
        return seen.filter(pk=int(value)).first()


admin.site.unregister(Dossier)


@admin.register(Dossier)
class CountedDossierAdmin(DossierAdmin):
    """The list of dossiers, to which a score's counts lead."""

    list_filter: Any = (*DossierAdmin.list_filter, CountedFilter, AnomalyFilter)
