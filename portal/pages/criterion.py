"""The indicator set and each criterion: the rule in plain words, and every province's counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.pages.asked import period_asked
from portal.pages.frame import frame
from portal.pages.kept import kept
from portal.pages.seen import LIVE, seen_by
from procedures.months import month_of
from scoring.criterion_results import class_results, criterion_trend, nation_result
from scoring.explanation import ZERO_RULES, Guide, guide
from scoring.indicator_sets import NoSetInForceError, set_in_force
from scoring.models import Criterion
from scoring.peers import MINISTRIES, PROVINCES
from scoring.periods import Period
from scoring.results_shown import Shown
from scoring.standings import periods_with_scores

CLASSES = {"tinh": PROVINCES, "bo-nganh": MINISTRIES}
CLASS = "nhom"


@require_safe
@kept("ky", LIVE)
def criteria(request: HttpRequest) -> HttpResponse:
    """Every group and criterion of the set in force, with the nation's points."""
    as_of = timezone.now()
    periods = periods_with_scores()
    period = period_asked(request, periods)
    rules = _rules(period, as_of)
    context = frame(tab="criteria", guide=rules, period=period, periods=periods, as_of=as_of)
    context |= seen_by(request, period)
    if rules is not None:
        context["maxima"] = rules.maxima()
        context["results"] = nation_result(rules, period, context["seen"]) if period else {}
    return render(request, "portal/criteria.html", context)


@require_safe
@kept("ky", CLASS, LIVE)
def criterion(request: HttpRequest, code: str) -> HttpResponse:
    """One criterion: rule, formula, legal source, counts by unit, the nation's trend."""
    as_of = timezone.now()
    periods = periods_with_scores()
    period = period_asked(request, periods)
    rules = _rules(period, as_of)
    if rules is None:
        raise Http404(_("No indicator set is in force."))
    try:
        found = rules.criterion(code)
    except KeyError as error:
        raise Http404(_("The indicator set has no criterion %(code)s.") % {"code": code[:10]}) from error
    context = frame(
        tab="criteria",
        criterion=found,
        guide=rules,
        zero_rule=ZERO_RULES[found.zero_rule],
        period=period,
        periods=periods,
        as_of=as_of,
    )
    if period is not None:
        context |= seen_by(request, period)
        context |= _results(request, rules, found, period, as_of, context["seen"])
    return render(request, "portal/criterion.html", context)


def _results(
    request: HttpRequest,
    rules: Guide,
    found: Criterion,
    period: Period,
    as_of: datetime,
    seen: Shown,
) -> dict[str, Any]:
    chosen = request.GET.get(CLASS, "tinh")
    chosen = chosen if chosen in CLASSES else "tinh"
    return {
        "nation": nation_result(rules, period, seen).get(found.code),
        "rows": class_results(found, period, CLASSES[chosen], seen),
        "chosen_class": chosen,
        "kept_query": {CLASS: chosen},
        "trend": criterion_trend(found, min(period.last, month_of(as_of))),
    }


def _rules(period: Period | None, as_of: datetime) -> Guide | None:
    """The guide to the set that graded a period; before any score, to the one in force now."""
    try:
        return guide(set_in_force(period.last if period else month_of(as_of)).pk)
    except NoSetInForceError:
        return None
