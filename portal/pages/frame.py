"""What every public page's frame needs beside its own content."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from procedures.months import month_of
from scoring.freshness import generation
from scoring.periods import Period, PeriodKind

KIND_LABELS = {
    PeriodKind.YEAR: lambda: _("Years"),
    PeriodKind.HALF_YEAR: lambda: _("Half-years"),
    PeriodKind.QUARTER: lambda: _("Quarters"),
    PeriodKind.MONTH: lambda: _("Months"),
}


def frame(
    *,
    tab: str = "",
    period: Period | None = None,
    periods: Sequence[Period] = (),
    as_of: datetime | None = None,
    **content: Any,
) -> dict[str, Any]:
    """The context of a page: its own content, the period picker, and how fresh it is."""
    return {
        **content,
        "tab": tab,
        "period": period,
        "period_choices": grouped(periods),
        "under_way": bool(period and as_of and period.last >= month_of(as_of)),
        "as_of": as_of,
        "generation": generation(),
    }


def grouped(periods: Sequence[Period]) -> list[tuple[str, list[Period]]]:
    """Periods under the name of their kind, the longest kind first, each kind newest first."""
    return [
        (label(), found)
        for kind, label in KIND_LABELS.items()
        if (found := [period for period in periods if period.kind is kind])
    ]
