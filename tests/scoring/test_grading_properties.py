from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.grading import CriterionRule, GroupRule, RuleSet, ZeroRule, grade_figures, grade_points

CENTS = st.integers(1, 3000).map(lambda cents: Decimal(cents) / 100)
THRESHOLDS = st.integers(1, 10_000).map(lambda share: Decimal(share) / 10_000)
COUNTS = st.integers(0, 10**9)
SCORED = st.builds(
    CriterionRule,
    code=st.just("x"),
    max_points=CENTS,
    threshold=THRESHOLDS,
    zero_rule=st.sampled_from(ZeroRule),
)


def half_up(value: Fraction) -> Fraction:
    return Fraction((value * 100 + Fraction(1, 2)).__floor__(), 100)


@given(COUNTS, st.integers(1, 10**9), SCORED)
def test_points_are_exact_to_the_cent(numerator, denominator, criterion):
    points = grade_points(Decimal(numerator), Decimal(denominator), criterion)

    maximum = Fraction(criterion.max_points)
    exact = min(maximum, maximum * Fraction(numerator, denominator) / Fraction(criterion.threshold))
    assert Fraction(points) == half_up(exact)
    assert points.as_tuple().exponent == -2


@given(COUNTS, COUNTS, st.integers(1, 10**9), SCORED)
def test_more_done_never_earns_less_and_never_more_than_the_maximum(fewer, more, denominator, criterion):
    assume(fewer <= more)
    less, much = (grade_points(Decimal(n), Decimal(denominator), criterion) for n in (fewer, more))

    assert 0 <= less <= much <= criterion.max_points


@st.composite
def graded_sets(draw, zero_rules=tuple(ZeroRule)):
    codes = iter(range(1000))
    groups, figures = [], {}
    for name in "ABC"[: draw(st.integers(1, 3))]:
        criteria = []
        for _ in range(draw(st.integers(1, 4))):
            code = str(next(codes))
            maximum = draw(st.none() | CENTS)
            criteria.append(
                CriterionRule(code, maximum, draw(THRESHOLDS), zero_rule=draw(st.sampled_from(zero_rules)))
            )
            counts = st.tuples(COUNTS, st.integers(0, 5) | COUNTS)
            figures[code] = draw(st.none() | counts.map(lambda pair: (Decimal(pair[0]), Decimal(pair[1]))))
        groups.append(GroupRule(name, tuple(criteria)))
    return figures, RuleSet(tuple(groups))


@given(graded_sets())
def test_a_grade_adds_up_exactly(graded):
    figures, rules = graded
    result = grade_figures(figures, rules)

    for group in rules.groups:
        own = [result.criteria[criterion.code] for criterion in group.criteria]
        assert result.groups[group.code] == sum(one.points or 0 for one in own)
        assert sum(one.max or 0 for one in own) <= group.max_points
        assert all((one.points or 0) <= (one.max or 0) for one in own)
    applied = sum((one.max or 0 for one in result.criteria.values()), Decimal(0))
    if applied == rules.max_points:
        assert result.total == sum(result.groups.values())
    assert 0 <= result.total <= rules.max_points


@given(graded_sets((ZeroRule.ZERO, ZeroRule.FULL)))
def test_where_only_zero_and_full_apply_every_maximum_stays_its_own(graded):
    figures, rules = graded
    result = grade_figures(figures, rules)

    assert all(result.criteria[rule.code].max == rule.max_points for rule in rules.criteria)
    assert result.total == sum(result.groups.values())
