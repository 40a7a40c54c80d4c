"""The test itself, run on the right gradient and on wrong ones: the setting's random numbers, differences and tolerance.

Several draws from fixed seeds. A mistake is seen in a draw if an entry leaves the tolerance, if it is no number, or if the
shapes do not fit. Entries are compared as the test compares them; shapes broadcast, as in NumPy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symbn.doctor.mistakes import RIGHT, Mistake, wide
from symbn.doctor.setting import GRADIENTS, Setting, Tolerance
from symbn.elaboration.meaning import Meaning
from symbn.kernel.term import BATCH, FEATURE
from symbn.layers.batchnorm import batch_norm
from symbn.numeric.backends import Differences
from symbn.numeric.evaluation import Evaluation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DRAWS = 5
LARGEST = (
    600  # entries of x up to which differences are taken as the test takes them; beyond, the exact gradient stands for them
)
MOST_ENTRIES = 1_000_000
MOST_OUTPUTS = 16  # examples whose outputs are differentiated one by one
Arrays = Mapping[str, "NDArray[np.float64]"]


@dataclass(frozen=True, slots=True)
class Draw:
    """One run of the test. references: what it compares with; point: where formulas are evaluated."""

    references: Arrays
    point: Evaluation


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a gradient in all draws. seen: in how many. relative, absolute: the largest difference over the largest
    entry of its reference, and by itself. broken: it has another shape, or entries that are no numbers."""

    draws: int
    seen: int
    relative: float
    absolute: float
    broken: bool = False


def draws(setting: Setting) -> tuple[Draw, ...]:
    """Return the runs of the test: for a loss that takes the outputs one by one, a run of each draw for each."""
    return tuple(run for seed in range(DRAWS) for run in _runs(setting, seed))


def _runs(setting: Setting, seed: int) -> Iterator[Draw]:
    import numpy as np

    random = np.random.default_rng([setting.shape[0], setting.shape[1], seed])
    (examples, features), loss = setting.shape, setting.loss
    inputs = {
        "x": setting.x.sample(random, setting.shape),
        "gamma": setting.gamma.sample(random, (features,)),
        "beta": setting.beta.sample(random, (features,)),
    }
    y = forward(inputs, setting.eps)
    factor = float(loss.factor)
    match loss.upstream:
        case "constant":
            upstreams = [np.full(setting.shape, factor)]
        case "output":
            upstreams = [factor * y]
        case "random":
            upstreams = [factor * random.standard_normal(setting.shape)]
        case "each":
            # Features do not meet: the outputs of one example can be taken together.
            rows = np.eye(examples)[:MOST_OUTPUTS]
            upstreams = [np.repeat(row[:, None], features, axis=1) for row in rows]
    sizes = {BATCH: examples, FEATURE: features}
    for g in upstreams:
        values = {**inputs, "g": g, "eps": np.array(setting.eps)}
        point = Evaluation(batch_norm(features=True), values, sizes, Differences())
        exact = {gradient: value(wide(gradient, RIGHT[gradient]), point) for gradient in GRADIENTS}
        taken = setting.step is not None and inputs["x"].size <= LARGEST
        yield Draw(_differences(inputs, g, setting) if taken else exact, point)


def forward(inputs: Arrays, eps: float) -> NDArray[np.float64]:
    centred = inputs["x"] - inputs["x"].mean(0)
    y: NDArray[np.float64] = inputs["gamma"] * centred / ((centred * centred).mean(0) + eps) ** 0.5 + inputs["beta"]
    return y


def _differences(inputs: Arrays, g: NDArray[np.float64], setting: Setting) -> Arrays:
    """Return the numeric gradients as such tests take them: (f(x + h) - f(x - h)) / (2h), entry by entry."""
    import numpy as np

    squared = setting.loss.upstream == "output"
    factor, step = float(setting.loss.factor), setting.step or 0.0

    def loss(moved: Arrays) -> NDArray[np.float64]:
        y = forward(moved, setting.eps)
        return factor / 2 * y * y if squared else g * y

    found = {}
    for name in ("x", "gamma", "beta"):
        gradient = np.empty_like(inputs[name])
        for place in np.ndindex(gradient.shape):
            ends = []
            for sign in (1, -1):
                moved = inputs[name].copy()
                moved[place] += sign * step
                ends.append(loss({**inputs, name: moved}))
            gradient[place] = ((ends[0] - ends[1]) / (2 * step)).sum()
        found[f"d{name}"] = gradient
    return found


def value(formula: Meaning, point: Evaluation) -> NDArray[np.float64]:
    """Return a gradient of the catalogue as its author's code would: axes in the order examples, features."""
    import numpy as np

    with np.errstate(all="ignore"):
        return np.asarray(point.meaning(formula).value, dtype=np.float64)


def outcome(mistake: Mistake, setting: Setting, runs: tuple[Draw, ...]) -> Outcome:
    """Return what the test finds of a wrong gradient."""
    meaning = wide(mistake.gradient, mistake.formula, mistake.across)
    return _outcome(meaning, mistake.gradient, setting, runs)


def of_the_right_one(gradient: str, setting: Setting, runs: tuple[Draw, ...]) -> Outcome:
    """Return what the test finds of the right gradient: nothing, or its tolerance is below the error of its differences."""
    return _outcome(wide(gradient, RIGHT[gradient]), gradient, setting, runs)


def _outcome(meaning: Meaning, gradient: str, setting: Setting, runs: tuple[Draw, ...]) -> Outcome:
    import numpy as np

    each = len(runs) // DRAWS
    relative, absolute = [0.0], [0.0]
    seen, broken = set(), False
    for number, run in enumerate(runs):
        wrong, right = value(meaning, run.point), run.references[gradient]
        if setting.sums and wrong.ndim > right.ndim and wrong.shape[1:] == right.shape:
            wrong = wrong.sum(0)
        try:
            np.broadcast_shapes(wrong.shape, right.shape)
        except ValueError:
            return Outcome(DRAWS, DRAWS, float("inf"), float("inf"), True)
        if setting.sums and np.broadcast_shapes(wrong.shape, right.shape) != right.shape:
            return Outcome(DRAWS, DRAWS, float("inf"), float("inf"), True)
        if not np.isfinite(wrong).all():
            broken = True
            seen.add(number // each)
            continue
        apart = abs(wrong - right)
        whole = float(abs(right).max())
        absolute.append(float(apart.max()))
        relative.append(float(apart.max()) / whole if whole > 0 else float("inf") if apart.max() > 0 else 0.0)
        if not within(apart, wrong, right, setting.tolerance):
            seen.add(number // each)
    return Outcome(DRAWS, len(seen), max(relative), max(absolute), broken)


def within(
    apart: NDArray[np.float64], wrong: NDArray[np.float64], right: NDArray[np.float64], tolerance: Tolerance
) -> bool:  # fmt: skip
    """Tell whether all entries pass for equal."""
    import numpy as np

    if tolerance.kind == "relative":
        return bool((apart <= tolerance.rtol * np.maximum(tolerance.atol, abs(wrong) + abs(right))).all())
    if tolerance.kind == "norm":
        whole = np.linalg.norm(wrong) + np.linalg.norm(right)
        return bool(np.linalg.norm(apart) <= tolerance.rtol * max(tolerance.atol, float(whole)))
    return bool((apart <= tolerance.atol + tolerance.rtol * abs(right)).all())
