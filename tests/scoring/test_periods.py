import pytest
from django.utils.translation import override

from scoring.periods import Period, PeriodKind, containing


@pytest.mark.parametrize(
    ("code", "kind", "first", "last", "previous"),
    [
        ("2026-M03", PeriodKind.MONTH, 202603, 202603, "2026-M02"),
        ("2026-M01", PeriodKind.MONTH, 202601, 202601, "2025-M12"),
        ("2026-Q1", PeriodKind.QUARTER, 202601, 202603, "2025-Q4"),
        ("2026-Q4", PeriodKind.QUARTER, 202610, 202612, "2026-Q3"),
        ("2026-H1", PeriodKind.HALF_YEAR, 202601, 202606, "2025-H2"),
        ("2026-H2", PeriodKind.HALF_YEAR, 202607, 202612, "2026-H1"),
        ("2026", PeriodKind.YEAR, 202601, 202612, "2025"),
    ],
)
def test_a_code_names_its_months(code, kind, first, last, previous):
    period = Period.parse(code)

    assert (period.kind, period.first, period.last) == (kind, first, last)
    assert period.months == tuple(range(first, last + 1))
    assert period.previous().code == previous
    assert period.code == code and Period.parse(period.code) == period


@pytest.mark.parametrize(
    "code",
    ["", "26", "2026-M13", "2026-M00", "2026-M3", "2026-Q5", "2026-H3", "2026-03", "x2026", "2026\n", "٢٠٢٦"],
)
def test_anything_else_is_refused_with_examples(code):
    with pytest.raises(ValueError, match="2026-M03"):
        Period.parse(code)


def test_a_month_counts_towards_four_periods():
    assert [period.code for period in containing(202604)] == ["2026-M04", "2026-Q2", "2026-H1", "2026"]
    assert all(202604 in period.months for period in containing(202604))


@pytest.mark.parametrize("month", [202600, 202613, 2026, 0, -202601])
def test_what_is_no_month_is_refused(month):
    with pytest.raises(ValueError, match="202603"):
        containing(month)


@pytest.mark.parametrize(
    ("code", "english"),
    [
        ("2026-M03", "March 2026"),
        ("2026-Q1", "First quarter of 2026"),
        ("2026-H2", "Second half of 2026"),
        ("2026", "Year 2026"),
    ],
)
def test_the_label_is_for_readers(code, english):
    with override("en"):
        assert Period.parse(code).label == english
