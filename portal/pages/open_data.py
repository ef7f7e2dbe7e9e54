"""Open data: what there is, what every column means, and the files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import Agency
from portal.pages.asked import PERIOD, agency_asked, period_asked
from portal.pages.csv_files import Cell, csv_response
from portal.pages.data_columns import columns_by_file
from portal.pages.frame import frame
from portal.pages.kept import kept
from portal.pages.seen import LIVE, results_seen, seen_by
from scoring.agency_results import scorecard_of, trend
from scoring.explanation import CriterionResult, criterion_results, guide
from scoring.indicator_sets import NoSetInForceError, set_in_force
from scoring.measures import MEASURES
from scoring.models import Scorecard
from scoring.peers import MINISTRIES, NATION, PROVINCES
from scoring.period_counts import period_counts
from scoring.periods import Period, PeriodKind
from scoring.standings import PeerClass, periods_of, periods_with_scores, public_class, standings

CLASS = "nhom"
CRITERIA_HEADER = ("criterion", "numerator", "denominator", "rate", "points", "max", "inherited")
AGENCY_HEADER = (
    "code",
    "name",
    "short_name",
    "kind",
    "parent",
    "gso_code",
    "latitude",
    "longitude",
    "valid_from",
    "valid_to",
    "other_codes",
)
INDICATOR_HEADER = (
    "group",
    "criterion",
    "name",
    "name_en",
    "max_points",
    "threshold",
    "numerator",
    "denominator",
    "zero_rule",
    "inherited",
    "legal_source",
)
NATIONAL_CLASSES = (NATION, PROVINCES, MINISTRIES)


@require_safe
@kept(PERIOD, LIVE)
def data(request: HttpRequest) -> HttpResponse:
    """The page of files: each by period and class, and the meaning of its columns."""
    as_of = timezone.now()
    periods = periods_with_scores()
    period = period_asked(request, periods)
    months = [known for known in periods if known.kind is PeriodKind.MONTH]
    context = frame(
        tab="data",
        period=period,
        periods=periods,
        as_of=as_of,
        classes=NATIONAL_CLASSES,
        month=period if period and period.kind is PeriodKind.MONTH else next(iter(months), None),
        columns=columns_by_file(),
    )
    context |= seen_by(request, period)
    return render(request, "portal/data.html", context)


@require_safe
@kept(PERIOD, CLASS, LIVE)
def standings_file(request: HttpRequest) -> HttpResponse:
    """Standings of a class in a period, one office a row."""
    peers, period, as_of = _asked(request)
    rows = standings(period, peers.stored, as_of, results_seen(request, period))
    groups = list(guide(rows[0].scorecard.indicator_set_id).maxima()) if rows else []
    header = ("period", "rank", "ranked", "code", "name", "total", "band", *groups, "dossiers")
    return csv_response(
        f"{period.code}-{peers.kind}.csv",
        (*header, "change_since_previous_period", "change_since_last_week", "as_of"),
        (
            (
                period.code,
                row.scorecard.rank,
                row.scorecard.ranked,
                row.agency.code,
                row.agency.name,
                row.scorecard.total,
                row.scorecard.band,
                *(row.scorecard.groups.get(group) for group in groups),
                row.scorecard.dossiers,
                row.since_previous.points if row.since_previous else None,
                row.since_last_week.points if row.since_last_week else None,
                row.scorecard.as_of,
            )
            for row in rows
        ),
    )


@require_safe
@kept(PERIOD, CLASS, LIVE)
def criteria_file(request: HttpRequest) -> HttpResponse:
    """Every criterion of every office of a class in a period, one a row."""
    peers, period, _as_of = _asked(request)
    cards = results_seen(request, period).cards(peer_class=peers.stored)
    cards.sort(key=lambda card: card.agency.code)
    rules = {set_id: guide(set_id) for set_id in {card.indicator_set_id for card in cards}}
    return csv_response(
        f"{period.code}-{peers.kind}-criteria.csv",
        ("period", "code", "name", *CRITERIA_HEADER),
        (
            (period.code, card.agency.code, card.agency.name, *_criterion_cells(result))
            for card in cards
            for result in criterion_results(card, rules[card.indicator_set_id])
        ),
    )


@require_safe
@kept(PERIOD, LIVE)
def agency_criteria_file(request: HttpRequest, code: str) -> HttpResponse:
    """Every criterion of one office in a period."""
    agency = agency_asked(code)
    period = _period(request, periods_of(agency))
    card = scorecard_of(agency, period, results_seen(request, period))
    results = criterion_results(card, guide(card.indicator_set_id)) if card else []
    return csv_response(
        f"{period.code}-{agency.code}-criteria.csv",
        ("period", "code", *CRITERIA_HEADER),
        ((period.code, agency.code, *_criterion_cells(result)) for result in results),
    )


@require_safe
@kept(PERIOD)
def agency_trend_file(request: HttpRequest, code: str) -> HttpResponse:
    """One office's total, rank and its peers' median by month, five years at most."""
    agency = agency_asked(code)
    period = _period(request, periods_of(agency))
    card = scorecard_of(agency, period)
    points = trend(agency, card.peer_class, period.last, 60) if card else []
    return csv_response(
        f"{agency.code}-months.csv",
        ("month", "code", "total", "peer_median", "rank"),
        ((point.month, agency.code, point.total, point.peer_median, point.rank) for point in points),
    )


@require_safe
@kept(PERIOD, CLASS)
def counts_file(request: HttpRequest) -> HttpResponse:
    """Every measure of the nation, the provinces or the ministries in a month.

    By month only: a longer period follows from its months, flows by adding, stocks by the edge.
    """
    peers, period, as_of = _asked(request)
    if period.kind is not PeriodKind.MONTH or peers.kind not in NATIONAL_CLASSES:
        raise Http404(_("Counts are given by month, for the nation, provinces and ministries."))
    offices = {
        card.agency_id: card.agency
        for card in Scorecard.objects.filter(period=period.code, peer_class=peers.stored)
        .select_related("agency")
        .order_by("agency__code")
    }
    counts = period_counts(period, list(offices), as_of)
    return csv_response(
        f"{period.code}-{peers.kind}-counts.csv",
        ("month", "code", "name", *MEASURES),
        (
            (period.code, office.code, office.name, *(counts[pk][name] for name in MEASURES))
            for pk, office in offices.items()
            if pk in counts
        ),
    )


@require_safe
def agencies_file(request: HttpRequest) -> HttpResponse:
    """Every office, also those that ceased, with its place in the tree and its codes."""
    return csv_response(
        "agencies.csv",
        AGENCY_HEADER,
        _agency_rows(),
    )


@require_safe
def indicators_file(request: HttpRequest) -> HttpResponse:
    """The criteria of the indicator set in force now."""
    as_of = timezone.now()
    try:
        rules = guide(set_in_force(as_of.year * 100 + as_of.month).pk)
    except NoSetInForceError as error:
        raise Http404(str(error)) from error
    return csv_response(
        "indicators.csv",
        INDICATOR_HEADER,
        (
            (
                group.code,
                criterion.code,
                criterion.name,
                criterion.name_en,
                criterion.max_points,
                criterion.threshold,
                criterion.numerator,
                criterion.denominator,
                criterion.zero_rule,
                str(criterion.inherited).lower(),
                criterion.legal_source,
            )
            for group in rules.groups
            for criterion in group.criteria.all()
        ),
    )


def _asked(request: HttpRequest) -> tuple[PeerClass, Period, datetime]:
    try:
        peers = public_class(request.GET.get(CLASS, PROVINCES))
    except LookupError as error:
        raise Http404(error.args[0]) from error
    known = periods_of(peers.agency) if peers.agency else periods_with_scores()
    return peers, _period(request, known), timezone.now()


def _period(request: HttpRequest, known: list[Period]) -> Period:
    period = period_asked(request, known)
    if period is None:
        raise Http404(_("There are no scores yet."))
    return period


def _criterion_cells(result: CriterionResult) -> tuple[Cell, ...]:
    return (
        result.criterion.code,
        result.numerator,
        result.denominator,
        None if result.rate is None else round(result.rate, 4),
        result.points,
        result.maximum,
        str(result.inherited).lower(),
    )


def _agency_rows() -> Iterator[tuple[Cell, ...]]:
    for agency in Agency.objects.select_related("parent").prefetch_related("other_codes").order_by("code"):
        yield (
            agency.code,
            agency.name,
            agency.short_name,
            agency.kind,
            agency.parent.code if agency.parent else None,
            agency.gso_code,
            agency.latitude,
            agency.longitude,
            agency.valid_from,
            agency.valid_to,
            " ".join(other.code for other in agency.other_codes.all()),
        )
