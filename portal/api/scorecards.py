"""`/api/v1/agencies/{code}/scorecards/{period}/`: one office's score, down to the counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.models import Agency
from portal.api.reading import PublicRead, agency_named, period_named
from portal.api.shapes import MessageShape, ScorecardShape
from procedures.months import VIETNAM
from scoring.agency_results import scorecard_of
from scoring.derived import derived_of
from scoring.explanation import CriterionResult, Guide, criterion_results, guide
from scoring.models import Scorecard
from scoring.periods import Period
from scoring.results_shown import Shown, shown
from scoring.standings import class_of

RATE_PLACES = 4


class ScorecardDetail(PublicRead):
    """One office's score in a period."""

    @extend_schema(responses={200: ScorecardShape, 404: MessageShape})
    def get(self, request: Request, code: str, period: str) -> Response:
        """The score of the office `code` in `period`: 2026-M03, 2026-Q1, 2026-H1 or 2026."""
        agency = agency_named(code)
        asked = period_named(period)
        seen = shown(asked)
        card = scorecard_of(agency, asked, seen)
        if card is None:
            raise exceptions.NotFound(
                _("%(name)s has no scores for %(period)s.") % {"name": agency.name, "period": asked.code}
            )
        rules = guide(card.indicator_set_id)
        return Response(
            {
                **result(card, rules),
                "period": asked.code,
                "peer_class": class_of(card).public,
                **status(seen),
                "indicator_set": f"{rules.indicator_set.code} v{rules.indicator_set.version}",
                "derived": _derived(agency, asked),
                "criteria": {
                    found.criterion.code: _criterion(found) for found in criterion_results(card, rules)
                },
            }
        )


def result(card: Scorecard, rules: Guide) -> dict[str, Any]:
    """What a scorecard and a row of the standings have in common."""
    return {
        "agency": card.agency.code,
        "name": card.agency.name,
        "total": number(card.total),
        "max": number(rules.total_maximum),
        "band": card.band,
        "rank": card.rank,
        "ranked": card.ranked,
        "minimum_dossiers": rules.indicator_set.minimum_dossiers,
        "dossiers": card.dossiers,
        "groups": {
            code: {"points": number(card.groups.get(code)), "max": number(maximum)}
            for code, maximum in rules.maxima().items()
        },
        "as_of": card.as_of.astimezone(VIETNAM),
    }


def status(seen: Shown) -> dict[str, Any]:
    """Whether the figures are provisional or published, and if so under which fingerprint."""
    publication = seen.publication
    return {
        "provisional": publication is None,
        "status": "provisional" if publication is None else "published",
        "version": publication and publication.version,
        "fingerprint": publication and publication.fingerprint,
    }


def number(value: Decimal | str | None) -> float | int | None:
    """A figure as JSON has it: whole where it is whole, null where there is none."""
    if value is None:
        return None
    exact = Decimal(value)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _derived(agency: Agency, period: Period) -> dict[str, Any] | None:
    """The result by the set of its province or ministry, if there is one."""
    found = derived_of(agency, period)
    if found is None or found.indicator_set.agency is None:
        return None
    return {
        "indicator_set": f"{found.indicator_set.code} v{found.indicator_set.version}",
        "owner": found.indicator_set.agency.code,
        "total": number(found.total),
        "max": number(guide(found.indicator_set_id).total_maximum),
        "band": found.band,
        "rank": found.rank,
        "ranked": found.ranked,
    }


def _criterion(found: CriterionResult) -> dict[str, float | int | None]:
    return {
        "numerator": number(found.numerator),
        "denominator": number(found.denominator),
        "rate": None if found.rate is None else number(round(found.rate, RATE_PLACES)),
        "points": number(found.points),
        "max": number(found.maximum),
    }
