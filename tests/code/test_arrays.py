"""Arrays of exact elements against NumPy itself: the same operations on Fractions and on float64."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction as F
from types import SimpleNamespace
from typing import Any

import numpy
import pytest

from symbn.code.arrays import array_class, from_tensor, to_tensor
from symbn.code.exact import Exact
from symbn.code.functions import methods, namespace
from symbn.code.model import StoppedError, Tensor
from symbn.kernel.term import Add, Num, Power, Var, num

np: Any = SimpleNamespace(**namespace())


def tensor(name: str, *shape: int) -> Any:
    places = numpy.ndindex(*shape)
    return from_tensor(Tensor(shape, tuple(Var(f"{name}[{','.join(map(str, place))}]") for place in places)))


def constant(values: Any) -> Any:
    array = numpy.asarray(values, dtype=object)
    return from_tensor(Tensor(array.shape, tuple(num(F(value)) for value in array.ravel())))


def numbers(array: Any) -> Any:
    """The array's entries as floats, to compare with NumPy's; a root stays a root until here."""

    def known(entry: Any) -> float:
        match entry.term if isinstance(entry, Exact) else num(int(entry)):
            case Num(value=value):
                return float(value)
            case Power(base=Num(value=value), exponent=exponent):
                return float(float(value) ** float(exponent))
            case term:
                return known_product(term)

    def known_product(term: Any) -> float:
        parts: list[float] = [known(Exact(child)) for child in (term.terms if isinstance(term, Add) else term.factors)]
        return float(sum(parts)) if isinstance(term, Add) else float(numpy.prod(parts))

    plain = numpy.asarray(array)
    return numpy.array([known(entry) for entry in plain.ravel()]).reshape(plain.shape)


A = [[F(1), F(-2), F(1, 2)], [F(3), F(4), F(-5, 3)]]
B = [[F(2), F(7), F(3, 4)], [F(-1), F(5), F(6)]]


def added_at(n: Any, array: Any, more: Any) -> Any:
    n.add.at(array, [0, 0, 2], more)
    return array


# Each is evaluated twice: on exact arrays with our functions, and on float64 with NumPy's own.
EXPRESSIONS: list[Callable[[Any, Any, Any], Any]] = [
    lambda n, a, b: a + b,
    lambda n, a, b: a - 2 * b,
    lambda n, a, b: a * b / 4,
    lambda n, a, b: a**2,
    lambda n, a, b: b**-1,
    lambda n, a, b: -a,
    lambda n, a, b: 1.0 / b,
    lambda n, a, b: a.T @ b,
    lambda n, a, b: n.dot(a, b.T),
    lambda n, a, b: a.dot(b.T),
    lambda n, a, b: a.sum(),
    lambda n, a, b: a.sum(axis=0),
    lambda n, a, b: a.sum(1, keepdims=True),
    lambda n, a, b: a.sum((0, 1)),
    lambda n, a, b: n.sum(a, axis=-1),
    lambda n, a, b: a.mean(),
    lambda n, a, b: a.mean(axis=0),
    lambda n, a, b: n.mean(a, 1, keepdims=True),
    lambda n, a, b: a.var(axis=0),
    lambda n, a, b: n.var(a, axis=1, ddof=1),
    lambda n, a, b: n.var(a),
    lambda n, a, b: a.var(1, keepdims=True),
    lambda n, a, b: a.std(axis=0),
    lambda n, a, b: n.std(a, axis=0, ddof=1),
    lambda n, a, b: n.average(a, axis=0),
    lambda n, a, b: n.average(a, axis=1, weights=n.array([1, 2, 4])),
    lambda n, a, b: n.sqrt(n.square(a)),
    lambda n, a, b: n.sqrt(a * a + 1),
    lambda n, a, b: n.power(b, 3),
    lambda n, a, b: n.power(b, -2),
    lambda n, a, b: n.float_power(b, 2),
    lambda n, a, b: n.reciprocal(b),
    lambda n, a, b: n.multiply(a, b),
    lambda n, a, b: n.divide(a, b),
    lambda n, a, b: n.true_divide(a, b),
    lambda n, a, b: n.subtract(a, b),
    lambda n, a, b: n.add(a, 1),
    lambda n, a, b: n.negative(a),
    lambda n, a, b: n.matmul(a, b.T),
    lambda n, a, b: n.outer(a, b),
    lambda n, a, b: n.einsum("ij,kj->ik", a, b),
    lambda n, a, b: n.einsum("ij,ij->j", a, b),
    lambda n, a, b: n.einsum("ij->", a),
    lambda n, a, b: n.einsum("...j,...j->...", a, b),
    lambda n, a, b: n.inner(a, b),
    lambda n, a, b: n.vdot(a, b),
    lambda n, a, b: n.tensordot(a, b, axes=([0], [0])),
    lambda n, a, b: n.kron(a, b),
    lambda n, a, b: n.transpose(a),
    lambda n, a, b: n.reshape(a, (3, 2)),
    lambda n, a, b: a.reshape(-1),
    lambda n, a, b: a.reshape(3, -1),
    lambda n, a, b: a.ravel(),
    lambda n, a, b: a.flatten(),
    lambda n, a, b: n.tile(a, (2, 1)),
    lambda n, a, b: n.tile(a[0], 2),
    lambda n, a, b: n.repeat(a, 2, axis=0),
    lambda n, a, b: a.repeat(2),
    lambda n, a, b: n.expand_dims(a, 1),
    lambda n, a, b: n.squeeze(a[:, :1]),
    lambda n, a, b: a[:, n.newaxis],
    lambda n, a, b: n.stack([a, b]),
    lambda n, a, b: n.concatenate([a, b], axis=1),
    lambda n, a, b: n.vstack((a, b)),
    lambda n, a, b: n.hstack((a, b)),
    lambda n, a, b: n.column_stack((a, b)),
    lambda n, a, b: n.broadcast_to(a[0], (4, 3)),
    lambda n, a, b: n.swapaxes(a, 0, 1),
    lambda n, a, b: n.moveaxis(a, 0, 1),
    lambda n, a, b: a.transpose(1, 0),
    lambda n, a, b: n.prod(a),
    lambda n, a, b: n.prod(a, axis=0),
    lambda n, a, b: n.cumsum(a, axis=0),
    lambda n, a, b: a.cumsum(),
    lambda n, a, b: n.trace(a),
    lambda n, a, b: n.diagonal(a),
    lambda n, a, b: n.diag(a[0]),
    lambda n, a, b: n.diag(a),
    lambda n, a, b: n.diag(a[0], 1),
    lambda n, a, b: n.eye(3),
    lambda n, a, b: n.eye(2, 3, 1),
    lambda n, a, b: n.identity(2),
    lambda n, a, b: n.ones((2, 3)) / 3,
    lambda n, a, b: n.zeros((2, 3)) + a,
    lambda n, a, b: n.ones_like(a),
    lambda n, a, b: n.zeros_like(a, dtype=float),
    lambda n, a, b: n.full((2, 2), 3) / 2,
    lambda n, a, b: n.full_like(a, 7),
    lambda n, a, b: n.arange(5) / 2,
    lambda n, a, b: n.arange(1, 4) ** 2,
    lambda n, a, b: n.arange(0.5, 3),
    lambda n, a, b: n.linspace(0, 1, 5),
    lambda n, a, b: n.array([1, 2, 3]) / 3,
    lambda n, a, b: n.array([[1, 2], [3, 5]]).mean(axis=0),
    lambda n, a, b: n.array([1, 2, 4]).var(),
    lambda n, a, b: n.array([1, 2, 4]).std(ddof=1),
    lambda n, a, b: n.sqrt(n.array([4, 9])),
    lambda n, a, b: n.array([a[0], b[1]]),
    lambda n, a, b: a.astype(float),
    lambda n, a, b: a.astype(n.float64),
    lambda n, a, b: n.asarray(a, dtype="float64"),
    lambda n, a, b: n.arange(3) * a,
    lambda n, a, b: n.arange(3).astype(float) / 4,
    lambda n, a, b: a[[1, 0]],
    lambda n, a, b: a[n.arange(2), [0, 2]],
    lambda n, a, b: n.where(n.arange(3) > 0, a, b),
    lambda n, a, b: a * (n.arange(3) > 0),
    lambda n, a, b: n.flip(a, 0),
    lambda n, a, b: n.roll(a, 1),
    lambda n, a, b: n.tril(a),
    lambda n, a, b: n.sum([1, 2, 3]) / 2,
    lambda n, a, b: n.max(a),
    lambda n, a, b: a.min(axis=0),
    lambda n, a, b: n.ones(3).dot(a.T),
    lambda n, a, b: n.ones((2, 0)).sum(axis=1),
    lambda n, a, b: n.zeros((2, 0)) @ n.zeros((0, 2)),
    lambda n, a, b: n.add.reduce(a, axis=1),
    lambda n, a, b: n.multiply.outer(a, b[0]),
    lambda n, a, b: n.add.accumulate(a, axis=0),
    lambda n, a, b: added_at(n, n.zeros(3), a[0]),
    lambda n, a, b: n.float64(3) / 4 * a,
    lambda n, a, b: n.absolute(a),
    lambda n, a, b: n.maximum(a, b),
    lambda n, a, b: n.atleast_2d(a[0]),
]


@pytest.mark.parametrize("place", range(len(EXPRESSIONS)))
def test_each_operation_gives_what_numpy_gives(place: int) -> None:
    expression = EXPRESSIONS[place]
    ours = expression(np, constant(A), constant(B))
    floats = expression(numpy, numpy.array(A, dtype=float), numpy.array(B, dtype=float))
    assert numpy.shape(ours) == numpy.shape(floats)
    numpy.testing.assert_allclose(numbers(ours), floats, rtol=1e-12)
    if isinstance(ours, numpy.ndarray) and ours.dtype == object:
        assert isinstance(ours, array_class())
        assert all(type(entry) is Exact for entry in ours.ravel())


def unary(rng: random.Random) -> Callable[[Any, Any], Any]:
    axis = rng.choice([0, 1, None])
    power = rng.choice([2, 3, -1])
    scale = F(rng.randint(-4, 4), rng.choice([1, 2, 3]))
    return rng.choice([
        lambda n, a: a.sum(axis=axis, keepdims=True), lambda n, a: n.mean(a, axis=axis, keepdims=True), lambda n, a: a.T,
        lambda n, a: n.var(a, axis=axis, keepdims=True), lambda n, a: a @ a.T, lambda n, a: a**power,
        lambda n, a: scale * a,
        lambda n, a: a - a.mean(axis=0), lambda n, a: n.reshape(a, (a.shape[1], a.shape[0])), lambda n, a: n.cumsum(a, axis=0),
        lambda n, a: n.concatenate([a, -a], axis=0), lambda n, a: n.tile(a, (1, 2)), lambda n, a: a[::-1],
        lambda n, a: n.dot(a.T, a),
        lambda n, a: n.ones(a.shape, dtype=int) * a / a.shape[0], lambda n, a: n.einsum("ij,ij->i", a, a)[:, None],
    ])  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_random_programs_give_exactly_what_numpy_gives_on_fractions(seed: int) -> None:
    """NumPy on arrays of Fractions is exact too, as long as nothing but + - * / and whole powers is asked."""
    rng = random.Random(seed)
    shape = (rng.randint(1, 3), rng.randint(1, 3))
    entries = [F(rng.randint(1, 9), rng.randint(1, 5)) for _ in range(shape[0] * shape[1])]
    theirs: Any = numpy.array(entries, dtype=object).reshape(shape)
    ours = constant(theirs)
    for _ in range(4):
        step = unary(rng)
        try:
            result = step(numpy, theirs)
        except ZeroDivisionError:
            with pytest.raises(StoppedError, match="division by zero"):
                step(np, ours)
            return
        ours = step(np, ours)
        theirs = numpy.vectorize(F, otypes=[object])(result)
        assert ours.shape == theirs.shape
        assert [entry.value for entry in ours.ravel()] == theirs.ravel().tolist()
        if theirs.size > 60 or max(abs(entry.numerator) for entry in theirs.ravel()) > 10**80:
            return


def test_what_changes_in_place_changes_in_place() -> None:
    x = tensor("x", 3, 2)
    dx = np.zeros_like(x)
    same = dx
    dx += x
    dx *= 2
    dx -= x
    dx /= 3
    dx[0] = 1
    dx[1, 1] = 0.5
    dx[2:] **= 2
    assert same is dx
    assert dx[0, 0].value == 1
    assert (dx[0, 0] / 3).value == F(1, 3)
    assert dx[1, 1].value == F(1, 2)
    result = np.empty((3, 2))
    assert np.multiply(x, 2, out=result) is result
    assert to_tensor(result) == to_tensor(x * 2)
    view = dx.T
    view[...] = 4
    assert all(entry == 4 for entry in dx.ravel())
    dx.fill(1)
    assert (dx / 3)[0, 0].value == F(1, 3)
    np.sum(x, axis=0, out=result[0])
    assert repr(result[0, 0]) == repr(x.sum(axis=0)[0])


def test_a_copy_is_a_copy_and_a_view_is_a_view() -> None:
    x = tensor("x", 2, 2)
    for made in (x.copy(), np.array(x), x.astype(float), np.copy(x), x.flatten()):
        made[...] = 0
    assert to_tensor(x) == to_tensor(tensor("x", 2, 2))
    for made in (np.asarray(x), x.reshape(-1), np.transpose(x), np.swapaxes(x, 0, 1), x[0:1]):
        made[...] = 7
        assert x[0, 0] == 7
        x[...] = 0


@pytest.mark.parametrize("kind", [float, "float32", "f8", np.float32, np.float64, np.float16, numpy.float32, object, None])
def test_types_of_floats_mean_exact_entries(kind: Any) -> None:
    x = tensor("x", 2, 2)
    assert to_tensor(x.astype(kind)) == to_tensor(x)
    assert to_tensor(np.array(x, dtype=kind)) == to_tensor(x)
    assert np.zeros(3, dtype=kind)[0].value == 0
    assert np.sum(np.ones(3, dtype=kind), dtype=kind) == 3
    assert (np.mean(np.arange(4), dtype=kind)).value == F(3, 2)


@pytest.mark.parametrize("kind", [int, "int64", np.int64, bool, numpy.int32])
def test_whole_numbers_stay_what_an_index_needs(kind: Any) -> None:
    assert np.zeros(3, dtype=kind).dtype.kind in "biu"
    assert [1, 2, 3][np.ones(2, dtype=int)[1]] == 2


def test_the_power_of_whole_numbers_is_whole_unless_it_is_a_fraction() -> None:
    assert (np.arange(3) ** 2).dtype.kind == "i"
    assert [entry.value for entry in (np.arange(1, 4) ** -1)] == [1, F(1, 2), F(1, 3)]


@pytest.mark.parametrize(
    ("asking", "kind"),
    [
        (lambda x: np.ones(10**9), "limit"),
        (lambda x: np.zeros((10**5, 10**5)), "limit"),
        (lambda x: np.eye(10**6), "limit"),
        (lambda x: np.arange(10**12), "limit"),
        (lambda x: np.tile(x, 10**9), "limit"),
        (lambda x: np.repeat(x, 10**9), "limit"),
        (lambda x: np.broadcast_to(x[0], (10**9, 2)), "limit"),
        (lambda x: np.full(10**8, 1), "limit"),
        (lambda x: np.linspace(0, 1, 10**8), "limit"),
        (lambda x: np.ones((999, 1)) * np.ones((1, 999)), "limit"),
        (lambda x: np.outer(np.ones(999), np.ones(999)), "limit"),
        (lambda x: np.ones((200, 200)) @ np.ones((200, 200)), "limit"),
        (lambda x: np.dot(np.ones((200, 200)), np.ones((200, 200))), "limit"),
        (lambda x: np.einsum("ij,kl->", np.ones((99, 99)), np.ones((99, 99))), "limit"),
        (lambda x: np.diag(np.ones(10**4)), "limit"),
        (lambda x: np.kron(np.ones(9999), np.ones(9999)), "limit"),
        (lambda x: np.stack([np.ones(10**4)] * 11), "limit"),
        (lambda x: np.zeros((0, 10**9)).sum(axis=0), "limit"),
        (lambda x: x[:0].reshape(0, 10**9).sum(axis=0), "limit"),
        (lambda x: x[:0].reshape(10**9, 0) @ x[:0].reshape(0, 10**9), "limit"),
        (lambda x: np.dot(x[:0].reshape(10**9, 0), x[:0].reshape(0, 10**9)), "limit"),
        (lambda x: np.array_split(x, 10**9), "limit"),
        (lambda x: np.empty(3) + 1, "inexact"),
        (lambda x: to_tensor(np.empty(2)), "inexact"),
        (lambda x: np.empty(3).sum(), "inexact"),
        (lambda x: np.empty_like(x) * x, "inexact"),
        (lambda x: np.empty(2, dtype=int), "inexact"),
        (lambda x: x > 0, "inexact"),
        (lambda x: np.maximum(x, 0), "inexact"),
        (lambda x: x.max(), "inexact"),
        (lambda x: x.argmax(), "inexact"),
        (lambda x: np.max(x), "inexact"),
        (lambda x: x == 1, "inexact"),
        (lambda x: numpy.exp(x), "inexact"),
        (lambda x: numpy.exp(np.arange(3)), "inexact"),
        (lambda x: x * 0.1, "inexact"),
        (lambda x: x + numpy.array([0.1, 1.0]), "inexact"),
        (lambda x: x.astype(int), "inexact"),
        (lambda x: np.where(x > 0, x, 0), "inexact"),
        (lambda x: np.arange(x[0, 0]), "inexact"),
        (lambda x: np.float64("nan"), "inexact"),
        (lambda x: np.power(x, 0.1), "inexact"),
        (lambda x: np.power(2, x), "inexact"),
        (lambda x: bool((x[0] == x[1]).all()), "inexact"),
        (lambda x: x / 0, "raised"),
        (lambda x: np.ones(3) / np.zeros(3), "raised"),
        (lambda x: x[:0].mean(), "raised"),
        (lambda x: x[:1].var(axis=0, ddof=1), "raised"),
        (lambda x: np.array([1, 2]) / np.array([0, 1]), "raised"),
        (lambda x: np.zeros(2) ** -1, "raised"),
    ],
)
def test_what_is_too_long_or_not_exact_stops(asking: Callable[[Any], object], kind: str) -> None:
    with pytest.raises(StoppedError) as caught:
        asking(tensor("x", 3, 2))
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: x + np.ones(5),
        lambda x: x @ x,
        lambda x: x.reshape(5, 5),
        lambda x: np.sum(x, axis=3),
        lambda x: np.array([[1], [1, 2]]),
    ],
)
def test_a_wrong_shape_is_the_error_that_numpy_makes_of_it(wrong: Callable[[Any], object]) -> None:
    with pytest.raises(ValueError, match=r"shape|dimension|axis"):
        wrong(tensor("x", 3, 2))


def test_tensors_come_back_as_they_went_in() -> None:
    for shape in ((), (1,), (3, 2), (2, 0), (2, 3, 4)):
        there = to_tensor(tensor("x", *shape))
        assert there.shape == shape
        assert to_tensor(from_tensor(there)) == there


def test_methods_are_those_of_the_arrays() -> None:
    x = tensor("x", 3, 2)
    for name in ("sum", "mean", "var", "std", "transpose", "copy", "ravel", "astype", "dot", "reshape"):
        assert callable(methods()[name])
    assert to_tensor(methods()["mean"](x, axis=0)) == to_tensor(x.mean(axis=0))
