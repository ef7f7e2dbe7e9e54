"""Nobody works a small cell out from a total and the cells beside it, whatever the numbers are."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.models import Agency
from feedback.disclosure import LEAST_ANSWERS, Satisfaction, protected, told_of
from tests.scoring.country import Country


def cells(*answers: int) -> list[Satisfaction]:
    return [Satisfaction(key, count, count, 0, 0) for key, count in enumerate(answers)]


def shown(*answers: int, beside: int = 0) -> list[int | None]:
    return [cell.answers for cell in protected(cells(*answers), sum(answers) + beside)]


@pytest.mark.parametrize(
    ("answers", "beside", "told"),
    [
        ((7, 9, 30), 0, [7, 9, 30]),
        ((7, 9, 3), 0, [None, 9, None]),
        ((3, 2, 30), 0, [None, None, 30]),
        ((2, 1, 9, 8), 0, [None, None, 9, None]),
        ((0, 9, 8), 0, [None, 9, 8]),
        # What the total has beside the cells is a cell as well.
        ((9, 8), 3, [9, None]),
        ((9, 8), 6, [9, 8]),
        ((9, 3), 2, [9, None]),
        ((3,), 0, [None]),
        ((), 2, []),
    ],
)
def test_the_smallest_goes_with_a_small_one(
    answers: tuple[int, ...], beside: int, told: list[int | None]
) -> None:
    assert shown(*answers, beside=beside) == told


@given(answers=st.lists(st.integers(0, 40), max_size=14), beside=st.integers(0, 12))
def test_a_total_less_what_is_shown_is_never_a_small_number(answers: list[int], beside: int) -> None:
    told = shown(*answers, beside=beside)
    assert all(count is None or count >= LEAST_ANSWERS for count in told)
    rest = sum(answers) + beside - sum(count or 0 for count in told)
    everything_hidden = not any(told)
    assert rest == 0 or rest >= LEAST_ANSWERS or everything_hidden
    small = [n for n, count in zip(answers, told, strict=True) if count is None and n]
    assert everything_hidden or not small or len(small) + bool(beside) > 1
    # Nothing is hidden for nothing.
    if min(answers, default=5) >= LEAST_ANSWERS and not 0 < beside < LEAST_ANSWERS:
        assert told == answers


def test_order_and_what_a_shown_cell_says_stay() -> None:
    told = protected(cells(9, 3, 2, 7), 21)
    assert [cell.key for cell in told] == [0, 1, 2, 3]
    assert told[0] == Satisfaction(0, 9, 9, 0, 0) and told[1] == Satisfaction(1, None)


def test_below_a_hidden_agency_nothing_is_told(country: Country) -> None:
    def tables(kept_back: Agency) -> object:
        def units_of(agency: Agency) -> Mapping[int, Satisfaction]:
            return {
                unit.pk: Satisfaction(unit.pk, None if unit == kept_back else 30)
                for unit in agency.children.all()
            }

        return units_of

    commune = country.north_communes[0]
    cell = Satisfaction(commune.pk, 30)
    assert told_of(commune, cell, tables(country.south)) == cell  # type: ignore[arg-type]
    for kept_back in (commune, country.north):
        assert told_of(commune, cell, tables(kept_back)).answers is None  # type: ignore[arg-type]
    assert told_of(country.nation, Satisfaction(country.nation.pk, 4), tables(commune)).answers is None  # type: ignore[arg-type]
