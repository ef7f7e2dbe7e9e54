"""The list of dossiers, ten million of them: which index finds a page, and what is counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from agencies.admin_display import month as month_label
from agencies.admin_filters import SubtreeFilter, choice_filter
from agencies.admin_paging import KeysetChangeList
from agencies.planner import COUNTED_UP_TO, by_index_only, counted_up_to
from agencies.visibility import sees_everything
from procedures.models import STILL_OPEN, Dossier
from procedures.months import add_months, month_of

#: How many months back the list can be asked for at a click.
MONTHS_OFFERED = 36
#: How far ahead a deadline is "soon".
SOON = timedelta(days=7)
#: Choices of ``HandlingFilter`` that only open dossiers can satisfy.
OPEN_CHOICES = ("open", "due", "overdue")


class MonthFilter(DropdownFilter):
    """Dossiers received in a month (submitted, where they were not received yet)."""

    title = _("month of reception")
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        now = month_of(timezone.now())
        months = [add_months(now, -back) for back in range(MONTHS_OFFERED)]
        return [(str(month), month_label(month)) for month in months]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        # A code is looked for in every month.
        if not value.isdigit() or request.GET.get(SEARCH_VAR):
            return queryset
        return queryset.filter(started_month=int(value))


class HandlingFilter(DropdownFilter):
    """How a dossier stands now."""

    title = _("handling")
    parameter_name = "handling"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("open", _("Open")),
            ("due", _("Open and due within 7 days")),
            ("overdue", _("Open and overdue")),
            ("ended_late", _("Ended late")),
            ("ended_in_time", _("Ended in time")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = standing(self.value() or "", timezone.now())
        return queryset if condition is None else queryset.filter(condition)


def standing(name: str, as_of: datetime) -> Q | None:
    """The condition behind a choice of ``HandlingFilter``; None for none."""
    still_open, ended = Q(ended_month=STILL_OPEN), Q(ended_month__lt=STILL_OPEN)
    late = Q(late_by_rule=True) | Q(ended_at__gt=F("deadline_at"))
    conditions = {
        "open": still_open & Q(in_handling=True),
        "due": still_open
        & Q(in_handling=True, late_by_rule=False, deadline_at__gte=as_of, deadline_at__lt=as_of + SOON),
        "overdue": still_open & Q(in_handling=True) & (Q(late_by_rule=True) | Q(deadline_at__lt=as_of)),
        "ended_late": ended & Q(in_handling=True) & late,
        "ended_in_time": ended
        & Q(in_handling=True, late_by_rule=False)
        & (Q(deadline_at__isnull=True) | Q(ended_at__lte=F("deadline_at"))),
    }
    return conditions.get(name)


StatusFilter = choice_filter("status", Dossier.Status.choices, _("status"))
ChannelFilter = choice_filter("channel", Dossier.Channel.choices, _("channel"))
PlacementFilter = choice_filter("placement", Dossier.Placement.choices, _("placed"))

LIST_FILTERS = (SubtreeFilter, MonthFilter, HandlingFilter, StatusFilter, PlacementFilter, ChannelFilter)


def code_condition(term: str) -> Q:
    """Dossiers whose code is ``term`` or begins with it, as a range of the code's index."""
    condition = Q(pk__in=[])
    for beginning in {term, term.upper()}:
        condition |= Q(code__gte=beginning, code__lt=beginning[:-1] + chr(ord(beginning[-1]) + 1))
    return condition


class DossierChangeList(KeysetChangeList):
    """Finds a page of a province, or of one office, as fast as one of the nation.

    Walking down the ids finds the nation's newest at once, but for an office with few dossiers it
    would read millions of others'. So the list of an office is first counted, up to a limit, by the
    index on agency and months alone; if it is short it is fetched by that index and then sorted.
    """

    few = False

    def read_page(self) -> None:
        if self.of_some_agencies():
            self.few = counted_up_to(self.by_index(), COUNTED_UP_TO) <= COUNTED_UP_TO
            by_index_only()
        super().read_page()

    def of_some_agencies(self) -> bool:
        """Whether the list is that of a part of the tree."""
        chosen = any(isinstance(spec, SubtreeFilter) and spec.value() for spec in self.filter_specs)
        return chosen or not sees_everything(self.request.user)

    def by_index(self) -> QuerySet[Dossier]:
        """The list narrowed only by what the index on agency and months holds."""
        records: QuerySet[Any] = self.root_queryset
        for spec in self.filter_specs:
            if isinstance(spec, SubtreeFilter | MonthFilter):
                records = spec.queryset(self.request, records)
            elif isinstance(spec, HandlingFilter) and spec.value() in OPEN_CHOICES:
                records = records.filter(ended_month=STILL_OPEN)
        return records

    def ordered(self, records: QuerySet[Any], sign: str) -> QuerySet[Any]:
        if not self.few:
            return super().ordered(records, sign)
        # Not the id but a sum with it: no index has that order, so none is walked for it.
        unindexed = F("pk") + 0
        return records.order_by(unindexed.desc() if sign else unindexed.asc())
