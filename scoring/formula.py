"""Formulas of criteria: written over measures, checked once, then evaluated fast on counts."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from types import CodeType, FunctionType

from scoring.formula_parser import Call, Count, FormulaError, Node, Number, Operation, tree_of
from scoring.formula_reading import reading

__all__ = ["Formula", "FormulaError", "parse"]

Figure = int | Decimal
Evaluation = Callable[[Mapping[str, int]], Decimal]


class Formula:
    """A checked formula: its ``text``, and in ``names`` the measures it uses, each once."""

    __slots__ = ("_tree", "evaluate", "is_whole", "names", "text")

    #: The value for counts by measure. A division by zero inside counts as zero: there was
    #: nothing to share out then, as in a year without declared dossiers. Raises KeyError when the
    #: counts lack a measure of ``names``. An attribute, since a method's extra call would be felt
    #: in the millions of evaluations of a full recount.
    evaluate: Evaluation
    #: Whether whole counts always give a whole value: no division and no fraction in the text.
    is_whole: bool

    def __init__(self, text: str) -> None:
        """Raises FormulaError, saying what and at which column, for a text that is no formula."""
        self._tree = tree_of(text)
        nodes = list(_nodes(self._tree))
        self.text = text
        self.names = tuple(dict.fromkeys(node.measure for node in nodes if isinstance(node, Count)))
        self.is_whole = not any(
            (isinstance(node, Operation) and node.sign == "/")
            or (isinstance(node, Number) and isinstance(node.value, Decimal))
            for node in nodes
        )
        self.evaluate = _compiled(self._tree)

    def reading(self, language: str) -> str:
        """The formula in plain words of ``language`` ("vi", "en"), with the measures' labels."""
        return reading(self._tree, language)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and other._tree == self._tree

    def __hash__(self) -> int:
        return hash(self._tree)

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"


@lru_cache(maxsize=1000)
def parse(text: str) -> Formula:
    """The formula written in ``text``; raises FormulaError (a ValueError) saying what and where."""
    return Formula(text)


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Operation):
        yield from _nodes(node.left)
        yield from _nodes(node.right)
    elif isinstance(node, Call):
        for value in node.values:
            yield from _nodes(value)


def _share(part: Figure, whole: Figure) -> Figure:
    return Decimal(part) / whole if whole else 0


def _compiled(tree: Node) -> Evaluation:
    # Built from our own tree, so nothing of the text itself ever reaches the compiler.
    fractions: dict[str, Decimal] = {}
    # Whole numbers stay ints, exact and fast, up to a division or the end.
    value = _call("Decimal", [_python(tree, fractions)])
    counts = ast.arguments([], [ast.arg("counts")], None, [], [], None, [])
    program = ast.fix_missing_locations(ast.Expression(ast.Lambda(counts, value)))
    code = compile(program, "<formula>", "eval")
    function = next(constant for constant in code.co_consts if isinstance(constant, CodeType))
    known = {"__builtins__": {}, "Decimal": Decimal, "max": max, "min": min, "share": _share}
    return FunctionType(function, {**known, **fractions})


_SIGNS: dict[str, ast.operator] = {"+": ast.Add(), "-": ast.Sub(), "*": ast.Mult()}


def _python(node: Node, fractions: dict[str, Decimal]) -> ast.expr:
    match node:
        case Number(int() as value):
            return ast.Constant(value)
        case Number(value):
            name = f"fraction{len(fractions)}"
            fractions[name] = Decimal(value)
            return _name(name)
        case Count(measure):
            return ast.Subscript(_name("counts"), ast.Constant(measure), ast.Load())
        case Operation("/", left, right):
            return _call("share", [_python(left, fractions), _python(right, fractions)])
        case Operation(sign, left, right):
            return ast.BinOp(_python(left, fractions), _SIGNS[sign], _python(right, fractions))
        case Call("first", values):
            return ast.BoolOp(ast.Or(), [_python(value, fractions) for value in values])
        case Call(function, values):
            return _call(function, [_python(value, fractions) for value in values])


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _call(function: str, values: list[ast.expr]) -> ast.Call:
    return ast.Call(_name(function), values, [])
