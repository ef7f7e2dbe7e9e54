"""Lists of big tables: walked by id, counted by estimate, so that every page costs the same."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.paginator import Paginator
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from unfold.views import ChangeList

from agencies.planner import Estimate, estimated_count, list_reading, took_too_long

#: In the address: show what is older, or newer, than the record with this id.
OLDER, NEWER = "older", "newer"


class EstimatingPaginator(Paginator):
    """Knows about how many rows there are; pages are cut by ``KeysetChangeList``."""

    template_name = "admin/keyset_pagination.html"

    @cached_property
    def estimate(self) -> Estimate:
        """How many rows there are, exactly or about."""
        return estimated_count(self.object_list)  # type: ignore[arg-type]

    @cached_property
    def count(self) -> int:
        return self.estimate.number


class KeysetChangeList(ChangeList):
    """A list from the newest to the oldest record, cut by id instead of by a number of rows to
    skip."""

    older: str | None = None
    newer: str | None = None

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Any]:
        cursor = request.GET
        for name in (OLDER, NEWER):
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        self.older, self.newer = cursor.get(OLDER), cursor.get(NEWER)
        return super().get_queryset(request, exclude_parameters)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str]:
        return ["-pk"]

    def get_results(self, request: HttpRequest) -> None:
        self.request = request
        self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        self.result_list: list[Any] = []
        self.newer_query = self.older_query = ""
        self.estimate = Estimate(0, exact=True)
        try:
            with list_reading():
                self.read_page()
                self.estimate = self.count_rows()
        except OperationalError as error:
            if not took_too_long(error):
                raise
            messages.error(
                request,
                _("This list takes too long to find. Choose an agency or a month, then try again."),
            )
        self.result_count = self.estimate.number
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = self.multi_page = False

    def read_page(self) -> None:
        """Fill ``result_list`` with the page at the cursor, and the ways to its neighbours."""
        try:
            newer, older = (int(value) if value else None for value in (self.newer, self.older))
        except ValueError as error:
            raise IncorrectLookupParameters(error) from error
        size = self.list_per_page
        rows: list[Any] = []
        if newer is not None:
            rows = list(self.ordered(self.queryset.filter(pk__gt=newer), "")[: size + 1])
        if rows:
            more_newer, more_older = len(rows) > size, True
            rows = rows[:size][::-1]
        else:
            below = self.queryset if older is None else self.queryset.filter(pk__lt=older)
            rows = list(self.ordered(below, "-")[: size + 1])
            more_newer, more_older = older is not None, len(rows) > size
            rows = rows[:size]
        self.result_list = rows
        if rows and more_newer:
            self.newer_query = self.get_query_string({NEWER: rows[0].pk})
        if rows and more_older:
            self.older_query = self.get_query_string({OLDER: rows[-1].pk})

    def count_rows(self) -> Estimate:
        """How long the list is."""
        return self.paginator.estimate

    def ordered(self, records: QuerySet[Any], sign: str) -> QuerySet[Any]:
        """``records`` by id, downwards with the sign "-"."""
        return records.order_by(f"{sign}pk")


class KeysetPages:
    """For a ScopedModelAdmin whose table grows without end."""

    paginator: Any = EstimatingPaginator
    sortable_by: tuple[str, ...] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return KeysetChangeList
