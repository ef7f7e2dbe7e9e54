"""How figures, marks and links are written on admin pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.numberformat import format as format_number
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

#: What is not known; never shown as zero.
DASH = "—"


def figure(value: Decimal | int | None, places: int = 0) -> str:
    """A number as people here read it, its thousands set apart: 358.660, or 62,59 with two places."""
    if value is None:
        return DASH
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    decimal, thousand = formats.get_format("DECIMAL_SEPARATOR"), formats.get_format("THOUSAND_SEPARATOR")
    return format_number(rounded, decimal, places, 3, thousand, force_grouping=True)


def percentage(numerator: Decimal | None, denominator: Decimal | None) -> str:
    """A share in per cent with its counts behind it: 88,47 % · 358.660 / 405.424."""
    if numerator is None or not denominator:
        return DASH
    share = figure(numerator / denominator * 100, 2)
    return f"{share}\u00a0% · {_count(numerator)} / {_count(denominator)}"


def _count(value: Decimal) -> str:
    return figure(value, 0 if value == value.to_integral_value() else 2)


def moment(value: datetime | None) -> str:
    """A moment to the minute, in Vietnamese time."""
    return timezone.localtime(value).strftime("%d/%m/%Y %H:%M") if value else DASH


def month(value: int) -> str:
    """A month, yyyymm, as 09/2026."""
    return f"{value % 100:02}/{value // 100}"


def since(value: datetime | None, as_of: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    if value is None:
        return _("never")
    gone = max(as_of - value, timedelta(0))
    if gone.days:
        return ngettext("%(count)d day ago", "%(count)d days ago", gone.days) % {"count": gone.days}
    hours, minutes = gone.seconds // 3600, gone.seconds // 60
    if hours:
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {"count": minutes}


def link(text: Any, url: str) -> SafeString:
    """A link in a cell or a text."""
    return format_html('<a class="cell-link" href="{}">{}</a>', url, text)


def list_url(model: Any, **filters: Any) -> str:
    """The address of a model's list, filtered."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    given = {name: value for name, value in filters.items() if value not in (None, "")}
    return f"{url}?{urlencode(given)}" if given else url


def record_url(record: Any) -> str:
    """The address of a record's page."""
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def mark(text: Any, look: str) -> SafeString:
    """A word with a shape and a colour: ``good``, ``warn``, ``bad``, ``quiet``, or a band's ``step-5``."""
    return format_html('<span class="mark mark-{}">{}</span>', look, text)


def fraction(numerator: Any, denominator: Any) -> SafeString:
    """What is divided by what, each in words on a line of its own."""
    return format_html(
        '<span class="fraction"><span>{}</span><span>÷ {}</span></span>', numerator, denominator
    )


def definition(rows: Mapping[Any, Any]) -> SafeString:
    """Names and values below each other, for what a record page explains."""
    known = ((name, DASH if value in (None, "") else value) for name, value in rows.items())
    body = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", known)
    return format_html('<dl class="definition">{}</dl>', body)
