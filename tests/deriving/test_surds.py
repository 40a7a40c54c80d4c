"""a + b sqrt(r): exact, so that nothing cancels to rubbish and zero is zero."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from symbn.deriving.answers import ANSWERS
from symbn.deriving.example import Example, numbers
from symbn.deriving.surds import Surd
from symbn.errors import UsageError
from symbn.kernel.evaluate import Undefined
from symbn.publishing.layout import Layout
from symbn.publishing.text import as_text


def test_arithmetic_is_that_of_the_field() -> None:
    value, other = Surd(F(1), F(2), F(3)), Surd(F(-1, 2), F(1, 3), F(3))
    assert value * value.inverse() == Surd(F(1), F(0), F(3))
    assert (value + other) * other == value * other + other * other
    with pytest.raises(Undefined):
        Surd(F(0), F(0), F(3)).inverse()


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        (Surd(F(0), F(1), F(2)), "1.41421"),
        (Surd(F(7), F(-5), F(2)), "-0.0710678"),
        # 10^30 sqrt(2) less its whole part: 30 digits cancel.
        (Surd(F(-1414213562373095048801688724209), F(10**30), F(2)), "0.698079"),
    ],
)
def test_digits_are_right_where_the_parts_nearly_cancel(value: Surd, digits: str) -> None:
    assert value.digits() == digits


def text_of(x: str, g: str, eps: str, gamma: str = "1") -> str:
    (small,), (scale,) = numbers(eps, "--eps"), numbers(gamma, "--gamma")
    return as_text(ANSWERS["triangle"][0](Example(numbers(x, "--x"), numbers(g, "--g"), scale, F(0), small)), Layout())


def test_a_small_gradient_is_no_rounding_error() -> None:
    assert "≈ 5.00000e−13" in text_of("0,2", "1,0", "0.000000000001")
    assert "≈ 6.37729e−51" in text_of("123456789123456789,2", "1,0", "3")
    assert "e−16" not in text_of("2,2,2", "1,2,3", "3")


@pytest.mark.parametrize(("x", "g", "gamma"), [("5", "2", "1"), ("0,2", "1,1", "1"), ("0,2", "1,0", "0")])
def test_a_gradient_that_vanishes_is_not_said_to_live(x: str, g: str, gamma: str) -> None:
    found = text_of(x, g, "3", gamma)
    assert "does not vanish" not in found
    assert "the gradient is zero" in " ".join(found.split()).lower()


def test_numbers_are_read_as_people_write_them() -> None:
    assert numbers("1e-5", "--eps") == (F(1, 100000),)
    assert numbers("0, 1/2,-.5e0".replace("-.", "-0."), "--x") == (F(0), F(1, 2), F(-1, 2))
    for wrong in ("", "1,,2", "1e999", "x", "1/0", "--1"):
        with pytest.raises(UsageError):
            numbers(wrong, "--x")
