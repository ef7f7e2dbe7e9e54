"""What an address asks for: a period, an office; what is not there is answered with 404."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from agencies.models import Agency
from portal.agency_search import by_code
from scoring.periods import Period
from scoring.standings import default_period

PERIOD = "ky"


def period_asked(request: HttpRequest, available: Sequence[Period]) -> Period | None:
    """The period of ``?ky=2026-Q1``, without one the default; None when nothing has scores yet.

    Raises Http404 with a message for a code that is no period or has no scores.
    """
    code = request.GET.get(PERIOD, "")
    if not code:
        return default_period(available)
    try:
        period = Period.parse(code)
    except ValueError as error:
        raise Http404(_("“%(code)s” is not a period.") % {"code": code[:20]}) from error
    if period not in available:
        raise Http404(_("There are no scores for %(period)s.") % {"period": period.label})
    return period


def agency_asked(code: str) -> Agency:
    """The office under a code, its own or an older one; raises Http404 with a message."""
    agency = by_code(code)
    if agency is None:
        raise Http404(_("There is no office with the code “%(code)s”.") % {"code": code[:35]})
    return agency
