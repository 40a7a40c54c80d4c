"""Arrays at chosen shapes: NumPy's own, of exact elements. NumPy does the work, called by the names of a table; nothing that
stands in the user's file is ever executed."""

from __future__ import annotations

import operator as op
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import EllipsisType
from typing import Any

from symbn.code.arrays import FloatType, MAX_ENTRIES, capped, exact, from_tensor, to_tensor
from symbn.code.exact import Exact, lifted
from symbn.code.functions import methods, namespace
from symbn.code.model import Array, IndexedTensor, StoppedError
from symbn.code.reading.arguments import INEXACT
from symbn.code.reading.values import Builtin, Library, described, outside, raised
from symbn.kernel.term import Num, power

_BINARY: Mapping[str, Callable[[Any, Any], object]] = {
    "+": op.add, "-": op.sub, "*": op.mul, "/": op.truediv, "//": op.floordiv, "%": op.mod, "**": op.pow, "@": op.matmul,
}  # fmt: skip
_IN_PLACE: Mapping[str, Callable[[Any, Any], object]] = {
    "+": op.iadd, "-": op.isub, "*": op.imul, "/": op.itruediv, "**": op.ipow,
}  # fmt: skip
_COMPARING: Mapping[str, Callable[[Any, Any], object]] = {
    "==": op.eq, "!=": op.ne, "<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge,
}  # fmt: skip
_ATTRIBUTES: Mapping[str, Callable[[Any], object]] = {
    "T": lambda array: array.T, "shape": lambda array: array.shape, "ndim": lambda array: array.ndim,
    "size": lambda array: array.size,
}  # fmt: skip
_TYPES: Mapping[str, type] = {"float": float, "int": int, "bool": bool}
# What goes wrong inside NumPy is what would go wrong in the user's code.
_FAULTS = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, NotImplementedError)


def done(action: Callable[..., object], *arguments: object, **keywords: object) -> object:
    """Return what NumPy gives. Raises: StoppedError in the place of any fault."""
    try:
        return seen(action(*arguments, **keywords))
    except _FAULTS as error:
        raise raised(f"{type(error).__name__}: {error}") from error
    except SystemError as error:
        # Some loops of NumPy's go on after an element has refused, and stumble later.
        raise error.__cause__ if isinstance(error.__cause__, StoppedError) else outside("a product with no value") from error


def seen(value: Any) -> object:
    """Return a result of NumPy's as a value of the interpreter."""
    import numpy as np

    if isinstance(value, tuple | list):
        return type(value)(seen(each) for each in value)
    if isinstance(value, np.bool_):
        return bool(value)
    if value is None or isinstance(value, bool | int | str | Exact | np.integer):
        return value
    if isinstance(value, np.ndarray):
        capped(value.size)
        return value
    raise StoppedError("inexact", f"NumPy gives {type(value).__name__}, which has no exact value")


def handed(value: object) -> Any:
    """Return a value of the interpreter as NumPy is to see it."""
    import numpy as np

    match value:
        case None | bool() | int() | str() | EllipsisType() | Exact() | np.ndarray() | np.integer():
            return value
        case Fraction():
            return lifted(value)
        case tuple():
            return tuple(handed(each) for each in value)
        case list():
            return [handed(each) for each in value]
        case slice(start=start, stop=stop, step=step):
            return slice(handed(start), handed(stop), handed(step))
        case Library(path=path) if isinstance(kind := namespace().get(path.removeprefix("numpy.")), type | FloatType):
            return kind
        case Builtin(name=name) if name in _TYPES:
            return _TYPES[name]
        case _:
            raise outside(f"{described(value)} as an argument")


class ChosenShapes:
    """The space of arrays whose lengths are numbers."""

    def entering(self, array: Array) -> object:
        if isinstance(array, IndexedTensor):
            raise TypeError("an array for all sizes in the space of chosen shapes")
        return from_tensor(array) if array.shape else Exact(array.entries[0])

    def leaving(self, value: object) -> Array | None:
        import numpy as np

        if not isinstance(value, np.ndarray | Exact | Fraction):
            return None
        try:
            return to_tensor(handed(value))
        except StoppedError:  # memory that was never written
            return None

    def owns(self, value: object) -> bool:
        import numpy as np

        return isinstance(value, np.ndarray | Exact | np.integer)

    def knows(self, name: str) -> bool:
        return name in INEXACT or name in namespace()

    def function(self, name: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> object:
        found = namespace().get(name)
        if found is None:
            raise StoppedError("inexact", f"np.{name} has no exact value")
        if isinstance(found, type):
            raise outside(f"np.{name} as a function")
        return done(found, *handed(tuple(arguments)), **{key: handed(value) for key, value in keywords.items()})

    def has_method(self, owner: object, name: str) -> bool:
        import numpy as np

        return isinstance(owner, np.ndarray) and name in methods()

    def method(self, owner: object, name: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> object:
        return done(
            methods()[name], owner, *handed(tuple(arguments)), **{key: handed(value) for key, value in keywords.items()}
        )

    def attribute(self, owner: object, name: str) -> object:
        import numpy as np

        if name in _ATTRIBUTES and isinstance(owner, np.ndarray | Exact):
            return done(_ATTRIBUTES[name], owner)
        if name == "dtype" and isinstance(owner, np.ndarray) and owner.dtype == object:
            return Library("numpy.float64")
        raise outside(f"the attribute .{name} of {described(owner)}")

    def binary(self, operator: str, left: object, right: object) -> object:
        import numpy as np

        if operator not in _BINARY:
            raise outside(f"the operator {operator} on arrays")
        a, b = handed(left), handed(right)
        if not any(isinstance(each, np.ndarray | Exact) for each in (a, b)) and operator not in ("+", "-", "*"):
            # NumPy's own integers would give a rounded float here, or an error where Python's give none.
            if operator != "/":
                raise outside(f"{operator} with one of NumPy's own integers")
            a, b = lifted(a), lifted(b)
        return done(_BINARY[operator], a, b)

    def in_place(self, operator: str, target: object, value: object) -> object:
        import numpy as np

        if not isinstance(target, np.ndarray):
            return self.binary(operator, target, value)
        if operator not in _IN_PLACE:
            raise outside(f"{operator}= on an array")
        return done(_IN_PLACE[operator], target, handed(value))

    def negative(self, value: object) -> object:
        return done(op.neg, value)

    def root(self, base: Fraction, exponent: Fraction) -> object:
        return Exact(power(Num(base), exponent))

    def compare(self, operator: str, left: object, right: object) -> bool:
        if operator not in _COMPARING:
            raise outside(f"{operator} on arrays")
        return self.truth(done(_COMPARING[operator], handed(left), handed(right)))

    def truth(self, value: object) -> bool:
        import numpy as np

        if isinstance(value, np.ndarray) and value.size != 1:
            raise raised("ValueError: The truth value of an array with more than one element is ambiguous")
        return bool(done(bool, value))

    def whole(self, value: object) -> object:
        import numpy as np

        if isinstance(value, np.integer):
            return int(value)
        raise StoppedError("inexact", "int of a value that is not a known number")

    def floating(self, value: object) -> object:
        import numpy as np

        if isinstance(value, int | Fraction):
            return Fraction(value)
        if isinstance(value, np.ndarray):
            raise outside("float of an array")
        return done(exact, handed(value))

    def length(self, value: object) -> object:
        return done(len, value)

    def entries(self, value: object) -> Sequence[object]:
        found = done(list, value)
        return found if isinstance(found, list) else []

    def item(self, owner: object, key: object) -> object:
        self.check_key(owner, key)
        return done(op.getitem, owner, handed(key))

    def put(self, owner: object, key: object, value: object) -> None:
        import numpy as np

        self.check_key(owner, key)
        where, new = handed(key), handed(value)
        # As an entry of its own, an array of objects would take in the whole array.
        if isinstance(new, np.ndarray | list | tuple) and not isinstance(done(op.getitem, owner, where), np.ndarray):
            raise outside("an array assigned to one entry")
        done(op.setitem, owner, where, new)

    def check_key(self, owner: object, key: object) -> None:
        """Refuse a choice of entries that could make an array much longer."""
        import numpy as np

        picked = sum(part.size if isinstance(part, np.ndarray) else len(part) for part in _picking(key))
        capped(picked * (owner.size if isinstance(owner, np.ndarray) else 1), MAX_ENTRIES)


def _picking(key: object) -> Sequence[Any]:
    import numpy as np

    return [part for part in (key if isinstance(key, tuple) else (key,)) if isinstance(part, np.ndarray | list)]
