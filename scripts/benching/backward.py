"""How backward functions are tried: numeric checks with their usual tolerances, and `symbn code`.

The functions are those of `functions`, by their names; a key says besides with which gamma a test tries one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scripts.benching import functions
from scripts.benching.identities import Asked

FILE = Path(functions.__file__)
EPS = 1e-5  # the usual one, of the frameworks
ROWS, FEATURES = 4, 3
SEEDS = range(5)

_FUNCTIONS = {
    "right": (functions.backward_right, "the closed form"),
    "sign": (functions.backward_sign, "a wrong sign"),
    "sign-gamma": (functions.backward_sign, "a wrong sign, tried with gamma = 0, as residual blocks begin"),
    "no-eps-outside": (functions.backward_no_eps, "eps left out outside"),
    "eps-outside": (functions.backward_eps_outside, "sqrt(var) + eps instead of sqrt(var + eps)"),
    "eps-squared": (functions.backward_eps_squared, "sqrt(var + eps^2)"),
    "no-eps-in-last": (functions.backward_no_eps_in_last, "eps left out in the last term"),
    "projection": (functions.backward_projection, "the last term divided by sum xhat^2, not m"),
}
FUNCTIONS = tuple(Asked(key, about, key == "right", "", None) for key, (_, about) in _FUNCTIONS.items())
# What gamma is multiplied with.
_FACTOR = {"sign-gamma": 0.0}


def name(key: str) -> str:
    """Return the name of the function in its file."""
    return _FUNCTIONS[key][0].__name__


def central(key: str, seed: int) -> bool:
    """Tell whether central differences let dL/dx of the function pass: the largest relative error is at most 1e-5."""
    import numpy as np

    random = np.random.default_rng(seed)
    x, g = random.normal(size=(2, ROWS, FEATURES))
    gamma, beta = _FACTOR.get(key, 1.0) * (1 + random.random(FEATURES)), random.normal(size=FEATURES)
    step, numeric = 1e-5, np.zeros_like(x)
    for place in np.ndindex(*x.shape):
        moved = np.zeros_like(x)
        moved[place] = step
        high, low = (functions.forward(value, gamma, beta, EPS)[0] for value in (x + moved, x - moved))
        numeric[place] = (g * (high - low)).sum() / (2 * step)
    said = _FUNCTIONS[key][0](g, functions.forward(x, gamma, beta, EPS)[1])[0]
    error = np.abs(said - numeric) / np.maximum(1e-8, np.abs(said) + np.abs(numeric))
    return bool(error.max() <= 1e-5)


def gradcheck(key: str, seed: int, rows: int = ROWS, features: int = FEATURES) -> bool:
    """Tell whether torch.autograd.gradcheck, with the tolerances it comes with, lets dL/dx of the function pass."""
    import torch

    class Layer(torch.autograd.Function):  # type: ignore[misc, unused-ignore]
        @staticmethod
        def forward(ctx: Any, x: Any, gamma: Any, beta: Any) -> Any:
            ctx.save_for_backward(x, gamma, beta)
            return functions.forward(x, gamma, beta, EPS)[0]

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            x, gamma, beta = ctx.saved_tensors
            cache = functions.forward(x, gamma, beta, EPS)[1]
            return _FUNCTIONS[key][0](g, cache)[0], None, None

    torch.manual_seed(seed)
    x = torch.randn(rows, features, dtype=torch.float64, requires_grad=True)
    gamma = _FACTOR.get(key, 1.0) * (1 + torch.rand(features, dtype=torch.float64))
    beta = torch.randn(features, dtype=torch.float64)
    return bool(torch.autograd.gradcheck(Layer.apply, (x, gamma, beta), raise_exception=False))
