"""Values on their way in and out: what a call is given, and what it gave."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symbn.code.model import Array, IndexedTensor, Result, StoppedError, Structure, Tensor
from symbn.code.reading import containers
from symbn.code.reading.depth import Depths
from symbn.code.reading.space import Space
from symbn.code.reading.values import described

MOST_VALUES = 100_000


class Border:
    """live: what the calls so far returned, as the code itself holds it."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.live: list[object] = []
        self.converted = 0
        self.depths = Depths()

    def entering(self, value: Structure) -> object:
        match value:
            case Tensor() | IndexedTensor():
                return self.space.entering(value)
            case Result(call=call, path=path):
                found = self.live[call]
                for key in path:
                    found = self.space.item(found, key) if self.space.owns(found) else containers.item(found, key)
                return found
            case tuple():
                return tuple(self.entering(each) for each in value)
            case list():
                return [self.entering(each) for each in value]
            case Mapping():
                return {key: self.entering(each) for key, each in value.items()}
            case _:
                return value

    def leaving(self, value: object) -> Structure:
        self.converted += 1
        if self.converted > MOST_VALUES:
            raise StoppedError("limit", "the result holds too many values")
        match value:
            case None | bool() | int() | str() | Fraction():
                return value
            case tuple():
                return tuple(self.leaving(each) for each in value)
            case list():
                return [self.leaving(each) for each in value]
            case dict():
                return {key if isinstance(key, str) else repr(key): self.leaving(each) for key, each in value.items()}
            case _:
                array = self.array(value) if self.space.owns(value) else None
                return f"({described(value)})" if array is None else array

    def array(self, value: object) -> Array | None:
        array = self.space.leaving(value)
        if array is not None:
            self.depths.check(array)
        return array
