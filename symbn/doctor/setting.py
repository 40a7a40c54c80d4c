"""The setting of a numeric gradient test: where its numbers come from, what it differentiates, what it takes for equal."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GRADIENTS = ("dx", "dgamma", "dbeta")
Kind = Literal["normal", "uniform", "constant", "given"]
Upstream = Literal["constant", "output", "random", "each"]


@dataclass(frozen=True, slots=True)
class Draw:
    """Where numbers come from: shift + scale * (a standard normal, or uniform on [0, 1)), the constant `shift`, or a table."""

    kind: Kind = "normal"
    scale: float = 1.0
    shift: float = 0.0
    table: tuple[float, ...] = ()

    def __str__(self) -> str:
        if self.kind == "constant":
            return f"{self.shift:g}"
        if self.kind == "given":
            return "given numbers"
        times = "" if self.scale == 1 else f"{self.scale:g}*"
        return f"{times}{'randn' if self.kind == 'normal' else 'rand'}" + (f" {self.shift:+g}" if self.shift else "")

    def sample(self, random: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Return an array of this shape."""
        import numpy as np

        if self.kind == "given":
            return np.resize(np.array(self.table, dtype=np.float64), shape)
        if self.kind == "constant":
            return np.full(shape, float(self.shift))  # whole numbers would stay whole when they are moved
        base = random.standard_normal(shape) if self.kind == "normal" else random.random(shape)
        return base * self.scale + self.shift


@dataclass(frozen=True, slots=True)
class Loss:
    """What is differentiated, by its upstream gradient g: the constant `factor` (factor * sum(y)), factor * y
    (factor/2 * sum(y^2)), random numbers (sum(y * dout)), or each output by itself (as gradcheck does)."""

    upstream: Upstream
    factor: Fraction = Fraction(1)

    def __str__(self) -> str:
        times = "" if self.factor == 1 else f"{self.factor} * "
        match self.upstream:
            case "constant":
                return f"{times}sum(y)"
            case "output":
                half = self.factor / 2
                return f"{'' if half == 1 else f'{half} * '}sum(y**2)"
            case "random":
                return "sum(y * dout) with random dout"
            case "each":
                return "each output y by itself"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What passes for equal, entry by entry, of a gradient `a` and the numeric one `n`.

    allclose: |a - n| <= atol + rtol |n|. relative: |a - n| <= rtol * max(atol, |a| + |n|), as rel_error has it. norm: the same
    for the norms of whole arrays.
    """

    kind: Literal["allclose", "relative", "norm"] = "allclose"
    rtol: float = 1e-5
    atol: float = 1e-8

    def __str__(self) -> str:
        if self.kind == "relative":
            return f"relative error |a - n| / (|a| + |n|) at most {self.rtol:g}"
        if self.kind == "norm":
            return f"relative error of the norms at most {self.rtol:g}"
        return f"rtol = {self.rtol:g}, atol = {self.atol:g}"


@dataclass(frozen=True, slots=True)
class Setting:
    """shape: examples and features. step: of the differences, or None where the reference is exact (autograd). sums: whether a
    gradient that is too wide is summed to its shape before it is compared, as PyTorch does. assumed: what the test does not
    say, or was not understood, by field."""

    shape: tuple[int, int]
    loss: Loss
    x: Draw = Draw()
    gamma: Draw = Draw()
    beta: Draw = Draw()
    eps: float = 1e-5
    tolerance: Tolerance = Tolerance()
    step: float | None = 1e-5
    compared: tuple[str, ...] = GRADIENTS
    double: bool = True
    sums: bool = False
    assumed: tuple[str, ...] = field(default=())

    def lines(self) -> tuple[tuple[str, str, bool], ...]:
        """Return the setting in words: what, its value, and whether it is assumed."""
        said = {
            "shape": f"x is {self.shape[0]} examples by {self.shape[1]} features",
            "x": f"x = {self.x}",
            "loss": f"the loss is {self.loss}",
            "gamma": f"gamma = {self.gamma}",
            "beta": f"beta = {self.beta}",
            "eps": f"eps = {self.eps:g}",
            "tolerance": str(self.tolerance),
            "step": "the reference is exact" if self.step is None else f"differences with step {self.step:g}",
            "compared": f"compared: {', '.join(self.compared) or 'nothing'}",
            "double": "float64" if self.double else "float32",
        }
        return tuple((name, text, name in self.assumed) for name, text in said.items())
