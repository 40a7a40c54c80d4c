"""Wrong backward passes in plain NumPy, written independently of the catalogue, and a numeric gradient test."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

Array = Any
# The shape, the loss (sum, squares or dout), gamma and beta (None: random), eps, rtol, atol.
Case = tuple[tuple[int, int], str, float | None, float | None, float, float, float]
Backward = Callable[[SimpleNamespace], Array]


def forward(x: Array, gamma: Array, beta: Array, eps: float) -> tuple[Array, SimpleNamespace]:
    mu = x.mean(axis=0)
    c = x - mu
    var = np.mean(c**2, axis=0)
    std = np.sqrt(var + eps)
    xhat = c / std
    n, d = x.shape
    cache = SimpleNamespace(x=x, mu=mu, c=c, var=var, std=std, xhat=xhat, gamma=gamma, eps=eps, N=n, D=d)
    return gamma * xhat + beta, cache


def staged(
    k: SimpleNamespace,
    inverse: Array | None = None,
    half: float = -0.5,
    power: float = -1.5,
    two: float = 2.0,
    size: float | None = None,
    mean: bool = True,
    variance: bool = True,
) -> Array:
    """Return dx by the staged backward pass, one of its pieces replaced."""
    n = k.N
    dxhat = k.dout * k.gamma
    one = 1 / k.std if inverse is None else inverse
    dvar = np.sum(dxhat * k.c * half * (k.var + k.eps) ** power, axis=0) if variance else 0.0
    dmu = np.sum(-dxhat * one, axis=0) if mean else 0.0
    return dxhat * one + dvar * two * k.c / (n if size is None else size) + dmu / n


def simplified(k: SimpleNamespace, n: float | None = None, first: float = 1.0, last: float = 1.0) -> Array:
    """Return dx by the closed form, with its number of examples and its sums' weights replaced."""
    n = k.N if n is None else n
    g = k.dout
    return k.gamma / (n * k.std) * (n * g - first * g.sum(0) - last * k.xhat * (g * k.xhat).sum(0))


def _with_std(k: SimpleNamespace, std: Array) -> Array:
    g = k.dout
    return k.gamma / (k.N * std) * (k.N * g - g.sum(0) - k.xhat * (g * k.xhat).sum(0))


def _diagonal(k: SimpleNamespace) -> Array:
    dx = np.zeros_like(k.x)
    for column in range(k.D):
        xhat = k.xhat[:, column]
        jacobian = (k.N * np.eye(k.N) - 1 - np.outer(xhat, xhat)) / (k.N * k.std[column])
        dx[:, column] = np.diag(jacobian) * k.dout[:, column] * k.gamma[column]
    return dx


RIGHT: dict[str, Backward] = {
    "dx": staged,
    "dgamma": lambda k: (k.dout * k.xhat).sum(axis=0),
    "dbeta": lambda k: k.dout.sum(axis=0),
}
WRONG: dict[str, Backward] = {
    "eps-outside-root": lambda k: _with_std(k, np.sqrt(k.var) + k.eps),
    "eps-dropped": lambda k: _with_std(k, np.sqrt(k.var)),
    "eps-missing-in-last-term": lambda k: (
        k.gamma / (k.N * k.std) * (k.N * k.dout - k.dout.sum(0) - k.c / k.var * (k.dout * k.c).sum(0))
    ),
    "m-minus-1": lambda k: simplified(k, k.N - 1),
    "unbiased-variance": lambda k: staged(k, size=k.N - 1),
    "features-for-examples": lambda k: simplified(k, k.D),
    "m-missing": lambda k: simplified(k) * k.N,
    "gamma-missing": lambda k: (k.N * k.dout - k.dout.sum(0) - k.xhat * (k.dout * k.xhat).sum(0)) / (k.N * k.std),
    "gamma-twice": lambda k: simplified(k) * k.gamma,
    "moments-constant": lambda k: staged(k, mean=False, variance=False),
    "mean-path-dropped": lambda k: staged(k, mean=False),
    "variance-path-dropped": lambda k: staged(k, variance=False),
    "first-sum-sign": lambda k: simplified(k, first=-1.0),
    "last-sum-sign": lambda k: simplified(k, last=-1.0),
    "diagonal-only": _diagonal,
    "exponent-minus-half": lambda k: staged(k, power=-0.5),
    "exponent-minus-two": lambda k: staged(k, power=-2.0),
    "dvar-half-missing": lambda k: staged(k, half=-1.0),
    "dvar-two-missing": lambda k: staged(k, two=1.0),
    "not-centred": lambda k: simplified(k, last=0.0) - k.gamma * k.x / (k.N * k.var + k.N * k.eps) * (k.dout * k.xhat).sum(0),
    "dgamma-not-summed": lambda k: k.dout * k.xhat,
    "dgamma-wrong-axis": lambda k: (k.dout * k.xhat).sum(axis=1),
    "dgamma-mean": lambda k: (k.dout * k.xhat).mean(axis=0),
    "dgamma-not-normalised": lambda k: (k.dout * k.c).sum(axis=0),
    "dgamma-eps-dropped": lambda k: (k.dout * k.c / np.sqrt(k.var)).sum(axis=0),
    "dgamma-swapped": lambda k: k.dout.sum(axis=0),
    "dbeta-not-summed": lambda k: k.dout,
    "dbeta-wrong-axis": lambda k: k.dout.sum(axis=1),
    "dbeta-mean": lambda k: k.dout.mean(axis=0),
    "dbeta-swapped": lambda k: (k.dout * k.xhat).sum(axis=0),
}


def numeric_gradient(loss: Callable[[Array], float], x: Array, h: float = 1e-5) -> Array:
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        plus, minus = x.copy(), x.copy()
        plus[place] += h
        minus[place] -= h
        gradient[place] = (loss(plus) - loss(minus)) / (2 * h)
    return gradient


def passes(backward: Backward, gradient: str, case: Case, seed: int) -> bool:
    """Run one numeric gradient test as people write it, and tell whether the backward function passes it."""
    shape, kind, gamma, beta, eps, rtol, atol = case
    random = np.random.default_rng(1000 + seed)
    inputs: dict[str, Array] = {"x": random.normal(size=shape)}
    for name, value in (("gamma", gamma), ("beta", beta)):
        inputs[name] = random.normal(size=shape[1]) if value is None else np.full(shape[1], float(value))
    weights = random.normal(size=shape)

    def loss(**moved: Array) -> float:
        y, _ = forward(**{**inputs, **moved}, eps=eps)
        return float({"sum": y, "squares": y**2, "dout": y * weights}[kind].sum())

    y, cache = forward(**inputs, eps=eps)
    cache.dout = {"sum": np.ones_like(y), "squares": 2 * y, "dout": weights}[kind]
    name = gradient[1:]
    expected = numeric_gradient(lambda moved: loss(**{name: moved}), inputs[name])
    with np.errstate(all="ignore"):
        try:
            return bool(np.allclose(backward(cache), expected, rtol=rtol, atol=atol))
        except ValueError:  # shapes that do not fit
            return False
