"""The offices of a province or ministry by the set it derived, each beside its national result."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import Agency
from portal.pages.asked import agency_asked, period_asked
from portal.pages.csv_files import csv_response
from portal.pages.frame import frame
from portal.pages.kept import kept
from scoring.derived import derived_of, derived_standings, has_derived_set, periods_of_derived
from scoring.explanation import guide
from scoring.models import DerivedScorecard
from scoring.periods import Period
from scoring.standings import newest_first

HEADER = (
    "period", "class", "rank", "ranked", "code", "name", "total", "band", "dossiers",
    "national_total", "national_rank", "indicator_set", "as_of",
)  # fmt: skip


@require_safe
@kept("ky")
def derived(request: HttpRequest, code: str) -> HttpResponse:
    """The page: a table for each class of offices."""
    owner, period, periods = _asked(request, code)
    context = frame(tab="standings", agency=owner, period=period, periods=periods, as_of=timezone.now())
    if period is not None:
        classes = derived_standings(owner, period)
        cards = [row.derived for rows in classes.values() for row in rows]
        context |= {
            "classes": [(name.partition(":")[0], rows) for name, rows in classes.items()],
            "guide": guide(cards[0].indicator_set_id),
            "updated_at": max(card.changed_at for card in cards),
        }
    return render(request, "portal/derived.html", context)


@require_safe
def derived_file(request: HttpRequest, code: str) -> HttpResponse:
    """The same as a CSV file."""
    owner, period, _periods = _asked(request, code)
    if period is None:
        raise Http404(_("There are no scores yet."))
    rows = (
        (
            period.code,
            name.partition(":")[0],
            row.derived.rank,
            row.derived.ranked,
            row.derived.agency.code,
            row.derived.agency.name,
            row.derived.total,
            row.derived.band,
            row.derived.dossiers,
            row.national.total if row.national else None,
            row.national.rank if row.national else None,
            f"{row.derived.indicator_set.code} v{row.derived.indicator_set.version}",
            row.derived.as_of,
        )
        for name, found in derived_standings(owner, period).items()
        for row in found
    )
    return csv_response(f"derived-{owner.code}-{period.code}.csv", HEADER, rows)


def derived_beside(office: Agency, period: Period) -> dict[str, Any]:
    """For an office's page: its derived result, or that it has a set for the offices below it."""
    found: DerivedScorecard | None = derived_of(office, period)
    return {
        "derived": found,
        "derived_guide": guide(found.indicator_set_id) if found else None,
        "derives": has_derived_set(office),
    }


def _asked(request: HttpRequest, code: str) -> tuple[Agency, Period | None, list[Period]]:
    owner = agency_asked(code)
    if not has_derived_set(owner):
        raise Http404(_("%(name)s has no indicator set of its own.") % {"name": owner.name})
    periods = newest_first(periods_of_derived(owner))
    return owner, period_asked(request, periods), periods
