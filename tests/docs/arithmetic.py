"""Tables that reckon: inputs with a value, and rows whose cells follow from a formula."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
#: What a cell is divided by before it is shown, by the first word of its unit.
UNITS = {"million": 1e6, "MB": 1e6, "GB": 1e9, "TB": 1e12}


def rows(section: str) -> list[list[str]]:
    """The cells of a table's rows, without its two head lines."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def number(cell: str) -> float:
    """A number as the page writes it: 1,400,000,000."""
    return float(cell.replace(",", ""))


def value(formula: str, known: Mapping[str, float]) -> float:
    """A sum of names and numbers. Raises KeyError on a name that is not known."""

    def of(node: ast.expr) -> float:
        match node:
            case ast.Name(id=name):
                return known[name]
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return OPERATORS[type(op)](of(left), of(right))
        raise ValueError(f"not a sum: {formula}")

    return of(ast.parse(formula, mode="eval").body)


def shown(amount: float, unit: str) -> str:
    """Three digits that count, in the unit: 1,230 or 12.3 or 0.0123."""
    amount /= UNITS.get(re.split(r"\W", unit)[0], 1)
    places = 2 - math.floor(math.log10(abs(amount))) if amount else 0
    rounded = round(amount, places)
    return f"{rounded:,.{max(places, 0)}f}"
