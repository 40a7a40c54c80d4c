"""What a user's module gets when it imports numpy or math: the exact functions under the same names.

What has no exact version may be named (`activation = np.tanh`), and stops the code when it is called.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from types import MappingProxyType, ModuleType
from typing import Any

from symbn.code.arithmetic import stopped
from symbn.code.exact import lifted, to_the
from symbn.code.functions import namespace
from symbn.code.model import StoppedError
from symbn.code.sandbox.helping import StandIn

_SETTINGS = ("seterr", "set_printoptions", "seterrcall")
_WHOLE = (
    math.floor, math.ceil, math.trunc, math.gcd, math.lcm, math.comb, math.perm, math.factorial, math.prod, math.isqrt,
)  # fmt: skip


class Facade(ModuleType):
    """A module with these contents; for any other name a stand-in."""

    def __init__(self, name: str, contents: Mapping[str, Any]) -> None:
        super().__init__(name)
        self.__dict__.update(contents)
        self.__all__ = list(contents)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        reason = f"{self.__name__}.{name} has no exact version here"
        return StandIn(stopped(reason), harmless=("seed",))


def facades() -> Mapping[str, ModuleType]:
    """Return the modules that stand for others."""
    settings = {**dict.fromkeys(_SETTINGS, _ignored), "errstate": _no_context}
    whole = {function.__name__: function for function in _WHOLE}
    roots = {"sqrt": _root, "pow": to_the, "fsum": _sum}
    return MappingProxyType({"numpy": Facade("numpy", {**namespace(), **settings}), "math": Facade("math", {**whole, **roots})})


def _ignored(*arguments: object, **keywords: object) -> None:
    return None


def _no_context(**keywords: object) -> AbstractContextManager[None]:
    return nullcontext()


def _root(value: object) -> object:
    element = lifted(value)
    if element is None:
        raise StoppedError("raised", f"TypeError: math.sqrt of {type(value).__name__}")
    return element.sqrt()


def _sum(values: Iterable[Any]) -> Any:
    return sum(values)
