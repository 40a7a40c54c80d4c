"""The generated NumPy, run on exact numbers, gives exactly the value and the gradients of the layer's graph.

The graph knows one group (a feature, or an example of layer norm); the array says which entries belong to it. Entries are
chosen so that every group has the same variance and `var + eps` is the square of a rational number.
"""

from __future__ import annotations

import importlib.util
import itertools
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest

from symbn.codegen.program import Program
from symbn.codegen.targets import PROGRAMS, ROW
from symbn.codegen.writing import Request, generate
from symbn.elaboration.meaning import TOTAL, Quantity, Slope, to_term
from symbn.kernel.evaluate import Point, evaluate
from symbn.kernel.term import Index
from tests.codegen.exact import Exact, exactly

Array = npt.NDArray[np.object_]
SHAPES: dict[int, list[tuple[int, ...]]] = {
    2: [(1, 1), (1, 3), (4, 1), (3, 3), (4, 2)],
    4: [(1, 1, 1, 1), (2, 2, 1, 2), (1, 3, 2, 1)],
}
ROOT = Fraction(9)


def module_of(text: str, folder: Path) -> ModuleType:
    path = folder / "written.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("written", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def entries(program: Program, shape: tuple[int, ...]) -> npt.NDArray[np.int_]:
    """Return whole numbers: every group holds the same ones in another order, and another offset."""
    over = program.layout.outside(program.layout.group)
    size = int(np.prod([shape[place] for place in over]))
    base = np.arange(size) ** 2 % 7
    groups = [np.roll(base, n) + 10 * n for n in range(shape[program.layout.group[0]])]
    kept = [shape[place] for place in (*program.layout.group, *over)]
    return np.moveaxis(np.reshape(groups, kept), range(len(shape)), (*program.layout.group, *over))


def expected(program: Program, group: dict[str, list[Fraction]], scalars: dict[str, Fraction], asked: str) -> list[Fraction]:
    """Return a value of the graph for one group: at each entry, or the one that it has."""
    graph, m = program.graph, len(group["x"])
    filled: dict[tuple[str, tuple[int, ...]], Fraction] = {
        (name, (place,)): value for name, column in group.items() for place, value in enumerate(column, 1)
    }
    leaf = Quantity(asked.removeprefix("d"), (ROW,) if graph.nodes[asked.removeprefix("d")].slots else ())
    term = to_term(Slope(Quantity("L"), leaf, TOTAL) if asked.startswith("d") else leaf, graph)
    places: list[dict[Index, int]] = [{ROW: place} for place in range(1, m + 1)] if leaf.indices else [{}]
    return [evaluate(term, Point(m, scalars, filled, at)) for at in places]


CASES = [(target, shape) for target, program in PROGRAMS.items() for shape in SHAPES[len(program.layout.axes)]]


@pytest.mark.parametrize(("target", "shape"), CASES)
def test_the_generated_code_is_exact(target: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    program = PROGRAMS[target]
    module = module_of(generate(Request(target, "numpy", name="layer")).text, tmp_path)
    x, features = entries(program, shape), shape[1]
    gamma, beta = np.arange(features) - 3, 2 - np.arange(features)
    dout = (np.arange(x.size) ** 2 % 11 - 4).reshape(shape)
    constants = [np.arange(features) + 1, np.full(features, 17)] if program.constants else []
    eps = ROOT**2 - Fraction(17)
    if not constants:
        first = [Fraction(int(value)) for value in np.moveaxis(x, program.layout.group[0], 0)[0].ravel()]
        mean = sum(first, Fraction(0)) / len(first)
        eps = ROOT**2 - sum(((value - mean) ** 2 for value in first), Fraction(0)) / len(first)
    assert eps > 0

    y, cache = module.layer_forward(*map(exactly, (x, gamma, beta, *constants)), Exact(eps))
    slopes: dict[str, Array] = dict(zip(("dx", "dgamma", "dbeta"), module.layer_backward(exactly(dout), cache), strict=True))
    assert y.shape == slopes["dx"].shape == shape
    assert slopes["dgamma"].shape == slopes["dbeta"].shape == (features,)

    totals = {"dgamma": [Fraction(0)] * features, "dbeta": [Fraction(0)] * features}
    for n in range(shape[program.layout.group[0]]):
        members = [
            place for place in itertools.product(*map(range, shape)) if place[program.layout.group[0]] == n
        ]  # fmt: skip
        group = {"x": [Fraction(int(x[p])) for p in members], "g": [Fraction(int(dout[p])) for p in members]}
        scalars = {"eps": eps}
        if constants:
            scalars |= {"mu": Fraction(int(constants[0][n])), "var": Fraction(int(constants[1][n]))}
        for name, values in (("gamma", gamma), ("beta", beta)):
            if program.graph.nodes[name].slots:
                group[name] = [Fraction(int(value)) for value in values]
            else:
                scalars[name] = Fraction(int(values[n]))
        for found, name in ((y, "y"), (slopes["dx"], "dx")):
            assert [found[p].value for p in members] == expected(program, group, scalars, name)
        for name, total in totals.items():
            for place, value in enumerate(expected(program, group, scalars, name)):
                total[place if program.graph.nodes["gamma"].slots else n] += value
    for name, total in totals.items():
        assert [slope.value for slope in slopes[name]] == total
