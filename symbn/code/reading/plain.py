"""Python's own numbers, texts and containers: arithmetic and comparison, exact and bounded."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from symbn.code.model import StoppedError
from symbn.code.reading.values import Builtin, Function, Library, Method, described, outside, raised
from symbn.kernel.evaluate import Irrational, exact_power

MOST_BITS, MOST_ENTRIES = 4096, 10_000

OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**", ast.MatMult: "@",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in", ast.NotIn: "not in",
    ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip

Root = Callable[[Fraction, Fraction], object]
Comparison = Callable[[str, object, object], bool]


def literal(value: object) -> object:
    """Return a constant of the source. Raises: StoppedError for one that has no exact value."""
    match value:
        case float():
            if value != value or abs(value) == float("inf"):
                raise StoppedError("inexact", f"{value} is no number")
            return Fraction(repr(value))
        case None | bool() | int() | str():
            return sized(value) if isinstance(value, int) and not isinstance(value, bool) else value
        case _ if value is ...:
            return ...
        case _:
            raise outside(f"the constant {str(value)[:40]}")


def short_dyadic(value: Fraction) -> bool:
    """Tell whether a float is so plain that nobody needs to be told how it was read: 0.5, -1.5, 2.0."""
    below = value.denominator
    return below & (below - 1) == 0 and below < 2**20 and abs(value.numerator) < 2**20


def sized(value: int | Fraction) -> int | Fraction:
    top, bottom = value.numerator, value.denominator
    if max(top.bit_length(), bottom.bit_length()) > MOST_BITS:
        raise StoppedError("limit", "a number becomes too long")
    return value


def is_number(value: object) -> bool:
    return isinstance(value, int | Fraction)


def formats_numbers(spec: ast.expr) -> bool:
    """Tell whether what stands after the colon in an f-string suits any number, so that nothing can go wrong."""
    match spec:
        case ast.JoinedStr(values=[ast.Constant(value=str(text))]):
            return re.fullmatch(r"[<>^]?\d{0,3}(\.\d{1,3})?[eEfFgG]", text) is not None
        case _:
            return False


def binary(operator: str, left: object, right: object, root: Root) -> object:
    """Return `left operator right`. Raises: StoppedError, also for kinds of values that Python would not combine."""
    match left, right:
        case (int() | Fraction(), int() | Fraction()):
            a, b = (int(v) if isinstance(v, bool) else v for v in (left, right))
            return numbers(operator, a, b, root)
        case (str(), _) if operator == "%":
            raise outside("a text made with %")
        case (str(), str()) if operator == "+":
            return bounded(len(left) + len(right), lambda: left + right)
        case (list(), list()) if operator == "+":
            return bounded(len(left) + len(right), lambda: left + right)
        case (tuple(), tuple()) if operator == "+":
            return bounded(len(left) + len(right), lambda: left + right)
        case (str() | list() | tuple(), int()) if operator == "*":
            return bounded(len(left) * right, lambda: left * right)
        case (int(), str() | list() | tuple()) if operator == "*":
            return bounded(left * len(right), lambda: left * right)
        case _:
            raise outside(f"{described(left)} {operator} {described(right)}")


def truth(value: object) -> bool:
    """Return bool(value) for Python's own values."""
    if value is None or isinstance(value, int | Fraction | str | tuple | list | dict):
        return bool(value)
    if isinstance(value, Function | Library | Builtin | Method):
        return True
    raise outside(f"a test of {described(value)}")


def bounded(length: int, make: Callable[[], object]) -> object:
    if length > MOST_ENTRIES:
        raise StoppedError("limit", f"a container of {length} entries")
    return make()


def numbers(operator: str, a: int | Fraction, b: int | Fraction, root: Root) -> object:
    whole = isinstance(a, int) and isinstance(b, int)
    match operator:
        case "+" | "-":
            result = a + b if operator == "+" else a - b
        case "*":
            result = a * b
        case "/":
            if b == 0:
                raise raised("ZeroDivisionError: division by zero")
            return sized(Fraction(a) / b)
        case "//" | "%" if isinstance(a, int) and isinstance(b, int):
            if b == 0:
                raise raised("ZeroDivisionError: integer division or modulo by zero")
            return a // b if operator == "//" else a % b
        case "**":
            return power(a, b, root)
        case _:
            raise outside(f"{operator} between numbers")
    # Fraction(1, 2) + Fraction(1, 2) is a whole number and yet a float of the code, as Fraction stays Fraction.
    return sized(result) if whole else sized(Fraction(result))


def power(a: int | Fraction, b: int | Fraction, root: Root) -> object:
    """Return a ** b. An int raised to a negative int is a float, as in Python."""
    whole = isinstance(a, int) and isinstance(b, int) and b >= 0
    if a == 0 and b < 0:
        raise raised("ZeroDivisionError: 0.0 cannot be raised to a negative power")
    if a < 0 and Fraction(b).denominator != 1:
        raise StoppedError("inexact", "a root of a negative number")
    try:
        value = exact_power(Fraction(a), Fraction(b))
    except Irrational as error:
        if Fraction(b).denominator == 1 or abs(Fraction(b)) > MOST_BITS:
            raise StoppedError("limit", "a number becomes too long") from error
        return root(Fraction(a), Fraction(b))
    return int(value) if whole else value


def key_of(value: object) -> object:
    """Return a value that can be a key of a dict, as it is."""
    if value is None or isinstance(value, int | str | Fraction):
        return value
    if isinstance(value, tuple) and not any(isinstance(each, tuple) for each in value):
        return tuple(key_of(each) for each in value)
    raise outside(f"{described(value)} as a key")


def compare(operator: str, left: object, right: object, deeper: Comparison) -> bool:
    """Return `left operator right` for Python's own values; what is inside containers goes to `deeper`."""
    match operator, left, right:
        case "in" | "not in", _, _:
            return contains(left, right, deeper) == (operator == "in")
        case _, int() | Fraction(), int() | Fraction():
            order = (Fraction(left) > right) - (Fraction(left) < right)
        case _, str(), str():
            order = (left > right) - (left < right)
        case "==" | "!=", tuple() | list(), tuple() | list():
            same = type(left) is type(right) and len(left) == len(right)
            equal = same and all(deeper("==", a, b) for a, b in zip(left, right, strict=True))
            return equal == (operator == "==")
        case (
            "==" | "!=",
            None | int() | Fraction() | str() | tuple() | list(),
            None | int() | Fraction() | str() | tuple() | list(),
        ):
            return (operator == "==") == (left is None and right is None)
        case _:
            raise outside(f"{described(left)} {operator} {described(right)}")
    return {"==": order == 0, "!=": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator]


def contains(value: object, container: object, deeper: Comparison) -> bool:
    match container:
        case Mapping():
            return key_of(value) in container
        case tuple() | list():
            return any(deeper("==", value, each) for each in container)
        case str() if isinstance(value, str):
            return value in container
        case _:
            raise outside(f"a test whether something is in {described(container)}")
