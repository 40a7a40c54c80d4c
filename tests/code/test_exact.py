"""Exact elements: arithmetic that builds terms, and a clear stop wherever a float would have to be rounded."""

from __future__ import annotations

import copy
import math
import operator
import random
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from symbn.code.arithmetic import UNWRITTEN, number
from symbn.code.exact import Exact, lifted, quotient, to_the
from symbn.code.model import StoppedError
from symbn.kernel.evaluate import Point, evaluate
from symbn.kernel.term import ONE, ZERO, Add, Mul, Num, Power, Term, Var, num, subterms

X, Y, EPS = Exact(Var("x")), Exact(Var("y")), Exact(Var("eps"))
AT = Point(1, {"x": F(3), "y": F(-2, 5), "eps": F(4)})


def exact(value: object) -> Exact:
    element = lifted(value)
    assert element is not None
    return element


def value(element: Any) -> F:
    return evaluate(exact(element).term, AT)


@pytest.mark.parametrize(
    ("element", "term"),
    [
        (X + 0, Var("x")), (0 + X, Var("x")), (X * 1, Var("x")), (1 * X, Var("x")), (X * 0, ZERO), (0 * X, ZERO), (X - X, ZERO),
        (X - 0, Var("x")), (X**1, Var("x")), (X**0, ONE), (X / 1, Var("x")), (0 / X, ZERO), (X * -1 * -1, Var("x")),
        (X + X, Mul((num(2), Var("x")))), (X * X, Power(Var("x"), F(2))), (X + 1 + 2, Add((num(3), Var("x")))),
        (2 * X * 3, Mul((num(6), Var("x")))), (X + Y + EPS, Add((Var("x"), Var("y"), Var("eps")))),
        (1 / X.sqrt(), Power(Var("x"), F(-1, 2))), (exact(8) ** F(1, 3), num(2)), (exact(4).sqrt(), num(2)),
        (exact(2).sqrt(), Power(num(2), F(1, 2))), (X**-0.5, Power(Var("x"), F(-1, 2))), (X.square(), Power(Var("x"), F(2))),
    ],
)  # fmt: skip
def test_what_costs_nothing_is_simplified(element: Exact, term: Term) -> None:
    assert element.term == term


def test_arithmetic_means_what_python_means() -> None:
    rng = random.Random(7)
    operations: list[Callable[[Any, Any], Any]] = [operator.add, operator.sub, operator.mul, operator.truediv]
    for _ in range(300):
        elements: list[Exact] = [X, Y, EPS, *(exact(F(rng.randint(-9, 9), rng.randint(1, 9))) for _ in range(3))]
        values = [value(element) for element in elements]
        for _ in range(12):
            first, second = rng.randrange(len(elements)), rng.randrange(len(elements))
            operation = rng.choice(operations)
            if rng.random() < 0.2:
                power = rng.choice([2, 3, -1, -2, 0])
                if values[first] != 0 and elements[first].term != ZERO:
                    elements.append(elements[first] ** power)
                    values.append(values[first] ** power)
            elif operation is not operator.truediv or (values[second] != 0 and elements[second].term != ZERO):
                elements.append(operation(elements[first], elements[second]))
                values.append(operation(values[first], values[second]))
            if max(abs(values[-1].numerator), values[-1].denominator) > 10**60:
                break
        assert [value(element) for element in elements] == values


@pytest.mark.parametrize("other", [2, F(2), 2.0, np.int64(2), np.float64(2), np.float32(2), np.int8(2), exact(2)])
def test_every_kind_of_number_may_meet_an_element_on_either_side(other: Any) -> None:
    results = [X + other, other + X, X - other, other - X, X * other, other * X, X / other, other / X, X**other]
    assert all(type(result) is Exact for result in results)
    assert [value(result) for result in results] == [5, 5, 1, -1, 6, 6, F(3, 2), F(2, 3), 9]


@pytest.mark.parametrize("other", [1.0, 0.5, -1.5, 2.0, 0.25, 1000.0, -0.0])
def test_a_short_dyadic_float_is_exact(other: float) -> None:
    assert value(X + other) == 3 + F(other)


@pytest.mark.parametrize("other", [0.1, 1e-5, 1 / 3, 1e7, 2.0**-21, math.inf, math.nan, np.float32(0.1), np.float64(1e-8)])
def test_a_rounded_float_is_refused(other: float) -> None:
    for operation in (operator.add, operator.mul, operator.truediv, operator.pow, operator.eq, operator.lt):
        with pytest.raises(StoppedError, match="computed in floating point") as caught:
            operation(X, other)
        assert caught.value.kind == "inexact"


@pytest.mark.parametrize(
    ("asking", "named"),
    [
        (lambda: X > 0, ">"),
        (lambda: X <= Y, "<="),
        (lambda: X == Y, "=="),
        (lambda: X != Y, "=="),
        (lambda: bool(X), "bool"),
        (lambda: float(X), "float"),
        (lambda: int(X), "int"),
        (lambda: abs(X), "abs"),
        (lambda: max(X, 0), "<"),
        (lambda: round(X), "round"),
        (lambda: math.floor(X), "floor"),
        (lambda: X // 2, "//"),
        (lambda: X % 2, "%"),
        (lambda: 2**X, "exponent"),
        (lambda: X**Y, "exponent"),
        (lambda: sorted([X, Y]), "<"),
        (lambda: np.exp(np.array([X])), "exp"),
        (lambda: np.log(np.array([X])), "log"),
        (lambda: np.tanh(np.array([X])), "tanh"),
        (lambda: np.maximum(np.array([X]), 0), ">="),
        (lambda: np.array([X]) > 0, ">"),
        (lambda: np.abs(np.array([X])), "abs"),
        (lambda: float(exact(F(1, 3))), "rounded"),
        (lambda: exact(-1).sqrt(), "root of a negative"),
    ],
)
def test_what_has_no_exact_answer_stops_and_names_what_was_asked(asking: Callable[[], object], named: str) -> None:
    with pytest.raises(StoppedError) as caught:
        asking()
    assert caught.value.kind == "inexact"
    assert named in caught.value.reason


@pytest.mark.parametrize("dividing", [lambda: X / 0, lambda: exact(0) ** -1, lambda: 1 / (X - X), lambda: exact(1) // 0])
def test_a_division_by_an_exact_zero_is_an_error_of_the_code(dividing: Callable[[], object]) -> None:
    with pytest.raises(StoppedError, match="division by zero") as caught:
        dividing()
    assert caught.value.kind == "raised"


def test_numbers_compare_and_convert() -> None:
    half = exact(F(1, 2))
    assert half == 0.5
    assert half != 1
    assert half < 1 <= exact(1)
    assert half
    assert not exact(0)
    assert (int(exact(F(7, 2))), math.floor(exact(F(-1, 2))), math.ceil(half)) == (3, -1, 1)
    assert round(exact(F(5, 3)), 1) == F(17, 10)
    assert float(half) == 0.5
    assert abs(exact(-2)) == 2
    assert exact(7) % 4 == 3
    assert 7 // exact(2) == 3


def test_an_element_equals_itself_and_no_other_kind_of_thing() -> None:
    assert X == X
    assert (X == None, X == "x", X != None) == (False, False, True)  # noqa: E711
    assert len({X, Exact(X.term), Y}) == 2
    assert hash(exact(F(1, 2))) == hash(F(1, 2))
    assert copy.deepcopy(X) is X


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (quotient(1, 3), F(1, 3)), (quotient(6, 2), 3), (quotient(1.0, 4), F(1, 4)), (quotient(np.int64(1), 3), F(1, 3)),
        (to_the(3, -1), F(1, 3)), (to_the(2, 3), 8), (to_the(4, 0.5), 2), (to_the(F(1, 4), F(-1, 2)), 2),
    ],
)  # fmt: skip
def test_division_and_powers_of_numbers_stay_exact(result: Any, expected: F) -> None:
    assert result == expected
    assert not isinstance(result, float)


def test_a_whole_power_of_whole_numbers_may_still_be_an_index() -> None:
    assert range(to_the(2, 3)) == range(8)


@pytest.mark.parametrize("growing", [lambda: exact(10) ** 10**9, lambda: to_the(2, 10**9), lambda: exact(2 ** (10**4))])
def test_an_absurdly_long_number_stops_early(growing: Callable[[], object]) -> None:
    with pytest.raises(StoppedError) as caught:
        growing()
    assert caught.value.kind == "limit"


def test_shared_subterms_stay_shared() -> None:
    mean = (X + Y) / 2
    squares = sum(((element - mean) ** 2 for element in (X, Y)), exact(0))
    result = 1 / (squares / 2 + EPS).sqrt() * squares + mean
    assert sum(node is mean.term for node in subterms(result.term)) == 1
    doubled = X + Y * EPS
    for _ in range(60):
        doubled = doubled * doubled + doubled  # written out, this has 2^60 parts
    assert len(list(subterms(doubled.term))) < 400


def test_a_long_sum_is_neither_deep_nor_quadratic() -> None:
    total = exact(0)
    for place in range(5000):
        total = total + Exact(Var(f"x{place}"))
    depth, term = 0, total.term
    while isinstance(term, Add):
        depth, term = depth + 1, term.terms[0]
    assert depth < 40


def test_an_entry_that_was_never_written_cannot_be_used() -> None:
    hole = Exact(UNWRITTEN)
    for using in (lambda: hole + 1, lambda: 0 * hole, lambda: hole - hole, lambda: hole**0, lambda: 1 / hole, lambda: hole > 0):
        with pytest.raises(StoppedError, match=r"np\.empty"):
            using()


def test_no_float_is_ever_inside() -> None:
    result = (X * 0.5 + 1.5) ** 2.0 / 0.25
    numbers = [node.value for node in subterms(result.term) if isinstance(node, Num)]
    assert numbers
    assert all(type(found) is F for found in numbers)
    assert number(2) == num(2)
