"""Lists as CSV files: what the list shows under its filters, for those who may see it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path, reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from agencies.admin_display import figure
from agencies.permissions import EXPORT_RECORDS
from agencies.planner import counted_up_to

#: Rows in one file: what a spreadsheet still opens with ease.
EXPORT_LIMIT = 200_000
#: What makes a spreadsheet take a text for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Column = Callable[[Any], Any]


class _Line:
    """A file for the csv writer that hands each line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def harmless(value: Any) -> Any:
    """The value as a cell that no spreadsheet runs as a formula."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value


def csv_lines(columns: Mapping[str, Column], records: Iterable[Model]) -> Iterator[str]:
    """A CSV file line by line: the names of the columns, then one line a record."""
    writer = csv.writer(_Line())
    # The mark by which spreadsheets know the letters for UTF-8.
    yield "\ufeff" + writer.writerow(columns)
    for record in records:
        yield writer.writerow([harmless(column(record)) for column in columns.values()])


class ExportsCsv:
    """For a ScopedModelAdmin: a download of the list as it is filtered."""

    model: type[Model]
    admin_site: Any

    def export_columns(self) -> dict[str, Column]:
        """The file's columns: a name, and what stands in it for a record."""
        raise NotImplementedError

    def for_export(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """The records with all that the columns need."""
        return records

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        offered = {"may_export": self.has_export_permission(request)}  # type: ignore[attr-defined]
        return super().changelist_view(request, {**offered, **(extra_context or {})})  # type: ignore[misc]

    def get_urls(self) -> list[Any]:
        name = f"{self.model._meta.app_label}_{self.model._meta.model_name}_export"
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name=name), *super().get_urls()]  # type: ignore[misc]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Stream the list, as the address filters it, as a CSV file."""
        page: Any = self
        if not page.has_view_permission(request) or not page.has_export_permission(request):
            raise PermissionDenied
        opts = self.model._meta
        listed = page.get_changelist_instance(request).queryset
        records = page.narrowed(listed, request, EXPORT_RECORDS)
        if counted_up_to(records, EXPORT_LIMIT) > EXPORT_LIMIT:
            messages.error(
                request,
                _("The list has more than %(limit)s rows. Choose an agency or a month, then download again.")
                % {"limit": figure(EXPORT_LIMIT)},
            )
            back = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
            return HttpResponseRedirect(f"{back}?{request.GET.urlencode()}")
        rows = self.for_export(records).iterator(chunk_size=2000)
        response = StreamingHttpResponse(
            _in_language(get_language(), csv_lines(self.export_columns(), rows)),
            content_type="text/csv; charset=utf-8",
        )
        response["Content-Disposition"] = f'attachment; filename="{opts.model_name}.csv"'
        return response


def _in_language(language: str | None, lines: Iterator[str]) -> Iterator[str]:
    # The request's language is gone by the time the file is sent.
    while True:
        with override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line
