"""The space of all sizes, with NumPy's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symbn.code.model import StoppedError
from symbn.code.reading.arguments import INEXACT
from symbn.code.reading.containers import fitted
from symbn.code.reading.indexed import Indexed
from symbn.code.reading.memory import Array
from symbn.code.reading.numpy_names import ATTRIBUTES, FUNCTIONS, METHODS
from symbn.code.reading.values import described, outside


class AllSizes(Indexed):
    """An array is one kernel term, right for every length of its axes. batch=("N",), feature=("D",) for x of shape (N, D);
    batch=("N", "H", "W"), feature=("C",) for images; batch=("D",), feature=("N",) for layer normalisation."""

    def knows(self, name: str) -> bool:
        return name in FUNCTIONS or name in INEXACT

    def function(self, name: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> object:
        if name in INEXACT:
            raise StoppedError("inexact", f"np.{name} has no exact value for inputs that are not known")
        return fitted(FUNCTIONS[name], f"np.{name}", (self, *arguments), keywords)

    def has_method(self, owner: object, name: str) -> bool:
        return isinstance(owner, Array) and (name in METHODS or name in INEXACT)

    def method(self, owner: object, name: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> object:
        if name in INEXACT:
            raise StoppedError("inexact", f".{name} has no exact value for inputs that are not known")
        return fitted(METHODS[name], f".{name}", (self, owner, *arguments), keywords)

    def attribute(self, owner: object, name: str) -> object:
        if isinstance(owner, Array) and name in ATTRIBUTES:
            return ATTRIBUTES[name](self, owner)
        raise outside(f"the attribute .{name} of {described(owner)}")
