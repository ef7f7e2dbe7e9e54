"""Filters that write figures as people read them; see ``portal.figures``."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template

from portal import figures
from scoring.explanation import formula_reading, named, ruled

register = template.Library()

for show in (
    figures.points,
    figures.count,
    figures.rate,
    figures.change,
    figures.day,
    figures.moment,
    figures.month,
):
    register.filter(show.__name__, show)

register.filter("named", named)
register.filter("ruled", ruled)
register.filter("reading", formula_reading)


@register.filter
def whole(value: figures.Number | None) -> str:
    """A number without decimals: a maximum of 18 points is "18"."""
    return figures.number(value, 0)


@register.filter
def raw(value: figures.Number | None) -> str:
    """A number as a script reads it, with a decimal point; empty where it is not known."""
    return "" if value is None else f"{Decimal(str(value)):.4f}"


@register.filter
def ago(since: datetime, now: datetime) -> str:
    """How long before ``now`` something was."""
    return figures.ago(since, now)


@register.filter
def at(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """The value a mapping holds under a key that is itself a variable; None without one."""
    return mapping.get(key) if mapping else None
