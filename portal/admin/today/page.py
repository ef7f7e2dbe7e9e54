"""The admin's first page: what the parts of ``portal.admin.today`` found for one person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.admin.today.missing import missing
from portal.admin.today.offices import offices
from portal.admin.today.score import score_of
from portal.admin.today.work import work


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the page shows, added to ``context``; ``?agency=`` chooses whose score is told in full."""
    as_of = timezone.now()
    own = offices(request.user, as_of, request.GET.get("agency", ""))
    return {
        **context,
        "title": _("Today"),
        "as_of": as_of,
        "offices": own,
        "score": score_of(own.chosen, own.period, as_of) if own.chosen else None,
        "work": list(work(request.user, own.tops, as_of)),
        "missing": list(missing(request)),
    }
