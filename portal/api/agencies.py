"""`/api/v1/agencies/`: who there is."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.models import Agency
from portal.agency_search import matching
from portal.api.reading import Pages, PublicRead, agency_named
from portal.api.shapes import AgencyDetailShape, AgencyShape, MessageShape
from procedures.months import VIETNAM, month_of
from scoring.agency_results import head_of
from scoring.periods import Period
from scoring.standings import periods_of


class AgencyFilter(django_filters.FilterSet):
    """Which agencies to list."""

    kind = django_filters.ChoiceFilter(choices=Agency.Kind.choices)
    parent = django_filters.ModelChoiceFilter(
        queryset=Agency.objects.all(), to_field_name="code", help_text="Code of the agency directly above."
    )
    q = django_filters.CharFilter(
        method="search", help_text="Words of the name, with or without diacritics, or the start of a code."
    )

    def search(self, found: QuerySet[Agency], _name: str, asked: str) -> QuerySet[Agency]:
        """Keep the agencies whose name or code matches."""
        return found.filter(pk__in=matching(asked).order_by().values("pk"))


class AgencyList(PublicRead, ListAPIView[Agency]):
    """Public offices by code, also those that ceased (`valid_to`); 50 a page."""

    queryset = Agency.objects.select_related("parent").order_by("code")
    serializer_class = AgencyShape
    filterset_class = AgencyFilter
    pagination_class = Pages


class AgencyDetail(PublicRead):
    """One public office."""

    @extend_schema(responses={200: AgencyDetailShape, 404: MessageShape})
    def get(self, request: Request, code: str) -> Response:
        """One office by its code, the present or an older one."""
        agency: Any = agency_named(code)
        now = timezone.now()
        agency.head = head_of(agency, Period.of_month(month_of(now)), now.astimezone(VIETNAM).date())
        agency.periods = [period.code for period in periods_of(agency)]
        return Response(AgencyDetailShape(agency).data)
