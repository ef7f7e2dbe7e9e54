"""Formulas tried while they are written: a page that works with a form alone, and its answers as JSON."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.admin_display import figure
from agencies.models import Agency
from agencies.permissions import KEEP_INDICATORS
from agencies.visibility import holds_somewhere
from procedures.months import add_months, month_of
from scoring.explanation import ZERO_RULES
from scoring.formula_trial import Checked, Trial, check, trial
from scoring.grading import ZeroRule
from scoring.measures import MEASURES
from scoring.periods import Period
from scoring.standings import periods_with_scores

#: Decimals of a figure that is no whole number.
PLACES = 4


@require_safe
def formula(request: HttpRequest) -> HttpResponse:
    """The page: both formulas, what they say, and what they come to for an agency in a period."""
    asked = _Asked(request)
    periods = periods_with_scores()
    context = {
        **admin.site.each_context(request),
        "title": _("Try a formula"),
        "asked": asked,
        "measures": [(name, measure.label) for name, measure in sorted(MEASURES.items())],
        "periods": periods,
        "period": asked.period.code if asked.period else "",
        "zero_rules": list(ZERO_RULES.items()),
        "told": asked.trial and _told(asked.trial),
    }
    return TemplateResponse(request, "sets/formula.html", context)


@require_safe
def formula_check(request: HttpRequest) -> JsonResponse:
    """The same as JSON, for a form that asks while one types."""
    asked = _Asked(request)
    answer = {
        "numerator": _said(asked.numerator),
        "denominator": _said(asked.denominator),
        "trial": _told(asked.trial) if asked.trial else None,
        "problem": asked.problem,
    }
    return JsonResponse(answer)


class _Asked:
    """What the address asks: two formulas, perhaps with an agency and a period to try them on."""

    def __init__(self, request: HttpRequest) -> None:
        if not holds_somewhere(request.user, KEEP_INDICATORS):
            raise Http404(_("Only who keeps indicator sets tries formulas."))
        values = request.GET
        self.numerator = check(values.get("numerator", ""))
        self.denominator = check(values.get("denominator", ""))
        self.code = values.get("agency", "").strip()[:35]
        self.inherited = values.get("inherited") in ("on", "true", "1")
        self.zero_rule = values.get("zero_rule", "") if values.get("zero_rule") in set(ZeroRule) else "zero"
        self.max_points = values.get("max_points", "")
        self.threshold = values.get("threshold", "")
        self.problem = ""
        self.period = self._period(values.get("period", ""))
        self.trial = self._tried(request) if self.code else None

    def _period(self, code: str) -> Period | None:
        try:
            return Period.parse(code) if code else Period.of_month(add_months(month_of(timezone.now()), -1))
        except ValueError:
            self.problem = _("“%(code)s” is not a period.") % {"code": code[:20]}
            return None

    def _tried(self, request: HttpRequest) -> Trial | None:
        agency = Agency.objects.visible_to(request.user).filter(code__iexact=self.code).first()
        if agency is None:
            self.problem = _("There is no office with the code “%(code)s”.") % {"code": self.code}
        if agency is None or self.period is None:
            return None
        if self.numerator.formula is None or self.denominator.formula is None:
            return None
        return trial(
            self.numerator.formula,
            self.denominator.formula,
            agency,
            self.period,
            timezone.now(),
            max_points=_decimal(self.max_points, None),
            threshold=_share(self.threshold),
            zero_rule=ZeroRule(self.zero_rule),
            inherited=self.inherited,
        )


def _decimal(text: str, otherwise: Decimal | None) -> Decimal | None:
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return otherwise
    return found if found.is_finite() and 0 <= found < 1000 else otherwise


def _share(text: str) -> Decimal:
    found = _decimal(text, Decimal(1)) or Decimal(1)
    return found if 0 < found <= 1 else Decimal(1)


def _said(checked: Checked) -> dict[str, Any]:
    return {
        "ok": not checked.error,
        "reading": checked.reading,
        "error": checked.error,
        "column": checked.column,
    }


def _told(found: Trial) -> dict[str, Any]:
    """A trial in figures, as page and JSON tell it."""
    result = found.result
    return {
        "agency": f"{found.agency.name} ({found.agency.code})",
        "period": found.period.label,
        "counted": found.is_counted,
        "lender": found.lender.name if found.lender else "",
        "counts": [{"name": c.name, "label": c.label, "value": figure(c.value)} for c in found.counts],
        "numerator": _figure(result.numerator),
        "denominator": _figure(result.denominator),
        "rate": "" if result.rate is None else f"{figure(result.rate * 100, 2)} %",
        "points": _points(found),
    }


def _figure(value: Decimal | None) -> str:
    if value is None:
        return ""
    return figure(value, 0 if value == value.to_integral_value() else PLACES)


def _points(found: Trial) -> str:
    result = found.result
    if result.max is None:
        return _("for information")
    if not found.is_counted:
        return ""
    if result.points is None:
        return _("left out: nothing to count")
    return f"{figure(result.points, 2)} / {figure(result.max, 2)}"
