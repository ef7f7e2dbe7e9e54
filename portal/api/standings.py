"""`/api/v1/standings/`: a class of offices by rank."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.reading import PublicRead
from portal.api.scorecards import number, result, status
from portal.api.shapes import PROBLEMS, MessageShape, StandingsShape
from scoring.explanation import Guide, guide
from scoring.peers import PROVINCES
from scoring.periods import Period
from scoring.results_shown import shown
from scoring.standings import (
    PeerClass,
    Standing,
    default_period,
    periods_of,
    periods_with_scores,
    public_class,
    standings,
)


class StandingsList(PublicRead):
    """A class of offices by rank."""

    @extend_schema(
        parameters=[
            OpenApiParameter("period", str, description="2026-M03, 2026-Q1, 2026-H1, 2026; the newest year"),
            OpenApiParameter(
                "class",
                str,
                description="provinces (without it), ministries, nation, departments:CODE, communes:CODE "
                "or units:CODE",
            ),
        ],
        responses={200: StandingsShape, 400: PROBLEMS, 404: MessageShape},
    )
    def get(self, request: Request) -> Response:
        """Offices by rank; those with too few dossiers to be ranked come last, with rank null."""
        try:
            peers = public_class(request.query_params.get("class", PROVINCES))
        except LookupError as error:
            raise exceptions.ValidationError({"class": [error.args[0]]}) from error
        period = _period(request, peers)
        seen = shown(period)
        rows = standings(period, peers.stored, timezone.now(), seen)
        if not rows:
            raise exceptions.NotFound(_("There are no scores for %(period)s.") % {"period": period.code})
        rules = {pk: guide(pk) for pk in {row.scorecard.indicator_set_id for row in rows}}
        return Response(
            {
                "period": period.code,
                "peer_class": peers.public,
                **status(seen),
                "results": [_row(row, rules[row.scorecard.indicator_set_id]) for row in rows],
            }
        )


def _period(request: Request, peers: PeerClass) -> Period:
    code = request.query_params.get("period", "")
    if code:
        try:
            return Period.parse(code)
        except ValueError as error:
            raise exceptions.ValidationError({"period": [str(error)]}) from error
    newest = default_period(periods_of(peers.agency) if peers.agency else periods_with_scores())
    if newest is None:
        raise exceptions.NotFound(_("There are no scores yet."))
    return newest


def _row(row: Standing, rules: Guide) -> dict[str, Any]:
    return {
        **result(row.scorecard, rules),
        "change_since_previous_period": number(row.since_previous.points) if row.since_previous else None,
        "change_since_last_week": number(row.since_last_week.points) if row.since_last_week else None,
    }
