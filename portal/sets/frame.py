"""What surrounds every page of the workshop, and the set a page is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.admin_display import record_url
from agencies.permissions import KEEP_INDICATORS, SEE_RECORDS
from agencies.visibility import holds_somewhere, may
from scoring.models import IndicatorSet


@dataclass(frozen=True)
class Way:
    """A part of the workshop for one set."""

    name: str
    label: str
    url: str


def kept_set(request: HttpRequest, set_id: int) -> IndicatorSet:
    """The set, for who keeps those of its agency; to others it is not here."""
    found = _with_criteria().filter(pk=set_id).first()
    if found is None or not may(request.user, KEEP_INDICATORS, found):
        raise Http404(_("There is no such indicator set."))
    return found


def seen_set(request: HttpRequest, set_id: int) -> IndicatorSet:
    """The set, for whoever may read sets at all."""
    found = _with_criteria().filter(pk=set_id).first()
    if found is None or not holds_somewhere(request.user, SEE_RECORDS):
        raise Http404(_("There is no such indicator set."))
    return found


def comparable(indicator_set: IndicatorSet) -> QuerySet[IndicatorSet]:
    """The sets it can be compared with: national ones, and those of its own agency."""
    mine = Q(agency=None) | Q(agency=indicator_set.agency)
    others = _with_criteria().exclude(pk=indicator_set.pk)
    return others.filter(mine).order_by("-valid_from", "-version")


def _with_criteria() -> QuerySet[IndicatorSet]:
    """The end of an own set holds none: there is nothing to compare or to try."""
    return IndicatorSet.objects.filter(ends=False).select_related("agency")


def framed(
    request: HttpRequest, title: str, indicator_set: IndicatorSet, here: str = "", **more: Any
) -> dict[str, Any]:
    """What a template of the workshop needs, with ``more``; ``here`` names the part it belongs to."""
    return {
        **admin.site.each_context(request),
        "title": title,
        "set": indicator_set,
        "ways": ways(request, indicator_set),
        "here": here,
        **more,
    }


def ways(request: HttpRequest, indicator_set: IndicatorSet) -> list[Way]:
    """The parts of the workshop that this person may open for a set."""
    found = [
        Way("set", _("The set"), record_url(indicator_set)),
        Way("compare", _("Compare"), reverse("set-compare", args=[indicator_set.pk])),
    ]
    if may(request.user, KEEP_INDICATORS, indicator_set):
        found.append(Way("what-if", _("Trial run"), reverse("set-what-if", args=[indicator_set.pk])))
    return found
