"""A second witness in floating point: the function's results beside numeric gradients. It never changes a verdict.

The function is run in plain float64 where running is allowed; otherwise what was read of it is evaluated in float64. The
numeric gradients are those of the layer's forward pass, by central differences, and by autograd where PyTorch is installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from symbn.answer import PROVED, REFUTED
from symbn.code.answer import FunctionReport
from symbn.code.floats import NoValueError, Sample, positions
from symbn.code.following import Reading
from symbn.code.judging import picked
from symbn.code.layouts import BY_NAME, Layout
from symbn.code.matching import Plan, plan
from symbn.code.model import StoppedError, Tensor
from symbn.code.quantities import Indexed, Written
from symbn.code.sandbox import Floats, Limits, run_floats
from symbn.code.source import Source
from symbn.kernel.term import Num
from symbn.numeric.reference import compare, gradient_witness

if TYPE_CHECKING:
    from numpy.typing import NDArray

EPSILONS = (1e-5, 1.0)
LARGE = {1: (7,), 2: (6, 4), 4: (3, 4, 2, 2)}
CLOSE = 1e-5  # numpy.allclose's rtol: what most numeric gradient checks accept


@dataclass(frozen=True, slots=True)
class Numbers:
    """Gives the nodes their values at one random input."""

    layout: Layout
    written: Written
    sample: Sample

    def array(self, node: str, kept: bool = False) -> NDArray[Any]:
        import numpy as np

        like = self.written.tensor(node, kept)
        table = self.sample.table(Indexed(self.layout).value(node))
        return np.array([table[place] for place in positions(self.written, node, like)]).reshape(like.shape)

    def epsilon(self) -> Tensor:
        return Tensor((), (Num(Fraction(self.sample.eps)),))

    def length(self, axes: tuple[int, ...]) -> int:
        return self.written.length(axes)

    def tensor(self, node: str, kept: bool = False) -> Tensor:
        array = self.array(node, kept)
        return Tensor(array.shape, tuple(Num(Fraction(float(value))) for value in array.ravel()))


def with_witness(report: FunctionReport, source: Source, means: Mapping[str, str], run: bool, seconds: float) -> FunctionReport:
    """Return the report with the figures of the second witness among its notes."""
    if report.layout_name is None or not report.parts:
        return report
    made = plan(source, report.function, report.forward, means)
    layout = BY_NAME[report.layout_name]
    notes: list[str] = []
    for eps in EPSILONS:
        try:
            notes += _notes(report, source, made, layout, eps, run, seconds)
        except (StoppedError, NoValueError) as error:
            notes.append(f"no figures at eps = {eps:g}: {error}")
    return replace(report, numeric=tuple(notes))


def _notes(
    report: FunctionReport, source: Source, made: Plan, layout: Layout, eps: float, run: bool, seconds: float
) -> Iterator[str]:
    shape = LARGE[len(layout.sizes)]
    written = Written(layout, shape)
    sample = Sample(layout.graph, written.sizes, 11).at(written)
    sample.eps = eps
    numbers = Numbers(layout, written, sample)
    way = made.alternatives()[0]
    results = (_ran if run else _read)(source, made, numbers, way, seconds)
    x, dout, gamma, beta = (numbers.array(node) for node in ("x", "g", "gamma", "beta"))
    full = tuple(shape[axis] if axis in layout.scaled else 1 for axis in range(len(shape)))
    references = gradient_witness(x, dout, gamma.reshape(full), beta.reshape(full), eps, layout.normalised)
    verdicts = {part.name: part.verdict for part in report.parts}
    wanted = {name: array.shape for gradients in references.values() for name, array in gradients.items()}
    fitting = {n: a.reshape(wanted[n]) for n, a in results.items() if n in wanted and a.size == prod(wanted[n])}
    where = f"x of shape {shape}, eps = {eps:g}, {'run' if run else 'read'}"
    for found in compare(fitting, references):
        said = f"{found.name} is {found.error:.1e} from {found.method} ({where})"
        if verdicts.get(found.name) == REFUTED and found.error <= CLOSE:
            said += ": a numeric check would have passed it"
        elif verdicts.get(found.name) == PROVED and found.error > 1e-4:
            said += ": far for what is proved; is the forward pass that of the layer, and float64 enough here?"
        yield said


def _ran(source: Source, made: Plan, numbers: Numbers, way: Mapping[str, str], seconds: float) -> dict[str, NDArray[Any]]:
    """Return the results of a run in plain float64. Raises: StoppedError."""
    import numpy as np

    error: StoppedError | None = None
    for kept in (False, True):
        try:
            calls = made.made(numbers, way, kept)
            result = run_floats(source.path, calls, limits=Limits(seconds=seconds))[-1]
        except StoppedError as stopped:
            error = error or stopped
            continue
        found = {}
        for place, node in made.results:
            value: Any = result
            if isinstance(place, int) and isinstance(result, tuple | list) and place < len(result):
                value = result[place]
            elif isinstance(place, str) and isinstance(result, Mapping):
                value = result.get(place)
            if isinstance(value, Floats):
                found[f"d{node}"] = np.array(value.values, dtype=float).reshape(value.shape)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                found[f"d{node}"] = np.array(float(value))
        return found
    assert error is not None
    raise error


def _read(source: Source, made: Plan, numbers: Numbers, way: Mapping[str, str], seconds: float) -> dict[str, NDArray[Any]]:
    """Return what was read, evaluated in float64. Raises: StoppedError, NoValueError."""
    error: StoppedError | None = None
    for kept in (False, True):
        try:
            trace = Reading(source).at_shape(made.made(numbers.written, way, kept))
        except StoppedError as stopped:
            error = error or stopped
            continue
        parts = ((node, picked(trace.results[-1], place)) for place, node in made.results)
        return {f"d{node}": _evaluated(value, numbers.sample) for node, value in parts if isinstance(value, Tensor)}
    assert error is not None
    raise error


def _evaluated(value: Tensor, sample: Sample) -> NDArray[Any]:
    import numpy as np

    return np.array(sample.entries(value)).reshape(value.shape)
