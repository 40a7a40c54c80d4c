"""An exact element: what stands in a NumPy array in the place of a float while a function is followed.

An element wraps one kernel term, and its arithmetic builds terms (see `arithmetic`). I1 no float is ever inside. I2 what has
no exact answer stops: a comparison, a truth value, an absolute value, exp, a float that was rounded.

A float that meets an element is exact if it is a short dyadic fraction (1.0, 0.5, -1.5). Any other one was rounded somewhere,
and nobody can say from which number.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from numbers import Integral, Real
from typing import Any, NoReturn

from symbn.code.arithmetic import SHORT, check_written, from_float, minus, number, over, plus, raised, stopped, times, words
from symbn.code.model import StoppedError
from symbn.kernel.term import Num, Term

# NumPy asks an element of an object array for a method of this name.
_NAMES = (
    "exp exp2 expm1 log log2 log10 log1p sin cos tan sinh cosh tanh arcsin arccos arctan arctan2 arcsinh arccosh arctanh cbrt "
    "rint logaddexp hypot fabs isnan isinf isfinite degrees radians deg2rad rad2deg sign erf"
)
_FUNCTIONS = frozenset(_NAMES.split())


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Exact:
    """One exact element. It answers to everything that a float answers to, and stops where it would have to round."""

    term: Term

    @property
    def value(self) -> Fraction | None:
        """The number that it is, if it is one."""
        return self.term.value if isinstance(self.term, Num) else None

    @property
    def shape(self) -> tuple[int, ...]:
        return ()

    @property
    def ndim(self) -> int:
        return 0

    @property
    def size(self) -> int:
        return 1

    @property
    def T(self) -> Exact:  # noqa: N802  (NumPy's name)
        return self

    def item(self) -> Exact:
        return self

    def copy(self) -> Exact:
        return self

    def __add__(self, other: object) -> Exact:
        return _with(self, other, plus)

    def __radd__(self, other: object) -> Exact:
        return _with(self, other, lambda a, b: plus(b, a))

    def __sub__(self, other: object) -> Exact:
        return _with(self, other, minus)

    def __rsub__(self, other: object) -> Exact:
        return _with(self, other, lambda a, b: minus(b, a))

    def __mul__(self, other: object) -> Exact:
        return _with(self, other, times)

    def __rmul__(self, other: object) -> Exact:
        return _with(self, other, lambda a, b: times(b, a))

    def __truediv__(self, other: object) -> Exact:
        return _with(self, other, over)

    def __rtruediv__(self, other: object) -> Exact:
        return _with(self, other, lambda a, b: over(b, a))

    def __pow__(self, other: object) -> Exact:
        return _with(self, other, _to_the)

    def __rpow__(self, other: object) -> Exact:
        return _with(self, other, lambda a, b: _to_the(b, a))

    def __neg__(self) -> Exact:
        return Exact(times(number(-1), self.term))

    def __pos__(self) -> Exact:
        return self

    def sqrt(self) -> Exact:
        return Exact(raised(self.term, Fraction(1, 2)))

    def square(self) -> Exact:
        return Exact(times(self.term, self.term))

    def conjugate(self) -> Exact:
        return self

    @property
    def real(self) -> Exact:
        return self

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        if name in _FUNCTIONS:
            return partial(_refuse, name)
        raise AttributeError(f"an exact element has no attribute {name!r}")

    def __eq__(self, other: object) -> bool:
        right = lifted(other)
        if right is not None and right.term is self.term:
            return True
        return _compared(self, right, operator.eq, "==")

    def __ne__(self, other: object) -> bool:
        same = self.__eq__(other)
        return same if same is NotImplemented else not same

    def __hash__(self) -> int:
        return hash(id(self.term)) if self.value is None else hash(self.value)

    def __lt__(self, other: object) -> bool:
        return _compared(self, lifted(other), operator.lt, "<")

    def __le__(self, other: object) -> bool:
        return _compared(self, lifted(other), operator.le, "<=")

    def __gt__(self, other: object) -> bool:
        return _compared(self, lifted(other), operator.gt, ">")

    def __ge__(self, other: object) -> bool:
        return _compared(self, lifted(other), operator.ge, ">=")

    def __floordiv__(self, other: object) -> Exact:
        return _with(self, other, lambda a, b: number(_known(a, "//") // _divisor(b, "//")))

    def __rfloordiv__(self, other: object) -> Exact:
        return _with(self, other, lambda a, b: number(_known(b, "//") // _divisor(a, "//")))

    def __mod__(self, other: object) -> Exact:
        return _with(self, other, lambda a, b: number(_known(a, "%") % _divisor(b, "%")))

    def __rmod__(self, other: object) -> Exact:
        return _with(self, other, lambda a, b: number(_known(b, "%") % _divisor(a, "%")))

    def __abs__(self) -> Exact:
        return Exact(number(abs(_known(self.term, "abs()"))))

    def __bool__(self) -> bool:
        return _known(self.term, "bool()") != 0

    def __int__(self) -> int:
        return int(_known(self.term, "int()"))

    __trunc__ = __int__

    def __floor__(self) -> int:
        return math.floor(_known(self.term, "floor()"))

    def __ceil__(self) -> int:
        return math.ceil(_known(self.term, "ceil()"))

    def __round__(self, digits: int | None = None) -> int | Exact:
        value = _known(self.term, "round()")
        return round(value) if digits is None else Exact(number(round(value, digits)))

    def __float__(self) -> float:
        """Return the float that is exactly this number. Raises: StoppedError where one would have to be rounded."""
        value = _known(self.term, "float()")
        if abs(value.numerator) < SHORT and value.denominator < SHORT and value.denominator & (value.denominator - 1) == 0:
            return float(value)
        raise stopped(f"{value} is asked for as a float, which would be rounded: leave it a number of the code")

    def __copy__(self) -> Exact:
        return self

    def __deepcopy__(self, memo: object) -> Exact:
        return self

    def __format__(self, how: str) -> str:
        return repr(self)  # `f"{loss:.2f}"` prints what there is

    def __repr__(self) -> str:
        return f"Exact({words(self.term)})"


def lifted(value: Any) -> Exact | None:
    """Return the element that a number stands for; None if it is no number. Raises: StoppedError for a rounded float."""
    if isinstance(value, Exact):
        return value
    if isinstance(value, Integral):
        return Exact(number(int(value)))
    if isinstance(value, Fraction):
        return Exact(number(value))
    return Exact(number(from_float(float(value)))) if isinstance(value, Real) else None


def quotient(left: Any, right: Any) -> Any:
    """Return left / right, which stays exact when both are whole numbers."""
    if isinstance(left, Real | Exact) and isinstance(right, Real | Exact):
        return lifted(left) / lifted(right)  # type: ignore[operator]  # both are numbers
    return left / right


def to_the(base: Any, exponent: Any) -> Any:
    """Return base ** exponent, which stays exact when both are numbers; a whole number stays one where it does in Python."""
    if isinstance(base, Real | Exact) and isinstance(exponent, Real | Exact):
        result = lifted(base) ** lifted(exponent)  # type: ignore[operator]  # both are numbers
        whole = isinstance(base, Integral) and isinstance(exponent, Integral) and int(exponent) >= 0
        return int(result) if whole else result
    return base**exponent


def _with(left: Exact, other: object, operation: Callable[[Term, Term], Term]) -> Exact:
    right = lifted(other)
    return NotImplemented if right is None else Exact(operation(left.term, right.term))


def _to_the(base: Term, exponent: Term) -> Term:
    if not isinstance(exponent, Num):
        raise stopped(f"the exponent {words(exponent)} is no number: only rational numbers are exact exponents")
    return raised(base, exponent.value)


def _known(term: Term, asked: str) -> Fraction:
    if not isinstance(term, Num):
        check_written(term)
        raise stopped(
            f"`{asked}` is asked of {words(term)}, which has no value here: the inputs are symbols. "
            "Check the function that computes the gradient, without branches on its data"
        )
    return term.value


def _divisor(term: Term, asked: str) -> Fraction:
    value = _known(term, asked)
    if value == 0:
        raise StoppedError("raised", "division by zero")
    return value


def _compared(left: Exact, right: Exact | None, operation: Callable[[Fraction, Fraction], bool], sign: str) -> bool:
    if right is None:
        return NotImplemented  # type: ignore[no-any-return]  # as Python asks of an operator
    return bool(operation(_known(left.term, sign), _known(right.term, sign)))


def _refuse(name: str, *arguments: object) -> NoReturn:
    raise stopped(f"{name} has no exact value: only +, -, *, /, powers with rational exponents and square roots are exact")
