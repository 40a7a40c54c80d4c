"""What rewritten code calls (see `rewriting`), and what it tells: values bound to names, numbers that were read."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import Any, NoReturn

from symbn.code.arithmetic import from_float, number
from symbn.code.arrays import exact, to_tensor
from symbn.code.exact import Exact, quotient, to_the
from symbn.code.model import Binding, StoppedError
from symbn.code.source import Source

MAX_BINDINGS = 2_000


class StandIn:
    """Something that is not there: it may be named, and stops the code when it is used."""

    def __init__(self, error: StoppedError, harmless: tuple[str, ...] = ()) -> None:
        self._error, self._harmless = error, harmless

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing if name in self._harmless else StandIn(self._error)

    def __call__(self, *arguments: object, **keywords: object) -> NoReturn:
        raise self._error

    # np.pi, or a constant of a module that is not there, is used in a sum and not called.
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __call__
    __neg__ = __lt__ = __le__ = __gt__ = __ge__ = __float__ = __int__ = __getitem__ = __iter__ = __array_ufunc__ = __call__


class Keys:
    """`key[1:, ::2]` is what stands between the brackets."""

    def __getitem__(self, key: object) -> object:
        return key


class Helpers:
    """One for each module. tells: what is recorded, shared by all of them."""

    key = Keys()
    over = staticmethod(quotient)
    power = staticmethod(to_the)
    real = staticmethod(exact)

    def __init__(self, source: Source, record: Record, name: str) -> None:
        self._source, self._record, self._name = source, record, name

    def number(self, shortest: str, written: str, line: int) -> Exact:
        value = Fraction(shortest)
        try:
            from_float(float(shortest))
        except StoppedError:
            self._record.read(f"{written} on {self._place(line)} is taken as {value}")
        return Exact(number(value))

    def over_in_place(self, left: Any, right: Any) -> Any:
        if _is_array(left):
            left /= right
            return left
        return quotient(left, right)

    def power_in_place(self, left: Any, right: Any) -> Any:
        if _is_array(left):
            left **= right
            return left
        return to_the(left, right)

    def over_item(self, container: Any, key: Any, right: Any) -> None:
        container[key] = self.over_in_place(container[key], right)

    def power_item(self, container: Any, key: Any, right: Any) -> None:
        container[key] = self.power_in_place(container[key], right)

    def bind(self, line: int, name: str, value: object) -> None:
        self._record.bind(line, name, value)

    def passing(self) -> None:
        """Raise what stopped the code again, where the code may catch it, and tell it to who waits for the call."""
        error = sys.exc_info()[1]
        while error is not None:
            if isinstance(error, StoppedError):
                self._record.stopped = error
                raise error
            error = error.__cause__ or error.__context__

    def skipped(self, line: int) -> None:
        error = sys.exc_info()[1]
        self._record.read(f"{self._place(line)} is left out, since it stops: {type(error).__name__}: {str(error)[:100]}")

    def absent(self, name: str, line: int, error: ImportError) -> StandIn:
        self._record.read(f"{name} is not imported on {self._place(line)}: {str(error)[:200]}")
        return StandIn(StoppedError("raised", f"{name} is used, and could not be imported: {str(error)[:200]}"))

    def _place(self, line: int) -> str:
        return self._source.place(line) + (f" of {self._name}" if self._name else "")


class Record:
    """What is told: of each name and line the last value; each reading once."""

    def __init__(self) -> None:
        self.recording = False
        self.stopped: StoppedError | None = None
        self.bindings: dict[tuple[str, int], Binding] = {}
        self.readings: dict[str, None] = {}

    def read(self, words: str) -> None:
        self.readings[words] = None

    def bind(self, line: int, name: str, value: object) -> None:
        if not self.recording or not (_is_array(value) or isinstance(value, Exact)):
            return
        try:
            tensor = to_tensor(value)
        except StoppedError:
            return  # np.empty before its entries are written: nothing stands there yet
        self.bindings.pop((name, line), None)
        if len(self.bindings) < MAX_BINDINGS:
            self.bindings[name, line] = Binding(name, line, tensor)


def _is_array(value: object) -> bool:
    import numpy as np

    return isinstance(value, np.ndarray)


def _nothing(*arguments: object, **keywords: object) -> None:
    return None
