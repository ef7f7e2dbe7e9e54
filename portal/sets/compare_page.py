"""A set beside another one: what it changes, in plain words and side by side."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.sets.frame import comparable, framed, seen_set
from scoring.explanation import guide
from scoring.indicator_sets import NoSetInForceError, set_in_force
from scoring.models import IndicatorSet
from scoring.set_comparison import Status, compare


@require_safe
def compared(request: HttpRequest, indicatorset_id: int) -> HttpResponse:
    """The set of the address beside the one asked for with ``with``; without, the one it would replace."""
    newer = seen_set(request, indicatorset_id)
    others = list(comparable(newer))
    older = _older(request, newer, others)
    title = _("Compare: %(set)s") % {"set": newer}
    context: dict[str, Any] = framed(request, title, newer, "compare", others=others, older=older)
    if older is not None:
        found = compare(guide(older.pk), guide(newer.pk))
        context |= {
            "comparison": found,
            "added": found.criteria(Status.ADDED),
            "removed": found.criteria(Status.REMOVED),
            "changed": found.criteria(Status.CHANGED),
            "everything": request.GET.get("show") == "all",
        }
    return TemplateResponse(request, "sets/compare.html", context)


def _older(request: HttpRequest, newer: IndicatorSet, others: list[IndicatorSet]) -> IndicatorSet | None:
    asked = request.GET.get("with", "")
    if asked:
        found = next((one for one in others if str(one.pk) == asked), None)
        if found is None:
            raise Http404(_("There is no such indicator set."))
        return found
    approved = [one for one in others if one.status == IndicatorSet.Status.APPROVED]
    try:
        replaced = set_in_force(newer.valid_from, f"{newer.agency.path}0/" if newer.agency else None)
    except NoSetInForceError:
        replaced = None
    if replaced is not None and replaced.pk != newer.pk:
        return replaced
    earlier = [one for one in approved if (one.valid_from, one.version) < (newer.valid_from, newer.version)]
    return next(iter(earlier or others), None)
