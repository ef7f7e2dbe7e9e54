"""Objections in figures: by agency, criterion or period, on a page and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.admin_display import DASH, figure, percentage
from agencies.models import Agency
from agencies.permissions import EXPORT_RECORDS, SEE_RECORDS
from agencies.visibility import may, visible
from portal.objections.frame import framed
from portal.pages.csv_files import csv_response
from procedures.months import month_of
from scoring.objections.figures import By, Figures, figures_by, together
from scoring.periods import Period

#: Years one may look back.
YEARS = 5


@dataclass(frozen=True)
class Row:
    """A line: its code and name and its figures."""

    code: str
    name: str
    figures: Figures
    below: bool = False

    @property
    def right(self) -> str:
        """The share of those decided that were accepted, in part too, with its counts."""
        figures = self.figures
        return percentage(Decimal(figures.accepted + figures.partly), Decimal(figures.decided))

    @property
    def days(self) -> str:
        """Working days a decision took on average."""
        usual = self.figures.usual_days
        return DASH if usual is None else figure(Decimal(str(usual)), 1)


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    agency: Agency
    by: By
    year: int

    def query(self, **changed: Any) -> str:
        """The address's end with some of it changed."""
        return f"?{urlencode({'agency': self.agency.code, 'by': self.by, 'year': self.year, **changed})}"


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of an agency and all below it; without one, of what lies highest in one's reach."""
    now = timezone.now()
    asked = _asked(request, now)
    rows = _rows(asked, now)
    this_year = month_of(now) // 100
    context = framed(
        request,
        _("Objections in figures"),
        "figures",
        asked=asked,
        rows=rows,
        whole=Row("", _("Together"), together(row.figures for row in rows)),
        views=[(by, label, asked.query(by=by)) for by, label in _views().items()],
        years=range(this_year, this_year - YEARS, -1),
        file_query=asked.query() if may(request.user, EXPORT_RECORDS, asked.agency) else "",
    )
    return TemplateResponse(request, "objections/figures.html", context)


@require_safe
def figures_file(request: HttpRequest) -> HttpResponse:
    """The same figures as a CSV file."""
    now = timezone.now()
    asked = _asked(request, now)
    if not may(request.user, EXPORT_RECORDS, asked.agency):
        raise PermissionDenied
    header = [
        _("code"), _("name"), _("sent"), _("under way"), _("late"), _("accepted"), _("accepted in part"),
        _("refused"), _("withdrawn"), _("working days to decide, on average"),
    ]  # fmt: skip
    lines = [
        [
            row.code, row.name, row.figures.sent, row.figures.under_way, row.figures.late,
            row.figures.accepted, row.figures.partly, row.figures.refused, row.figures.withdrawn,
            None if row.figures.usual_days is None else round(Decimal(str(row.figures.usual_days)), 1),
        ]
        for row in _rows(asked, now)
    ]  # fmt: skip
    return csv_response(f"objections-{asked.agency.code}-{asked.by}-{asked.year}.csv", header, lines)


def _asked(request: HttpRequest, now: datetime) -> Asked:
    code = request.GET.get("agency", "").strip()
    known = Agency.objects.filter(visible(request.user, "path", SEE_RECORDS))
    agency = known.filter(code__iexact=code).first() if code else known.order_by("depth", "path").first()
    if agency is None:
        raise Http404(_("There is no office with the code “%(code)s”.") % {"code": code[:40]})
    by, year = request.GET.get("by", ""), request.GET.get("year", "")
    this_year = month_of(now) // 100
    sound = year.isascii() and year.isdigit() and this_year - 50 < int(year[:4]) <= this_year
    return Asked(agency, By(by) if by in set(By) else By.AGENCY, int(year[:4]) if sound else this_year)


def _rows(asked: Asked, now: datetime) -> list[Row]:
    found = figures_by(asked.by, asked.agency, asked.year, now)
    if asked.by is By.AGENCY:
        agencies = {one.path: one for one in Agency.objects.filter(path__in=list(found))}
        rows = [
            Row(agencies[path].code, agencies[path].name, one, below=path != asked.agency.path)
            for path, one in found.items()
        ]
    elif asked.by is By.PERIOD:
        rows = [Row(code, Period.parse(code).label, one) for code, one in found.items()]
    else:
        rows = [Row(code, code or _("dossiers alone"), one) for code, one in found.items()]
    return sorted(rows, key=lambda row: (-row.figures.sent, row.code))


def _views() -> dict[By, str]:
    return {By.AGENCY: _("By agency"), By.CRITERION: _("By criterion"), By.PERIOD: _("By period")}
