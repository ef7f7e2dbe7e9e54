"""The grammar of criteria's formulas, from text to a checked tree.

    sum     = product (("+" | "-") product)*
    product = value (("*" | "/") value)*
    value   = number | measure | function "(" sum ("," sum)+ ")" | "(" sum ")"

A measure is a name of ``scoring.measures.MEASURES``; the functions are ``max``, ``min`` and
``first``, the first of its values that is not zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import NoReturn

from django.utils.translation import gettext as _

from scoring.measures import MEASURES

FUNCTIONS = ("first", "max", "min")
#: As long as the model's column; it also bounds how deep a tree of sums can grow.
MAX_LENGTH = 400
MAX_DEPTH = 20
MAX_DIGITS = 12

_TOKEN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[-+*/(),])|(?P<gap>\s+)",
    re.ASCII,
)


class FormulaError(ValueError):
    """A text that is no formula: what is wrong (``reason``) and where (``column``, from 1)."""

    def __init__(self, reason: str, column: int) -> None:
        super().__init__(_("Column %(column)d: %(reason)s") % {"column": column, "reason": reason})
        self.reason = reason
        self.column = column


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in the formula; whole ones are ints."""

    value: int | Decimal


@dataclass(frozen=True, slots=True)
class Count:
    """A measure's count."""

    measure: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Two values joined by one of ``+ - * /``."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """``max``, ``min`` or ``first`` of two values or more."""

    function: str
    values: tuple[Node, ...]


Node = Number | Count | Operation | Call


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the formula and the column, from 1, at which it begins."""

    kind: str
    text: str
    column: int


def tree_of(text: str) -> Node:
    """The tree of a formula; raises FormulaError for anything outside the grammar."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            _("the formula is longer than %(limit)d characters.") % {"limit": MAX_LENGTH},
            MAX_LENGTH + 1,
        )
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[Token]:
    tokens = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise FormulaError(
                _("“%(text)s” has no place in a formula.") % {"text": text[position]}, position + 1
            )
        kind = str(match.lastgroup)
        if kind != "gap":
            tokens.append(Token(kind, match.group(), position + 1))
        position = match.end()
    tokens.append(Token("end", "", len(text) + 1))
    return tokens


class _Parser:
    """Reads the tokens from left to right, one method a rule of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.next
        self.position += 1
        return token

    def took(self, sign: str) -> bool:
        found = self.next.kind == "sign" and self.next.text == sign
        self.position += found
        return found

    def whole(self) -> Node:
        node = self.sum()
        if self.next.kind != "end":
            self.refuse(_("expected + - * / or the end"))
        return node

    def sum(self) -> Node:
        node = self.product()
        while self.next.text in ("+", "-"):
            node = Operation(self.take().text, node, self.product())
        return node

    def product(self) -> Node:
        node = self.value()
        while self.next.text in ("*", "/"):
            node = Operation(self.take().text, node, self.value())
        return node

    def value(self) -> Node:
        if self.next.kind == "number":
            return self.number(self.take())
        if self.next.kind == "name":
            name = self.take()
            if self.next.text == "(":
                return self.call(name)
            return self.count(name)
        if self.next.text == "(":
            opening = self.take()
            node = self.nested(opening)
            self.close(opening)
            return node
        self.refuse(_("expected a number, a measure or “(”"))

    def number(self, token: Token) -> Number:
        if len(token.text) > MAX_DIGITS:
            raise FormulaError(
                _("a number may have %(limit)d digits at most.") % {"limit": MAX_DIGITS},
                token.column,
            )
        return Number(Decimal(token.text) if "." in token.text else int(token.text))

    def count(self, name: Token) -> Count:
        if name.text in MEASURES:
            return Count(name.text)
        if name.text in FUNCTIONS:
            raise FormulaError(
                _("%(name)s is a function; write %(name)s(a, b).") % {"name": name.text}, name.column
            )
        raise FormulaError(
            _unknown(_("there is no measure “%(name)s”"), name.text, list(MEASURES)), name.column
        )

    def call(self, name: Token) -> Call:
        if name.text not in FUNCTIONS:
            raise FormulaError(
                _unknown(_("there is no function “%(name)s”"), name.text, list(FUNCTIONS)),
                name.column,
            )
        opening = self.take()
        values = [self.nested(opening)]
        while self.took(","):
            values.append(self.nested(opening))
        self.close(opening)
        if len(values) < 2:
            raise FormulaError(_("%(name)s needs two values or more.") % {"name": name.text}, name.column)
        return Call(name.text, tuple(values))

    def nested(self, opening: Token) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError(
                _("more than %(limit)d parentheses within each other.") % {"limit": MAX_DEPTH},
                opening.column,
            )
        node = self.sum()
        self.depth -= 1
        return node

    def close(self, opening: Token) -> None:
        if not self.took(")"):
            self.refuse(_("expected “)” for the “(” at column %(column)d") % {"column": opening.column})

    def refuse(self, expected: str) -> NoReturn:
        found = f"“{self.next.text}”" if self.next.text else _("the end")
        raise FormulaError(
            _("%(expected)s, found %(found)s.") % {"expected": expected, "found": found},
            self.next.column,
        )


def _unknown(complaint: str, name: str, known: list[str]) -> str:
    said = complaint % {"name": name}
    close = get_close_matches(name.lower(), known, n=1)
    if close:
        return _("%(complaint)s; did you mean “%(name)s”?") % {"complaint": said, "name": close[0]}
    return f"{said}."
