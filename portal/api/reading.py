"""What every address of the public read API has in common: open to all, within reason."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from agencies.models import Agency
from portal.agency_search import by_code
from scoring.freshness import CACHE_AWAY
from scoring.periods import Period


class ReadThrottle(AnonRateThrottle):
    """So many requests a minute from one address; none is refused while the cache is away."""

    rate = "240/min"

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Return whether the request may be answered now."""
        try:
            return bool(super().allow_request(request, view))
        except CACHE_AWAY:
            return True


class Pages(PageNumberPagination):
    """Long lists come in pages of 50, or of up to 200 with ``?page_size=``."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class PublicRead(APIView):
    """A view for anyone: no account, no session, throttled by address."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [ReadThrottle]


def agency_named(code: str) -> Agency:
    """The agency under a code, its own or an older one; raises NotFound (404)."""
    agency = by_code(code)
    if agency is None:
        raise exceptions.NotFound(_("There is no office with the code “%(code)s”.") % {"code": code[:35]})
    return agency


def period_named(code: str) -> Period:
    """The period under a code; raises NotFound (404), saying what a code looks like."""
    try:
        return Period.parse(code)
    except ValueError as error:
        raise exceptions.NotFound(
            _("“%(code)s” is not a period; write 2026-M03, 2026-Q1, 2026-H1 or 2026.") % {"code": code[:20]}
        ) from error
