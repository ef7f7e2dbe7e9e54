"""Figures as people read them: 1.234,56 and 21/11/2026 in Vietnamese, 1,234.56 in English.

What is not known is a dash; it is never shown as zero.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import get_language, ngettext

from procedures.months import VIETNAM

DASH = "—"
NO_BREAK = "\u00a0"
MINUS = "−"

Number = Decimal | int | float | str


def in_vietnamese() -> bool:
    """Whether the page is being written in Vietnamese."""
    return (get_language() or "vi").startswith("vi")


def number(value: Number | None, places: int) -> str:
    """A number with ``places`` decimals, rounded half-up, its thousands set apart."""
    if value is None or value == "":
        return DASH
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{abs(exact):,.{places}f}"
    if in_vietnamese():
        text = text.translate(str.maketrans(",.", ".,"))
    return f"{MINUS if exact < 0 else ''}{text}"


def points(value: Number | None) -> str:
    """Points of a score, with two decimals: 62,59."""
    return number(value, 2)


def count(value: Number | None) -> str:
    """A count: 358.660; with two decimals where it is a share, such as a twelfth of a year's."""
    if value is None or value == "":
        return DASH
    exact = Decimal(str(value))
    return number(exact, 0 if exact == exact.to_integral_value() else 2)


def rate(value: Number | None) -> str:
    """A fraction as a percentage: 0.8847 is 88,47 %."""
    if value is None or value == "":
        return DASH
    return f"{number(Decimal(str(value)) * 100, 2)}{NO_BREAK if in_vietnamese() else ''}%"


def change(value: Number | None, places: int = 2) -> str:
    """A difference with its sign: +1,20, −0,40, 0,00."""
    if value is None or value == "":
        return DASH
    sign = "+" if Decimal(str(value)) > 0 else ""
    return f"{sign}{number(value, places)}"


def day(value: date | datetime | None) -> str:
    """A day as dd/mm/yyyy, a moment's day being that in Vietnam."""
    if value is None:
        return DASH
    if isinstance(value, datetime):
        value = value.astimezone(VIETNAM).date()
    return value.strftime("%d/%m/%Y") if in_vietnamese() else f"{value.day} {value:%b %Y}"


def moment(value: datetime | None) -> str:
    """A moment in Vietnamese time: 14:05, 21/11/2026."""
    if value is None:
        return DASH
    return f"{value.astimezone(VIETNAM):%H:%M}, {day(value)}"


def month(value: int) -> str:
    """A month, yyyymm, as a short label: 09/2026."""
    return f"{value % 100:02}/{value // 100}"


def ago(since: datetime, now: datetime) -> str:
    """How long ago something was, in the largest unit that fits: "40 seconds ago"."""
    seconds = max(0, int((now - since).total_seconds()))
    if seconds < 60:
        return ngettext("%(count)s second ago", "%(count)s seconds ago", seconds) % {"count": seconds}
    if seconds < 3600:
        minutes = seconds // 60
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
    if seconds < 86400:
        hours = seconds // 3600
        return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": hours}
    days = seconds // 86400
    return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}
