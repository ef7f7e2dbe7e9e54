"""Which agency and which period an address of the admin's reports asks for."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.permissions import SEE_RECORDS
from agencies.visibility import may, visible
from procedures.months import month_of
from scoring.periods import Period, containing
from scoring.standings import periods_of


def agency_asked(request: HttpRequest, permission: str = SEE_RECORDS) -> Agency:
    """The agency of ``?agency=H44``, without one the highest in one's reach.

    To who does not hold ``permission`` there, there is none: raises Http404 with a message.
    """
    code = request.GET.get("agency", "").strip()
    known = Agency.objects.select_related("parent").filter(visible(request.user, "path", permission))
    found = known.filter(code__iexact=code).first() if code else known.order_by("depth", "path").first()
    if found is None:
        raise Http404(_("There is no office with the code “%(code)s”.") % {"code": code[:40]})
    return found


def above_of(request: HttpRequest, agency: Agency, permission: str = SEE_RECORDS) -> Agency | None:
    """The agency directly above, if it is in the reader's reach."""
    above = agency.parent
    return above if above is not None and may(request.user, permission, above) else None


def period_under_way(request: HttpRequest, as_of: datetime) -> Period:
    """The period of ``?period=2026-Q4`` among those under way; without one the month."""
    now = containing(month_of(as_of))
    asked = request.GET.get("period", "")
    return next((period for period in now if period.code == asked), now[0])


def period_of_agency(request: HttpRequest, agency: Agency, as_of: datetime) -> tuple[Period, list[Period]]:
    """The period of ``?period=2026-Q3`` among those in which the agency has a score, and all of these;
    without one, or for another, the month under way, else the newest."""
    found = periods_of(agency)
    month = containing(month_of(as_of))[0]
    asked = request.GET.get("period", "")
    chosen = next((period for period in found if period.code == asked), None)
    if chosen is None:
        chosen = month if month in found or not found else found[0]
    return chosen, found
