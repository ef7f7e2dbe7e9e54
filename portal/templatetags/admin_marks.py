"""What admin templates write: counts of lists, figures, scores."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from agencies.admin_display import figure

register = template.Library()


@register.simple_tag
def list_count(changelist: Any) -> str:
    """How long a list is: "1.234 hồ sơ" counted, "khoảng 3.000.000 hồ sơ" estimated."""
    name = changelist.model_admin.counted_as or changelist.opts.verbose_name_plural
    names = {"count": figure(changelist.result_count), "name": name}
    if getattr(changelist, "estimate", None) is None or changelist.estimate.exact:
        return f"{names['count']} {name}"
    return capfirst(_("about %(count)s %(name)s") % names)


@register.simple_tag
def filters_in_use(changelist: Any) -> list[dict[str, Any]]:
    """What narrows the list, each with its words and with the address of the list without it."""
    found = []
    if changelist.query:
        without = changelist.get_query_string(remove=["q"])
        found.append({"title": _("search"), "label": changelist.query, "without": without})
    for spec in changelist.filter_specs:
        value = spec.value() if hasattr(spec, "value") else None
        if value:
            labels = dict(getattr(spec, "lookup_choices", ()))
            label = getattr(spec, "chosen", None) or labels.get(value, value)
            without = changelist.get_query_string(remove=[spec.parameter_name])
            found.append({"title": spec.title, "label": label, "without": without})
    return found


@register.filter(name="figure")
def figure_filter(value: Any, places: int = 0) -> str:
    """A number with its thousands set apart; a dash for none."""
    return figure(value, places)


@register.filter
def unlocalized(value: Any) -> str:
    """A number as HTML attributes need it, whatever the language."""
    return "0" if value is None else str(value)
