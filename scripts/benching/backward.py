"""Backward functions of batch norm, some right and most subtly wrong, and how a test would try them.

Each is the same formula twice: arithmetic that NumPy arrays and torch tensors both understand, and LaTeX for symbn.
"""

from __future__ import annotations

from typing import Any

from scripts.benching.identities import Asked

EPS = 1e-5  # the usual one, of the frameworks
FEATURES = 3
ROWS = 4
SEEDS = range(5)
# What gamma is multiplied with in a test: residual blocks begin with gamma = 0.
FACTOR = {"sign-gamma": 0.0}

_CLOSED = r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m %s}\left(m g_i - \sum_j g_j %s\right)"
_S, _LAST = r"\sqrt{\sigma^2+\epsilon}", r"- \hat x_i \sum_j g_j \hat x_j"


def _closed(root: str = _S, last: str = _LAST) -> str:
    return _CLOSED % (root, last)


FUNCTIONS = (
    Asked("right", "the closed form (right)", True, _closed(), None),
    Asked("sign", "a wrong sign", False, _closed(last="+" + _LAST[1:]), None),
    Asked("no-eps-root", "eps left out of the root outside", False, _closed(r"\sqrt{\sigma^2}"), None),
    Asked("eps-outside", "sqrt(var) + eps instead of sqrt(var + eps)", False, _closed(r"(\sqrt{\sigma^2} + \epsilon)"), None),
    Asked("eps-squared", "sqrt(var + eps^2)", False, _closed(r"\sqrt{\sigma^2+\epsilon^2}"), None),
    Asked("no-eps-xhat", "eps left out of xhat in the last term", False,
          _closed(last=r"- \frac{(x_i-\mu)}{\sigma^2} \sum_j g_j (x_j - \mu)"), None),
    Asked("projection", "the last term as a projection: divided by sum xhat^2, not m", False,
          _closed(last=r"- \hat x_i \frac{m \sum_j g_j \hat x_j}{\sum_j \hat x_j^2}"), None),
    Asked("sign-gamma", "a wrong sign, tried with gamma = 0 (as residual blocks begin)", False,
          _closed(last="+" + _LAST[1:]), None),
)  # fmt: skip


def forward(x: Any, gamma: Any, beta: Any) -> Any:
    """Return batch norm of x: (m, d), with gamma and beta: (d,)."""
    centred = x - x.mean(0)
    return gamma * centred / ((centred**2).mean(0) + EPS) ** 0.5 + beta


def backward(key: str, g: Any, x: Any, gamma: Any) -> Any:
    """Return what the function of this name says dL/dx is. g, x: (m, d)."""
    m = x.shape[0]
    c = x - x.mean(0)
    var = (c**2).mean(0)
    s = (var + EPS) ** 0.5
    xhat = c / s
    sums, dots = g.sum(0), (g * xhat).sum(0)
    last = xhat * dots
    match key:
        case "sign" | "sign-gamma":
            last = -last
        case "no-eps-root":
            s = var**0.5
        case "eps-outside":
            s = var**0.5 + EPS
        case "eps-squared":
            s = (var + EPS**2) ** 0.5
        case "no-eps-xhat":
            last = c / var * (g * c).sum(0)
        case "projection":
            last = xhat * m * dots / (xhat**2).sum(0)
        case "right":
            pass
        case _:
            raise KeyError(key)
    return gamma / (m * s) * (m * g - sums - last)


def central(key: str, seed: int) -> bool:
    """Tell whether central differences let the function pass: the largest relative error is at most 1e-5."""
    import numpy as np

    random = np.random.default_rng(seed)
    x, g = random.normal(size=(2, ROWS, FEATURES))
    gamma, beta = FACTOR.get(key, 1.0) * (1 + random.random(FEATURES)), random.normal(size=FEATURES)
    step, numeric = 1e-5, np.zeros_like(x)
    for place in np.ndindex(*x.shape):
        moved = np.zeros_like(x)
        moved[place] = step
        change = forward(x + moved, gamma, beta) - forward(x - moved, gamma, beta)
        numeric[place] = (g * change).sum() / (2 * step)
    said = backward(key, g, x, gamma)
    error = np.abs(said - numeric) / np.maximum(1e-8, np.abs(said) + np.abs(numeric))
    return bool(error.max() <= 1e-5)


def gradcheck(key: str, seed: int, rows: int = ROWS, features: int = FEATURES) -> bool:
    """Tell whether torch.autograd.gradcheck, with the tolerances it comes with, lets the function pass."""
    import torch

    class Layer(torch.autograd.Function):  # type: ignore[misc, unused-ignore]
        @staticmethod
        def forward(ctx: Any, x: Any, gamma: Any, beta: Any) -> Any:
            ctx.save_for_backward(x, gamma)
            return forward(x, gamma, beta)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            x, gamma = ctx.saved_tensors
            return backward(key, g, x, gamma), None, None

    torch.manual_seed(seed)
    x = torch.randn(rows, features, dtype=torch.float64, requires_grad=True)
    gamma = FACTOR.get(key, 1.0) * (1 + torch.rand(features, dtype=torch.float64))
    beta = torch.randn(features, dtype=torch.float64)
    return bool(torch.autograd.gradcheck(Layer.apply, (x, gamma, beta), raise_exception=False))
