"""How a test compares two gradients, read from its source: which ones, and within which tolerance."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from symbn.doctor.evaluating import evaluate, keyword, name_of
from symbn.doctor.setting import Tolerance
from symbn.doctor.values import Names, number

# rtol, atol of each function when it is given none.
_CLOSE = {
    "allclose": (1e-5, 1e-8), "isclose": (1e-5, 1e-8), "assert_allclose": (1e-7, 0.0), "assert_close": (1e-7, 1e-7),
    "assertAllClose": (1e-6, 1e-6),
}  # fmt: skip
_DECIMALS = {"assert_array_almost_equal": 6, "assert_almost_equal": 7, "assertAlmostEqual": 7}
_ROLES = {"x": "dx", "input": "dx", "inputs": "dx", "gamma": "dgamma", "weight": "dgamma", "w": "dgamma", "beta": "dbeta",
          "bias": "dbeta", "b": "dbeta"}  # fmt: skip
_WORDS = "num|numeric|numerical|analytic|ref|expected|my|torch|auto|alt|true|grad"
_OF = re.compile(rf"(?:(?:{_WORDS})_)*(?:d_?|grad_)(?P<role>[a-z]+?)(?:_?(?:\d+|{_WORDS}))*")
_GRAD = re.compile(r"(?:\w+\.)*(?P<role>[a-z]+)(?:\.grad|_grad)(?:\.\w+)*")
_FLOOR = 1e-8


@dataclass(frozen=True, slots=True)
class Comparing:
    """One comparison: its line; gradient: which one, if that can be told; tolerance: None where a person reads the error."""

    line: int
    gradient: str | None
    tolerance: Tolerance | None


def comparisons(body: list[ast.stmt], names: Names) -> Iterator[Comparing]:
    """Yield the comparisons of a test, in order."""
    inside: set[int] = set()
    for node in (inner for statement in body for inner in ast.walk(statement)):
        if id(node) in inside:
            continue
        found = _comparing(node, names)
        if found is not None:
            inside.update(id(inner) for inner in ast.walk(node))
            yield found


def _comparing(node: ast.AST, names: Names) -> Comparing | None:
    match node:
        case ast.Compare(left=left, ops=[ast.Lt() | ast.LtE()], comparators=[limit]):
            bound = number(evaluate(limit, names, lambda call: False))
            kind = _kind_of_error(left, names)
            if bound is None or kind is None:
                return None
            floor = 0.0 if kind == "norm" else _FLOOR
            tolerance = Tolerance("allclose", 0.0, bound) if kind == "absolute" else Tolerance(kind, bound, floor)  # type: ignore[arg-type]
            return Comparing(node.lineno, _gradient(left, names), tolerance)
        case ast.Call() if name_of(node.func) in _CLOSE:
            rtol, atol = _CLOSE[name_of(node.func)]
            given = [number(evaluate(keyword(node, name), names, lambda call: False)) for name in ("rtol", "atol")]
            places = [number(evaluate(argument, names, lambda call: False)) for argument in node.args[2:4]]
            for at, value in enumerate(places):
                given[at] = value if given[at] is None else given[at]
            tolerance = Tolerance("allclose", rtol if given[0] is None else given[0], atol if given[1] is None else given[1])
            return Comparing(node.lineno, _gradient_of(node.args[:2]), tolerance)
        case ast.Call() if name_of(node.func) in _DECIMALS:
            said = keyword(node, "decimal", "places") or (node.args[2] if len(node.args) > 2 else None)
            decimal = number(evaluate(said, names, lambda call: False))
            size = _DECIMALS[name_of(node.func)] if decimal is None else decimal
            return Comparing(
                node.lineno, _gradient_of(node.args[:2]), Tolerance("allclose", 0.0, 1.5 * 10.0 ** -min(size, 300))
            )
        case ast.Call() if _is_relative_error(node.func):
            return Comparing(node.lineno, _gradient_of(node.args[:2]), None)
        case _:
            return None


def _is_relative_error(function: ast.expr) -> bool:
    return "rel" in name_of(function).lower() and "err" in name_of(function).lower()


def _kind_of_error(left: ast.expr, names: Names) -> str | None:
    """Return what is compared with a limit: an error relative entry by entry, by norms, or an absolute one."""
    calls = [name_of(node.func) for node in ast.walk(left) if isinstance(node, ast.Call)]
    if any(isinstance(node, ast.Call) and _is_relative_error(node.func) for node in ast.walk(left)):
        return "relative"
    divided = isinstance(left, ast.BinOp) and isinstance(left.op, ast.Div)
    if "norm" in calls:
        return "norm" if divided else None
    if "abs" in calls and not divided:
        return (
            "absolute" if any(isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) for node in ast.walk(left)) else None
        )
    return None


def _gradient(left: ast.expr, names: Names) -> str | None:
    call = next((n for n in ast.walk(left) if isinstance(n, ast.Call) and _is_relative_error(n.func)), None)
    return _gradient_of(call.args[:2] if call is not None else [left])


def _gradient_of(arguments: list[ast.expr]) -> str | None:
    """Return the gradient that the names of what is compared speak of, if they speak of one."""
    words = [
        ast.unparse(node) for argument in arguments for node in ast.walk(argument) if isinstance(node, ast.Name | ast.Attribute)
    ]
    found = {gradient for word in words if (gradient := gradient_named(word)) is not None}
    return found.pop() if len(found) == 1 else None


def gradient_named(word: str) -> str | None:
    """Return the gradient that a name stands for: dx, dx_num, x.grad, grad_gamma."""
    match = _OF.fullmatch(word.lower()) or _GRAD.fullmatch(word.lower())
    return None if match is None else _ROLES.get(match["role"])
