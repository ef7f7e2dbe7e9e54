from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from scoring.formula import parse
from scoring.measures import MEASURES

NAMES = ("received", "declared", "ended_late", "completed")
COUNTS = st.fixed_dictionaries({name: st.integers(0, 1000) for name in NAMES})

Written = tuple[str, Callable[[dict[str, int]], Fraction]]


def joined(sign: str, exact: Callable[[Fraction, Fraction], Fraction]) -> Callable[..., Written]:
    def join(left: Written, right: Written) -> Written:
        return f"({left[0]}) {sign} ({right[0]})", lambda c: exact(left[1](c), right[1](c))

    return join


def called(function: str, exact: Callable[..., Fraction]) -> Callable[[list[Written]], Written]:
    def call(values: list[Written]) -> Written:
        text = f"{function}({', '.join(value[0] for value in values)})"
        return text, lambda c: exact([value[1](c) for value in values])

    return call


def share(part: Fraction, whole: Fraction) -> Fraction:
    return part / whole if whole else Fraction(0)


def first(values: list[Fraction]) -> Fraction:
    return next((value for value in values if value), Fraction(0))


LEAF = st.sampled_from(NAMES).map(lambda name: (name, lambda c: Fraction(c[name]))) | st.sampled_from(
    ["0", "3", "12", "0.5", "2.25"]
).map(lambda text: (text, lambda c: Fraction(text)))
EXACT = [
    joined("+", lambda a, b: a + b),
    joined("-", lambda a, b: a - b),
    joined("*", lambda a, b: a * b),
]
SHARES = st.tuples(LEAF, LEAF).map(lambda pair: joined("/", share)(*pair))


def grown(smaller: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    several = st.lists(smaller, min_size=2, max_size=3)
    return st.one_of(
        *(st.tuples(smaller, smaller).map(lambda pair, join=join: join(*pair)) for join in EXACT),
        several.map(called("max", max)),
        several.map(called("min", min)),
        st.lists(LEAF, min_size=2, max_size=3).map(called("first", first)),
    )


@given(st.recursive(LEAF | SHARES, grown, max_leaves=5), COUNTS)
def test_a_formula_comes_to_what_exact_arithmetic_says(written, counts):
    text, exact = written

    value = parse(text).evaluate(counts)

    assert isinstance(value, Decimal)
    assert abs(Fraction(value) - exact(counts)) < Fraction(1, 10**9)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("received - ended_late - 1", 100 - 7 - 1),
        ("received - (ended_late - 1)", 100 - 6),
        ("received + ended_late * 2", 114),
        ("received / 8 / 2", Decimal("6.25")),
        ("received / (8 / 2)", 25),
        ("max(received, first(declared, 1200 / 12))", 100),
        ("first(declared, completed, ended_late)", 7),
        ("first(declared, completed)", 0),
        ("received / declared", 0),
        ("  received\n+\t1 ", 101),
    ],
)
def test_signs_bind_as_in_school_and_a_share_of_nothing_is_nothing(text, value):
    counts = {"received": 100, "ended_late": 7, "declared": 0, "completed": 0}

    assert parse(text).evaluate(counts) == value


def test_whole_counts_stay_exact_until_something_is_divided():
    many = 10**40 + 1
    assert parse("received + 2").evaluate({"received": many}) == many + 2
    assert parse("received + 2").is_whole
    assert not parse("received / 2").is_whole
    assert not parse("max(received, 0.5)").is_whole


def test_it_knows_the_measures_it_uses_each_once():
    formula = parse("max(received, first(declared, received / 12))")

    assert formula.names == ("received", "declared")
    with pytest.raises(KeyError, match="declared"):
        formula.evaluate({"received": 0})


def test_every_measure_can_be_used():
    counts = dict.fromkeys(MEASURES, 2)

    assert parse("max(received, 3)").evaluate(counts) == 3
    assert all(parse(name).evaluate(counts) == 2 for name in MEASURES)


def test_it_reads_in_plain_words():
    formula = parse("(received - ended_late) * 0.5 / max(received, first(declared, completed))")

    assert formula.reading("en") == (
        "(dossiers received − dossiers handled late) × 0.5 ÷ the largest of [dossiers received; "
        "dossiers declared to the national reporting system (or, if none, "
        "dossiers received in the period and since completed)]"
    )


def test_its_reading_does_not_change_the_readers_language():
    with override("vi"):
        assert "dossiers" in parse("received").reading("en")
        assert parse("received - (ended_late - 1)").reading("en").count("(") == 1
