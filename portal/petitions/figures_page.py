"""Petitions and ratings in figures: by agency, class, procedure or month, on a page and as a file."""

from __future__ import annotations

from collections.abc import Iterator
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

from agencies.admin_display import month as month_label
from agencies.admin_display import percentage
from agencies.models import Agency
from agencies.permissions import EXPORT_RECORDS, SEE_RECORDS
from agencies.visibility import may, visible
from feedback.models import Petition
from feedback.petition_figures import By, Figures, agencies_of, figures_by, total
from portal.pages.csv_files import csv_response
from portal.petitions.frame import framed
from procedures.models import Procedure
from procedures.months import add_months, month_of

#: How many months back one may begin.
MONTHS_OFFERED = 36


@dataclass(frozen=True)
class Row:
    """A line: its code and name, its figures; ``code`` leads on where an agency lies below."""

    code: str
    name: str
    figures: Figures
    below: bool = False

    @property
    def timely(self) -> str:
        """The share of petitions without a missed deadline, with its counts."""
        return _share(self.figures.received - self.figures.late, self.figures.received)

    @property
    def content(self) -> str:
        """The share of ratings that are satisfied or very satisfied, with its counts."""
        figures = self.figures
        return _share(figures.very_satisfied + figures.satisfied, figures.ratings)


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    agency: Agency
    by: By
    first: int
    last: int

    def query(self, **changed: Any) -> str:
        """The address's end with some of it changed."""
        told = {"agency": self.agency.code, "by": self.by, "from": self.first, "to": self.last, **changed}
        return f"?{urlencode(told)}"


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of an agency and all below it; without one, of what lies highest in one's reach."""
    now = timezone.now()
    asked = _asked(request, now)
    rows, whole = _rows(asked, now)
    months = [add_months(month_of(now), -back) for back in range(MONTHS_OFFERED)]
    context = framed(
        request,
        _("Petitions and ratings in figures"),
        "figures",
        asked=asked,
        rows=rows,
        whole=Row("", _("Together"), whole),
        views=[(by, label, asked.query(by=by)) for by, label in _views().items()],
        months=[(str(month), month_label(month)) for month in months],
        first=str(asked.first),
        last=str(asked.last),
        with_ratings=asked.by is not By.KIND,
        file_query=asked.query() if may(request.user, EXPORT_RECORDS, asked.agency) else "",
        above=asked.agency.parent if _seen(request, asked.agency.parent) else None,
    )
    return TemplateResponse(request, "petitions/figures.html", context)


@require_safe
def figures_file(request: HttpRequest) -> HttpResponse:
    """The same figures as a CSV file."""
    now = timezone.now()
    asked = _asked(request, now)
    if not may(request.user, EXPORT_RECORDS, asked.agency):
        raise PermissionDenied
    rows, _whole = _rows(asked, now)
    header = [_("code"), _views()[asked.by], *(label for _name, label in _columns(asked.by))]
    lines = [
        [row.code, row.name, *(getattr(row.figures, name) for name, _label in _columns(asked.by))]
        for row in rows
    ]
    name = f"petitions-{asked.agency.code}-{asked.by}-{asked.first}-{asked.last}.csv"
    return csv_response(name, header, lines)


def _asked(request: HttpRequest, now: datetime) -> Asked:
    code = request.GET.get("agency", "").strip()
    known = Agency.objects.select_related("parent").filter(visible(request.user, "path", SEE_RECORDS))
    agency = known.filter(code__iexact=code).first() if code else known.order_by("depth", "path").first()
    if agency is None:
        raise Http404(_("There is no office with the code “%(code)s”.") % {"code": code[:40]})
    this = month_of(now)
    first = _month(request.GET.get("from", ""), add_months(this, -11))
    last = _month(request.GET.get("to", ""), this)
    by = request.GET.get("by", "")
    chosen = By(by) if by in set(By) else By.AGENCY
    return Asked(agency, chosen, min(first, last), max(first, last))


def _month(text: str, otherwise: int) -> int:
    sound = len(text) == 6 and text.isascii() and text.isdigit() and 1 <= int(text[4:]) <= 12
    return int(text) if sound and 2000 <= int(text[:4]) <= 2100 else otherwise


def _seen(request: HttpRequest, agency: Agency | None) -> bool:
    return agency is not None and may(request.user, SEE_RECORDS, agency)


def _rows(asked: Asked, now: datetime) -> tuple[list[Row], Figures]:
    found = figures_by(asked.by, asked.agency, asked.first, asked.last, now)
    rows = list(_named(asked, found))
    if asked.by is By.MONTH:
        rows.sort(key=lambda row: row.code)
    else:
        rows.sort(key=lambda row: (-row.figures.received, -row.figures.ratings, row.name))
    return rows, total(found.values())


def _named(asked: Asked, found: dict[Any, Figures]) -> Iterator[Row]:
    if asked.by is By.AGENCY:
        agencies = agencies_of(list(found))
        for path, one in found.items():
            agency, itself = agencies[path], path == asked.agency.path
            name = _("%(agency)s itself") % {"agency": agency.name} if itself else agency.name
            yield Row(agency.code, name, one, below=not itself)
    elif asked.by is By.PROCEDURE:
        procedures = Procedure.objects.in_bulk([pk for pk in found if pk])
        for pk, one in found.items():
            procedure = procedures.get(pk)
            if procedure is None:
                yield Row("", _("about no procedure"), one)
            else:
                yield Row(procedure.code, procedure.name, one)
    elif asked.by is By.KIND:
        for kind, one in found.items():
            yield Row(kind, dict(Petition.Kind.choices).get(kind, kind), one)
    else:
        for month, one in found.items():
            yield Row(str(month), month_label(month), one)


def _views() -> dict[By, str]:
    return {
        By.AGENCY: _("By agency"),
        By.KIND: _("By class"),
        By.PROCEDURE: _("By procedure"),
        By.MONTH: _("By month"),
    }


def _columns(by: By) -> list[tuple[str, str]]:
    petitions = [
        ("received", _("petitions received")),
        ("in_progress", _("in progress")),
        ("answered", _("answered")),
        ("refused", _("refused")),
        ("late", _("with a missed deadline")),
        ("published", _("published")),
        ("liked", _("sender satisfied")),
        ("disliked", _("sender not satisfied")),
        ("complained", _("complained of again")),
    ]
    ratings = [
        ("ratings", _("ratings")),
        ("very_satisfied", _("very satisfied")),
        ("satisfied", _("satisfied")),
        ("not_satisfied", _("not satisfied")),
    ]
    return petitions if by is By.KIND else petitions + ratings


def _share(part: int, whole: int) -> str:
    return percentage(Decimal(part), Decimal(whole))
