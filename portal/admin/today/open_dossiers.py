"""Open dossiers: those past their deadline, and those that soon will be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.admin_display import figure, list_url, month
from agencies.visibility import visible
from portal.admin.today.waiting import Work, waiting
from procedures.admin.dossier_list import standing
from procedures.models import Dossier
from procedures.months import month_of
from scoring.period_counts import period_counts
from scoring.periods import Period

COUNTED = ("open_late", "open_on_time")


def due(user: Any, as_of: datetime) -> Work:
    """Dossiers still in time whose deadline comes within a week: what can yet be saved."""
    records = Dossier.objects.filter(visible(user, "agency__path"), standing("due", as_of) or Q())
    return waiting(
        _("Due within 7 days"),
        records,
        _("dossiers still in time; end them before their deadline and they cost nothing"),
        _("No open dossier comes due within 7 days."),
        list_url(Dossier, handling="due"),
    )


def overdue(tops: Sequence[int], as_of: datetime) -> Work:
    """Open dossiers past their deadline below these agencies, as counted for their scores."""
    now = month_of(as_of)
    counts = period_counts(Period.of_month(now), tops, as_of, COUNTED).values()
    late = sum(found["open_late"] for found in counts)
    timely = sum(found["open_on_time"] for found in counts)
    if not late and not timely:
        note = _("No dossier is open.")
    else:
        note = _("of %(open)s open dossiers, counted in %(month)s") % {
            "open": figure(late + timely),
            "month": month(now),
        }
    url = list_url(Dossier, handling="overdue")
    return Work(_("Overdue dossiers"), figure(late), note, url, "bad" if late else "good")
