"""A formula told in plain words, for those who read a score and not code."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from scoring.formula_parser import Call, Count, Node, Number, Operation
from scoring.measures import MEASURES

_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}


def reading(tree: Node, language: str) -> str:
    """The tree in words of ``language``: "dossiers received + the larger of (…; …)"."""
    with override(language):
        return _told(tree)


def _told(node: Node) -> str:
    match node:
        case Number(value):
            return number_format(value) if isinstance(value, Decimal) else str(value)
        case Count(measure):
            return str(MEASURES[measure].label)
        case Operation(sign, left, right):
            return f"{_part(left, sign)} {_SIGNS[sign]} {_part(right, sign, on_the_right=True)}"
        case Call("first", (preferred, *others)):
            told = _told(preferred)
            for other in others:
                told = _("%(preferred)s (or, if none, %(other)s)") % {
                    "preferred": told,
                    "other": _told(other),
                }
            return told
        case Call(function, values):
            told = "; ".join(_told(value) for value in values)
            if function == "max":
                return _("the largest of [%(values)s]") % {"values": told}
            return _("the smallest of [%(values)s]") % {"values": told}


def _part(node: Node, sign: str, *, on_the_right: bool = False) -> str:
    """One side of an operation, in parentheses where leaving them out would change the sense."""
    told = _told(node)
    if not isinstance(node, Operation):
        return told
    binds_looser = sign in "*/" and node.sign in "+-"
    order_matters = on_the_right and sign in "-/" and (node.sign in "+-") == (sign in "+-")
    return f"({told})" if binds_looser or order_matters else told
