"""tensorgrad: tensors with symbolic sizes, so that it answers for every m. It does not differentiate by single entries."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import tensorgrad
import tensorgrad.functions as of

from scripts.benching.answers import EQUAL, OPEN, Prepare, Run

_M, _N = tensorgrad.symbols("m n")


class _Layer:
    def __init__(self, features: bool = False) -> None:
        wide = {"c": _N} if features else {}
        self.x, self.g = (tensorgrad.Variable(name, i=_M, **wide) for name in ("x", "g"))
        self.w, self.eps = tensorgrad.Variable("w", **wide), tensorgrad.Variable("eps")
        self.mu = of.mean(self.x, "i")
        self.c = self.x - self.mu
        self.var = of.mean(self.c * self.c, "i")
        self.s = of.sqrt(self.var + self.eps)
        self.h = self.c / self.s
        self.loss = of.sum(self.g * (self.w * self.h))
        self.dx = self.loss.grad(self.x, {edge: edge for edge in self.x.edges})
        self.m = tensorgrad.Delta(_M)
        self.ones = tensorgrad.Ones(i=_M)


def _closed(sign: int, features: bool = False) -> Any:
    n = _Layer(features)
    return n.dx - n.w / n.s * (n.g - of.mean(n.g, "i") + sign * (n.h * of.mean(n.g * n.h, "i")))


def _jacobian(sign: int) -> Any:
    n = _Layer()
    inverse = of.pow(n.m, -1)
    products = n.h @ n.h.rename(i="k")
    bracket = tensorgrad.Delta(_M, "i", "k") + sign * inverse * tensorgrad.Ones(i=_M, k=_M) - products * inverse
    return n.h.grad(n.x, {"i": "k"}) - bracket / n.s


def _mean_slope(value: Callable[[_Layer], Any]) -> Any:
    n = _Layer()
    return n.mu.grad(n.x, {"i": "i"}) - value(n)


def _of(make: Callable[[_Layer], Any]) -> Callable[[], Any]:
    return lambda: make(_Layer())


_DIFFERENCES: dict[str, Callable[[], Any]] = {
    "closed": lambda: _closed(-1),
    "closed-wrong": lambda: _closed(1),
    "jacobian": lambda: _jacobian(-1),
    "jacobian-wrong": lambda: _jacobian(1),
    "mean-slope": lambda: _mean_slope(lambda n: n.ones * of.pow(n.m, -1)),
    "mean-slope-wrong": lambda: _mean_slope(lambda n: n.ones * 0),
    "mean-of-squares": _of(lambda n: of.mean(n.h * n.h, "i") - n.var / (n.var + n.eps)),
    "features": lambda: _closed(-1, features=True),
    "features-wrong": lambda: _closed(1, features=True),
    "weighted": _of(
        lambda n: of.sum(n.h * n.dx) - n.w * n.eps * of.pow(n.var + n.eps, Fraction(-3, 2)) * of.sum(n.g * n.h)
    ),
    "spelling": _of(lambda n: n.var - (of.mean(n.x * n.x, "i") - n.mu * n.mu)),
    "constant": _of(lambda n: of.sum(n.dx)),
    "fourth-root": _of(lambda n: of.pow(n.s, Fraction(-3, 2)) - of.pow(n.var + n.eps, Fraction(-3, 4))),
    "absolute": _of(lambda n: of.pow(of.sqrt(n.w * n.w), 2) - n.w * n.w),
    "telescope": _of(lambda n: of.sum((n.x * n.x - n.ones) / (n.x - n.ones)) - of.sum(n.x) - n.m),
    "root": _of(lambda n: of.sqrt(n.w * n.w) - n.w),
    "no-eps": _of(lambda n: of.mean(n.h * n.h, "i") - tensorgrad.Ones()),
    "skew": _of(lambda n: of.sum(of.pow(n.c, 3))),
    "quartic": _of(lambda n: of.sum(of.pow(n.c, 4)) - of.pow(of.sum(n.c * n.c), 2) / 2),
    "unbiased": _of(lambda n: n.var - of.sum(n.c * n.c) / (n.m - tensorgrad.Ones())),
}  # fmt: skip
KEYS = frozenset({*_DIFFERENCES})


def simplified() -> Prepare:
    def prepare(key: str, size: int | None) -> Run:
        make = _DIFFERENCES[key]

        def run() -> tuple[str, str]:
            left = make().full_simplify()
            return (EQUAL if isinstance(left, tensorgrad.Zero) else OPEN), ""

        return run

    return prepare
