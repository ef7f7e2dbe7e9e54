"""Tables: what each holds, taking it out, and taking it in after it was checked row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import job_files, jobs
from agencies.exchange.columns import Column
from agencies.exchange.exporting import (
    AT_ONCE,
    ask_export,
    file_at_once,
    file_name_of,
    log_export,
    records_of,
    table_head,
    table_rows,
    template_of,
)
from agencies.exchange.importing import ask_check
from agencies.exchange.reading import MAX_ROWS, is_short
from agencies.exchange.registry import resource_named, resources
from agencies.exchange.resource import ExchangeResource
from agencies.exchange.uploads import MAX_BYTES, MEGABYTE, Format, format_of
from agencies.models import Agency
from agencies.permissions import EXPORT_RECORDS
from agencies.planner import counted_up_to
from agencies.visibility import holds_somewhere, may
from portal.exchange import job_pages
from portal.exchange.files import download


class UploadForm(forms.Form):
    """A table to be checked."""

    file = forms.FileField(
        label=gettext_lazy("File (CSV or XLSX)"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        max_length=200,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        self.format = format_of(file, file.size)
        return file


@require_safe
def tables(request: HttpRequest) -> HttpResponse:
    """Every table that this person may take in or out."""
    found = [
        {
            "resource": resource,
            "may_import": holds_somewhere(request.user, resource.permission),
            "columns": len(resource.columns()),
        }
        for resource in resources()
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Import and export"),
        "may_export": holds_somewhere(request.user, EXPORT_RECORDS),
        "tables": found,
    }
    return TemplateResponse(request, "exchange/tables.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def import_table(request: HttpRequest, name: str) -> HttpResponse:
    """Choose a file; a short one is checked at once, a long one by a job."""
    resource = _resource(name)
    user: Any = request.user
    if not holds_somewhere(user, resource.permission):
        raise PermissionDenied
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = ask_check(
                resource,
                owner=user,
                content=file.chunks(),
                form=form.format,
                file_name=file.name,
                as_of=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            source = job_files.folder(job) / job_files.SOURCE
            job_pages.begin(job, is_short(source, form.format, job_pages.AT_ONCE))
            return redirect("job", job.pk)
    context = {
        **admin.site.each_context(request),
        "title": _("Import: %(table)s") % {"table": resource.title},
        "resource": resource,
        "form": form,
        "columns": list(_told_columns(resource)),
        "longest": MAX_ROWS,
        "largest": MAX_BYTES // MEGABYTE,
        "may_export": holds_somewhere(user, EXPORT_RECORDS),
    }
    return TemplateResponse(request, "exchange/import.html", context)


@require_safe
def table_template(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """An empty file with the table's columns."""
    resource = _resource(name)
    if form not in set(Format):
        raise Http404
    return download(template_of(resource, Format(form)), f"{resource.name}.{form}")


@require_POST
def export_table(request: HttpRequest, name: str) -> HttpResponseBase:
    """The table as a file: at once if it is short, else by a job."""
    resource = _resource(name)
    user: Any = request.user
    as_of = timezone.now()
    agency = _agency(request)
    if not (may(user, EXPORT_RECORDS, agency) if agency else holds_somewhere(user, EXPORT_RECORDS)):
        raise PermissionDenied
    try:
        form = Format(request.POST.get("form", ""))
    except ValueError as error:
        raise Http404(str(error)) from error
    table = resource(user, as_of)
    records = records_of(table, agency)
    if counted_up_to(records, AT_ONCE) <= AT_ONCE:
        rows = list(table_rows(table, records))
        log_export(user, _("Export of %(table)s") % {"table": resource.title}, len(rows), agency, as_of)
        file = file_at_once(form, table_head(resource), rows)
        return download(file, file_name_of(resource.name, agency, as_of, form))
    try:
        job = ask_export(resource, form, owner=user, agency=agency, as_of=as_of)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("tables")
    jobs.call(job.pk)
    return redirect("job", job.pk)


def _resource(name: str) -> type[ExchangeResource]:
    try:
        return resource_named(name)
    except LookupError as error:
        raise Http404(_("There is no such table.")) from error


def _agency(request: HttpRequest) -> Agency | None:
    """The agency asked for, to which and all below it the export is narrowed."""
    code = request.POST.get("agency", "").strip()
    if not code:
        return None
    agency = Agency.objects.filter(code__iexact=code).first()
    if agency is None:
        raise Http404(_("There is no office with the code “%(code)s”.") % {"code": code[:40]})
    return agency


def _told_columns(resource: type[ExchangeResource]) -> Iterator[dict[str, Any]]:
    for column in resource.columns():
        yield {
            "label": column.label,
            "name": column.column_name,
            "needed": _needed(column),
            "hint": _hint(column),
        }


def _needed(column: Column) -> str:
    if column.required:
        return _("in every file and every row")
    return _("never blank") if column.filled else _("may be blank")


def _hint(column: Column) -> str:
    hints = (column.widget.hint, column.hint)
    return " ".join(str(hint) for hint in hints if hint)
