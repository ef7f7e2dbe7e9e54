"""Tags that draw the small signs of a page: bands, changes, bars."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.pages.order import ASCENDING, DESCENDING, DIRECTION, SORT, Order
from portal.pages.preferences import Preferences, preferences_of
from scoring.explanation import BandLook, Guide, named
from scoring.models import Group
from scoring.standings import Change

register = template.Library()

#: Widths of a small bar are told in twentieths, since no page may carry inline styles.
PARTS = 20


@register.simple_tag(takes_context=True)
def preferences(context: template.Context) -> Preferences:
    """How this reader wants pages to look."""
    request: HttpRequest = context["request"]
    return preferences_of(request)


@register.inclusion_tag("portal/parts/band.html")
def band(code: str, guide: Guide) -> dict[str, Any]:
    """A band by its colour, its shape and its word."""
    look: BandLook | None = guide.bands.get(code)
    return {"look": look}


@register.inclusion_tag("portal/parts/change.html")
def change(moved: Change | None, since: str = "") -> dict[str, Any]:
    """▲ or ▼ with the points gained or lost, and with the places."""
    return {"moved": moved, "since": since}


@register.simple_tag
def meter(value: Decimal | str | None, maximum: Decimal | None) -> str:
    """The class of a small bar filled to ``value`` of ``maximum``."""
    if value in (None, "") or not maximum:
        return "m-0"
    share = min(Decimal(1), max(Decimal(0), Decimal(value) / maximum))
    return f"m-{round(share * PARTS)}"


@register.simple_tag
def tone(total: Decimal, look: BandLook) -> str:
    """The class of a shade: which third of its band a total lies in, the highest the deepest."""
    end = look.below or Decimal(100)
    return f"tone-{1 + min(2, int((total - look.minimum) * 3 / (end - look.minimum)))}"


@register.simple_tag
def percent_of(value: Decimal | str | None, maximum: Decimal | None) -> str:
    """``value`` of ``maximum`` in hundredths, as an attribute of a drawing takes it."""
    if value in (None, "") or not maximum:
        return "0"
    return f"{min(Decimal(100), max(Decimal(0), Decimal(value) * 100 / maximum)):.2f}"


@register.inclusion_tag("portal/parts/sort_heading.html", takes_context=True)
def sort_heading(context: template.Context, column: str, label: Any, kind: str) -> dict[str, Any]:
    """A column's heading, which sorts by it: first its best values, then the other way round.

    ``label`` is a text, or a group, whose code is shown and whose name is told.
    """
    order: Order = context["order"]
    query = context["request"].GET.copy()
    query[SORT] = column
    query.pop(DIRECTION, None)
    sorted_by = order.column == column
    if sorted_by:
        query[DIRECTION] = ASCENDING if order.down else DESCENDING
    group = label if isinstance(label, Group) else None
    return {
        "address": f"?{query.urlencode()}#results",
        "label": group.code if group else label,
        "told": named(group) if group else "",
        "maximum": context["maxima"][group.code] if group else None,
        "kind": kind,
        "direction": ("descending" if order.down else "ascending") if sorted_by else "",
    }


KIND_NAMES = {
    "nation": _("Nation"),
    "ministries": _("Ministries and agencies"),
    "provinces": _("Provinces and cities"),
    "departments": _("Departments"),
    "communes": _("Communes, wards and special zones"),
    "units": _("Units"),
}


@register.filter
def class_name(kind: str) -> str:
    """A kind of peer class in words: "Provinces and cities"."""
    return str(KIND_NAMES.get(kind, kind))
