import pytest
from django.utils.translation import override

from scoring.formula import FormulaError, parse


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("", 1, "expected a number, a measure or “(”, found the end."),
        ("received + recieved", 12, "there is no measure “recieved”; did you mean “received”?"),
        ("received +", 11, "expected a number, a measure or “(”, found the end."),
        ("(received", 10, "expected “)” for the “(” at column 1, found the end."),
        ("received)", 9, "expected + - * / or the end, found “)”."),
        ("received ended_late", 10, "expected + - * / or the end, found “ended_late”."),
        ("maxx(received, 1)", 1, "there is no function “maxx”; did you mean “max”?"),
        ("max", 1, "max is a function; write max(a, b)."),
        ("max(received)", 1, "max needs two values or more."),
        ("80 %", 4, "“%” has no place in a formula."),
        ("0,5 * received", 2, "expected + - * / or the end, found “,”."),
        ("-received", 1, "expected a number, a measure or “(”, found “-”."),
        ("received ** 2", 11, "expected a number, a measure or “(”, found “*”."),
        ("1234567890123", 1, "a number may have 12 digits at most."),
        ("(" * 21 + "1" + ")" * 21, 21, "more than 20 parentheses within each other."),
        ("received " + " " * 400, 401, "the formula is longer than 400 characters."),
    ],
)
def test_an_error_says_what_and_where(text, column, reason):
    with override("en"), pytest.raises(FormulaError) as caught:
        parse(text)

    assert (caught.value.column, caught.value.reason) == (column, reason)
    assert str(caught.value) == f"Column {column}: {reason}"


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "received.__class__",
        "counts['received']",
        "lambda: 1",
        "received if 1 else 2",
        "first.__globals__",
        "rеceived",  # with a Cyrillic letter
    ],
)
def test_nothing_but_arithmetic_gets_through(text):
    with pytest.raises(FormulaError):
        parse(text)
