"""Tags that write what citizens said: a share, and the counts it was made of."""

from __future__ import annotations

from django import template
from django.utils.html import format_html

from feedback.disclosure import Satisfaction
from feedback.models import Rating
from portal.figures import NO_BREAK, count, rate

register = template.Library()


@register.simple_tag
def share_of(part: int, whole: int) -> str:
    """A percentage with its counts: "88,47 % · 358.660 / 405.424"."""
    if not whole:
        return count(None)
    counts = f"{count(part)}{NO_BREAK}/{NO_BREAK}{count(whole)}"
    return format_html('{} <small class="muted">{}</small>', rate(part / whole), counts)


@register.simple_tag
def said(cell: Satisfaction, *parts: int | None) -> str:
    """The share of a cell's answers that said so, with its counts."""
    return share_of(sum(part or 0 for part in parts), cell.answers or 0)


@register.simple_tag
def share_satisfied(cell: Satisfaction) -> str:
    """The share of satisfied answers as a script reads it."""
    if not cell.answers:
        return ""
    return f"{((cell.very_satisfied or 0) + (cell.satisfied or 0)) / cell.answers:.4f}"


@register.filter
def factor_name(name: str) -> str:
    """What a factor is called."""
    return str(Rating._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
