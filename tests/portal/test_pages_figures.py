"""Figures as people read them, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from portal import figures


@pytest.mark.parametrize(
    ("language", "points", "count", "rate", "change"),
    [
        ("vi", "1.234,56", "358.660", "88,47\u00a0%", "−0,40"),
        ("en", "1,234.56", "358,660", "88.47%", "−0.40"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(
    language: str, points: str, count: str, rate: str, change: str
) -> None:
    with translation.override(language):
        assert figures.points(Decimal("1234.555")) == points
        assert figures.count(358660) == count
        assert figures.rate(Decimal("0.88465")) == rate
        assert figures.change(Decimal("-0.4")) == change
        assert figures.change(Decimal("0.4")).startswith("+")
        assert not figures.change(Decimal(0)).startswith("+")


@pytest.mark.parametrize(
    "show", [figures.points, figures.count, figures.rate, figures.change, figures.day, figures.moment]
)
def test_what_is_not_known_is_a_dash(show) -> None:  # type: ignore[no-untyped-def]
    assert show(None) == "—"


def test_a_share_of_a_count_keeps_its_decimals() -> None:
    with translation.override("vi"):
        assert figures.count("1234.5") == "1.234,50"
        assert figures.count("1234.0000") == "1.234"


def test_days_are_those_of_vietnam() -> None:
    late = datetime(2026, 11, 20, 18, 5, tzinfo=UTC)
    with translation.override("vi"):
        assert figures.day(late) == "21/11/2026"
        assert figures.moment(late) == "01:05, 21/11/2026"
        assert figures.day(date(2026, 1, 2)) == "02/01/2026"
    with translation.override("en"):
        assert figures.day(late) == "21 Nov 2026"
