"""What the interpreter asks of a world of arrays: it knows Python, and the space knows NumPy.

The values of a space are opaque to the interpreter: it stores them, and hands them back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from symbn.code.model import Array


class Space(Protocol):
    """Every method may raise StoppedError, which is the only way to say no."""

    def entering(self, array: Array) -> object:
        """Return an argument of a call as a value of the space."""

    def leaving(self, value: object) -> Array | None:
        """Return an array or an exact number of the space as it is now; None if the value is neither."""

    def owns(self, value: object) -> bool:
        """Tell whether the value is one of the space's."""

    def knows(self, name: str) -> bool:
        """Tell whether a name such as sqrt or linalg.norm is a function of NumPy that the space has."""

    def function(self, name: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> object:
        """Return what NumPy's function of that name gives."""

    def attribute(self, owner: object, name: str) -> object:
        """Return what `owner.name` is, if it is no method."""

    def has_method(self, owner: object, name: str) -> bool: ...

    def method(self, owner: object, name: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> object: ...

    def binary(self, operator: str, left: object, right: object) -> object:
        """Return `left operator right`, where at least one of the two is the space's."""

    def in_place(self, operator: str, target: object, value: object) -> object:
        """Return what `target operator= value` binds to the target's name."""

    def negative(self, value: object) -> object: ...

    def root(self, base: Fraction, exponent: Fraction) -> object:
        """Return a power of a number >= 0 that is not rational."""

    def compare(self, operator: str, left: object, right: object) -> bool: ...

    def truth(self, value: object) -> bool: ...

    def whole(self, value: object) -> object:
        """Return int(value)."""

    def floating(self, value: object) -> object:
        """Return float(value)."""

    def length(self, value: object) -> object:
        """Return len(value)."""

    def entries(self, value: object) -> Sequence[object]:
        """Return what a loop over the value goes through."""

    def item(self, owner: object, key: object) -> object:
        """Return owner[key]."""

    def put(self, owner: object, key: object, value: object) -> None:
        """Do owner[key] = value."""
