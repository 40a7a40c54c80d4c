"""Terms in float64 have the values that the kernel gives them, whatever their indices."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import numpy as np
import pytest

from symbn.elaboration.meaning import OutsideError
from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate
from symbn.kernel.term import BATCH, FEATURE, Add, Delta, Entry, Index, Mul, Num, Power, Sum, Term, Var
from symbn.layers.graph import Graph
from symbn.numeric.backends import Autograd, Backend, Differences
from symbn.numeric.evaluation import Evaluation

M, N = 4, 3
I, J, K, C = Index("i"), Index("j"), Index("k"), Index("c", FEATURE)
LEAVES: list[Term] = [
    Var("a"), Var("b"), Var("m"), Var("n"), Entry("x", (I,)), Entry("x", (J,)), Entry("x", (K,)), Entry("x", (Index(2),)),
    Entry("w", (C, I)), Entry("w", (C, Index(3))), Entry("p", (I, I)), Entry("p", (J, I)), Entry("q", (I, C, I)),
    Delta(I, J), Delta(I, I), Delta(J, Index(1)), Num(Fraction(-3, 2)),
]  # fmt: skip


def random_term(random: Random, depth: int) -> Term:
    if depth == 0:
        return random.choice(LEAVES)
    parts = [random_term(random, depth - 1) for _ in range(random.randint(1, 3))]
    match random.randint(0, 4):
        case 0:
            return Add(tuple(parts))
        case 1:
            return Mul(tuple(parts))
        case 2:
            return Power(parts[0], Fraction(random.choice((2, 3, -1, -2))))
        case 3:
            index = random.choice([I, J, K, C])
            others = tuple(other for other in (I, J, Index(1)) if other != index and other.axis == index.axis)
            return Sum(index, parts[0], random.choice(((), others[:1], others)))
        case _:
            return Power(Power(parts[0], Fraction(2)), Fraction(1, 2))


def point(random: Random, backend: Backend) -> tuple[Point, Evaluation]:
    """Return the same values for the kernel and for float64."""
    shapes = {"x": (M,), "w": (N, M), "p": (M, M), "q": (M, N, M)}
    entries = {
        (name, place): Fraction(random.randint(-6, 6), random.randint(1, 3))
        for name, shape in shapes.items()
        for place in product(*(range(1, size + 1) for size in shape))
    }
    scalars = {"a": Fraction(2, 3), "b": Fraction(-5, 4)}
    values = {name: np.array(float(value)) for name, value in scalars.items()}
    for name, shape in shapes.items():
        array = np.empty(shape)
        for place in np.ndindex(shape):
            array[place] = float(entries[name, tuple(at + 1 for at in place)])
        values[name] = array
    arrays = {name: backend.array(value) for name, value in values.items()}
    return Point(M, scalars, entries, n=N), Evaluation(Graph("none", {}), arrays, {BATCH: M, FEATURE: N}, backend)


def agree(random: Random, backend: Backend) -> int:
    """Compare one random term at every position of its indices; return at how many it has a value."""
    exact, floating = point(random, backend)
    term = random_term(random, 3)
    with np.errstate(all="ignore"):
        found = floating.term(term)
    values = backend.plain(found.value)
    compared = 0
    for place in np.ndindex(values.shape):
        at = {index: place[n] + 1 for n, index in enumerate(found.axes)}
        others = {index: 1 for index in (I, J, K, C) if index not in at}
        try:
            value = float(evaluate(term, Point(M, exact.scalars, exact.entries, {**at, **others}, N)))
        except (Undefined, Irrational):
            continue
        scale = float(backend.plain(found.size)[place])
        assert abs(values[place] - value) <= 1e-9 * max(scale, abs(value), 1e-300), (term, place)
        compared += 1
    return compared


def test_random_terms_have_the_value_of_the_kernel() -> None:
    counts = [agree(Random(seed), Differences()) for seed in range(250)]
    assert sum(count > 0 for count in counts) > 150
    assert sum(counts) > 1000


def test_tensors_of_pytorch_give_the_same_values() -> None:
    pytest.importorskip("torch")
    assert sum(agree(Random(seed), Autograd()) > 0 for seed in range(60)) > 30


def test_the_size_of_a_sum_is_what_was_added_up() -> None:
    _, floating = point(Random(1), Differences())
    found = floating.term(Add((Num(Fraction(10**9)), Num(Fraction(-(10**9))))))
    assert (float(found.value), float(found.size)) == (0.0, 2e9)


def test_what_has_no_value_is_said() -> None:
    _, floating = point(Random(1), Differences())
    for term in (Var("unknown"), Entry("x", (Index(9),)), Entry("x", (I, J))):
        with pytest.raises(OutsideError):
            floating.term(term)
