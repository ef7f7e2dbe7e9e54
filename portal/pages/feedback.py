"""How satisfied citizens are, in public: by month, by office below and by procedure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.models import Agency
from feedback.disclosure import Satisfaction, hidden, told_of
from feedback.public_counts import by_unit, petition_counts
from feedback.statistics import by_agency, by_month, by_procedure
from portal.pages.asked import agency_asked
from portal.pages.csv_files import csv_response
from portal.pages.frame import frame
from procedures.models import Procedure
from procedures.months import VIETNAM, add_months, month_of
from scoring.freshness import CACHE_AWAY

OFFICE = "co-quan"
#: A year back from the present month; counted anew every so often.
MONTHS = 12
SECONDS_KEPT = 300
MOST_PROCEDURES = 30


@require_safe
def satisfaction(request: HttpRequest) -> HttpResponse:
    """Satisfaction with ``?co-quan=``, the whole country without it, over twelve months."""
    office = _office(request)
    context: dict[str, Any] = {"office": office}
    if office is not None:
        context |= kept_figures(office)
    return render(request, "citizen/satisfaction.html", frame(tab="satisfaction", **context))


@require_safe
def months_file(request: HttpRequest) -> HttpResponse:
    """The same months as a file; cells under five answers are empty."""
    office = _office(request)
    cells: list[Satisfaction] = kept_figures(office)["months"] if office else []
    return csv_response(
        "satisfaction.csv",
        ("month", "agency", "answers", "very_satisfied", "satisfied", "not_satisfied"),
        (
            (cell.key, office.code if office else "", cell.answers, cell.very_satisfied, cell.satisfied,
             cell.not_satisfied)
            for cell in cells
        ),
    )  # fmt: skip


def voices_of(office: Agency) -> dict[str, Any]:
    """What an office's own page shows: satisfaction and petitions of twelve months."""
    first, last = _span()

    def count() -> dict[str, Any]:
        return {"total": _total(office), "petitions": petition_counts(office, first, last)}

    return _kept(f"voices:{office.pk}:{last}", count)


def voices_on(procedure: Procedure) -> Satisfaction | None:
    """Satisfaction with a procedure everywhere, as the table of the whole country tells it; None: hidden."""
    nation = _nation()
    cells = _procedures(nation) if nation else []
    return next((cell for cell in cells if cell.key == procedure.pk and cell.answers), None)


def kept_figures(office: Agency) -> dict[str, Any]:
    """All that the page of an office's satisfaction shows; where its total is hidden, no figure at all."""
    first, last = _span()

    def count() -> dict[str, Any]:
        total, months = _total(office), by_month(office, first, last)
        today = timezone.now().astimezone(VIETNAM).date()
        below, cells = office.children.on(today).order_by("name_folded"), _units(office)
        if total.answers is None:
            return {
                "total": total,
                "months": [hidden(cell) for cell in months],
                "units": [(unit, hidden(cells[unit.pk])) for unit in below],
                "procedures": [],
            }
        procedures = _procedures(office)[:MOST_PROCEDURES]
        names = Procedure.objects.in_bulk([cell.key for cell in procedures])
        return {
            "total": total,
            "months": months,
            "units": [(unit, cells[unit.pk]) for unit in below],
            "procedures": [(names[cell.key], cell) for cell in procedures if cell.key in names],
        }

    return _kept(f"satisfaction:{office.pk}:{last}", count)


def _span() -> tuple[int, int]:
    last = month_of(timezone.now())
    return add_months(last, 1 - MONTHS), last


def _total(office: Agency) -> Satisfaction:
    return told_of(office, by_agency([office], *_span())[0], _units)


def _units(office: Agency) -> dict[int, Satisfaction]:
    """What may be told of the units right below, by id: asked for by the page of every one of them."""
    first, last = _span()

    def count() -> dict[int, Satisfaction]:
        cells = by_unit(office, list(office.children.all()), first, last)
        return {cell.key: cell for cell in cells}

    return _kept(f"satisfaction-units:{office.pk}:{last}", count)


def _procedures(office: Agency) -> list[Satisfaction]:
    first, last = _span()
    return _kept(f"satisfaction-procedures:{office.pk}:{last}", lambda: by_procedure(office, first, last))


def _kept(key: str, count: Callable[[], Any]) -> Any:
    """Figures from the cache for some minutes, counted when it has none or is away."""
    try:
        known = cache.get(key)
        if known is not None:
            return known[0]
    except CACHE_AWAY:
        return count()
    figures = count()
    try:
        cache.set(key, (figures,), SECONDS_KEPT)
    except CACHE_AWAY:
        pass
    return figures


def _nation() -> Agency | None:
    return Agency.objects.filter(parent=None).order_by("pk").first()


def _office(request: HttpRequest) -> Agency | None:
    code = request.GET.get(OFFICE, "")
    return agency_asked(code) if code else _nation()
