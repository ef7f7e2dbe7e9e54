"""Standings and peers: the same queries for pages and API."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from scoring.agency_results import head_of, peer_median, sub_units, trend
from scoring.models import Scorecard
from scoring.periods import Period
from scoring.standings import class_of, default_period, newest_first, public_class, standings
from tests.factories import AgencyFactory, HeadFactory, ScorecardFactory, SnapshotFactory, country

AS_OF = datetime(2026, 11, 21, 1, tzinfo=UTC)
YEAR = Period.parse("2026")


def periods(*codes: str) -> list[Period]:
    return [Period.parse(code) for code in codes]


def test_periods_stand_newest_first_the_longest_before_its_parts() -> None:
    mixed = periods("2026-M12", "2025", "2026-Q4", "2026-M01", "2026", "2026-H2")
    assert [period.code for period in newest_first(mixed)] == [
        "2026",
        "2026-H2",
        "2026-Q4",
        "2026-M12",
        "2026-M01",
        "2025",
    ]


@pytest.mark.parametrize(
    ("codes", "chosen"),
    [
        (("2026-M02", "2025", "2026-Q1"), "2025"),
        (("2026-M02", "2026-M03"), "2026-M03"),
        ((), None),
    ],
)
def test_a_visitor_first_sees_the_newest_year(codes: tuple[str, ...], chosen: str | None) -> None:
    found = default_period(periods(*codes))
    assert (found and found.code) == chosen


@pytest.mark.django_db
def test_a_class_has_a_public_name_that_leads_back_to_it() -> None:
    land = country()
    office = AgencyFactory(parent=land.provinces[0])
    card = ScorecardFactory(agency=office, indicator_set=land.indicators)
    public = class_of(card).public
    assert public == f"departments:{land.provinces[0].code}"
    assert public_class(public).stored == card.peer_class
    assert public_class("provinces").stored == "provinces"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["planets", "communes", "communes:", "communes:H00", "provinces:H44"])
def test_a_class_that_is_none_is_refused_with_its_reason(name: str) -> None:
    with pytest.raises(LookupError, match=r"\w"):
        public_class(name)


@pytest.mark.django_db
def test_places_won_are_positive_and_the_newest_snapshot_of_last_week_counts() -> None:
    land = country()
    second = land.provinces[1]
    for days, total, rank in ((13, "50.00", 9), (8, "61.00", 3), (1, "99.00", 1)):
        SnapshotFactory(
            agency=second, taken_on=(AS_OF - timedelta(days=days)).date(), total=Decimal(total), rank=rank
        )
    row = standings(YEAR, "provinces", AS_OF)[1]
    assert row.agency == second
    assert row.since_last_week is not None
    assert (row.since_last_week.points, row.since_last_week.places) == (Decimal("1.00"), 1)
    assert row.since_previous is None


@pytest.mark.django_db
def test_the_median_is_the_middle_of_the_class_alone() -> None:
    land = country()
    middle = peer_median(YEAR, "provinces")
    assert (middle.offices, middle.total) == (3, Decimal("62.00"))
    assert middle.groups["TDGQ"] == Decimal("12.40")
    assert peer_median(YEAR, f"communes:{land.nation.pk}").total is None


@pytest.mark.django_db
def test_a_trend_begins_with_the_first_score_and_leaves_gaps_open() -> None:
    land = country()
    province = land.provinces[0]
    for month in ("2026-M02", "2026-M04"):
        ScorecardFactory(agency=province, indicator_set=land.indicators, period=month)
    ScorecardFactory(agency=land.provinces[1], indicator_set=land.indicators, period="2026-M03")
    found = trend(province, "provinces", 202604)
    assert [(point.month, point.total) for point in found] == [
        (202602, Decimal("62.50")),
        (202603, None),
        (202604, Decimal("62.50")),
    ]
    assert found[1].peer_median is not None


@pytest.mark.django_db
def test_sub_units_are_the_direct_ones_by_class() -> None:
    land = country()
    province = land.provinces[0]
    for kind in ("commune", "department"):
        for rank in (2, 1):
            office = AgencyFactory(parent=province, kind=kind, code=f"{kind}{rank}")
            ScorecardFactory(agency=office, indicator_set=land.indicators, rank=rank)
    found = sub_units(province, YEAR, shown=1)
    assert [(units.kind, units.count, units.shown[0].agency.code) for units in found] == [
        ("departments", 2, "department1"),
        ("communes", 2, "commune1"),
    ]
    assert Scorecard.objects.count() == 8


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("period", "name"), [("2025-M03", "Trước"), ("2025-Q4", None), ("2026", "Sau"), ("2024", None)]
)
def test_the_head_of_a_period_is_the_one_at_its_end(period: str, name: str | None) -> None:
    province = country().provinces[0]
    HeadFactory(agency=province, name="Trước", since=date(2025, 1, 1), until=date(2025, 11, 30))
    HeadFactory(agency=province, name="Sau", since=date(2026, 2, 1))
    head = head_of(province, Period.parse(period), date(2026, 11, 21))
    assert (head and head.name) == name
