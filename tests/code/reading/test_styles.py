"""A backward pass of batch norm in the styles that people write, read for all sizes: the kernel proves each."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from symbn.code.model import Call, IndexedTensor, Result, Trace
from symbn.code.reading import read
from symbn.kernel.goal import Goal
from symbn.kernel.term import Entry, Term, Var, rename
from symbn.kernel.verdict import Proved, prove
from symbn.layers import batch_norm
from tests.code.reading.values import IMAGES, LAST, LAYER, PLAIN, ROWS, C, I, Layout

STAGED = """
    def forward(x, gamma, beta, eps):
        N, D = x.shape
        mu = 1. / N * np.sum(x, axis=0)
        xmu = x - mu
        sq = xmu ** 2
        var = 1. / N * np.sum(sq, axis=0)
        sqrtvar = np.sqrt(var + eps)
        ivar = 1. / sqrtvar
        xhat = xmu * ivar
        gammax = gamma * xhat
        return gammax + beta, (xhat, gamma, xmu, ivar, sqrtvar, var, eps)

    def backward(dout, cache):
        xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
        N, D = dout.shape
        dbeta = np.sum(dout, axis=0)
        dgammax = dout
        dgamma = np.sum(dgammax * xhat, axis=0)
        dxhat = dgammax * gamma
        divar = np.sum(dxhat * xmu, axis=0)
        dxmu1 = dxhat * ivar
        dsqrtvar = -1. / (sqrtvar ** 2) * divar
        dvar = 0.5 * 1. / np.sqrt(var + eps) * dsqrtvar
        dsq = 1. / N * np.ones((N, D)) * dvar
        dxmu2 = 2 * xmu * dsq
        dx1 = dxmu1 + dxmu2
        dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
        dx2 = 1. / N * np.ones((N, D)) * dmu
        dx = dx1 + dx2
        return dx, dgamma, dbeta
"""
ONE_LINER = """
    def forward(x, gamma, beta, eps):
        mu, var = x.mean(axis=0), x.var(axis=0)
        inv = (var + eps) ** -0.5
        xhat = (x - mu) * inv
        return gamma * xhat + beta, {'xhat': xhat, 'inv': inv, 'gamma': gamma}

    def backward(dout, cache):
        xhat, inv, gamma = cache['xhat'], cache['inv'], cache['gamma']
        N = dout.shape[0]
        dbeta, dgamma = dout.sum(axis=0), (dout * xhat).sum(axis=0)
        return gamma * inv / N * (N * dout - dbeta - xhat * dgamma), dgamma, dbeta
"""
DOTS = """
    def forward(x, gamma, beta, eps):
        N, D = x.shape
        one = np.ones((N, 1))
        mu = np.dot(one.T, x) / N
        xmu = x - np.dot(one, mu)
        var = np.dot(one.T, xmu ** 2) / N
        std = np.sqrt(var + eps)
        return np.tile(gamma, (N, 1)) * xmu / std + beta, [xmu, std, gamma]

    def backward(dout, cache):
        xmu, std, gamma = cache
        N, D = dout.shape
        J = np.eye(N) - np.ones((N, N)) / N
        dbeta = np.dot(np.ones(N), dout)
        dgamma = np.einsum('ij,ij->j', dout, xmu / std)
        dxhat = dout @ np.diag(gamma)
        dstd = -np.sum(dxhat * xmu, 0, keepdims=True) / np.power(std, 2)
        dxmu = dxhat / std + xmu * dstd / std / N
        return J.T @ dxmu, dgamma, dbeta
"""
BY_ROWS = """
    def forward(x, gamma, beta, eps):
        m = x.shape[1]
        mu = np.mean(x, axis=1, keepdims=True)
        var = np.sum((x - mu) ** 2, axis=1, keepdims=True) / m
        xhat = (x - mu) / np.sqrt(var + eps)
        return gamma[:, None] * xhat + beta.reshape(-1, 1), (x, mu, var, xhat, gamma, eps)

    def backward(dout, cache):
        x, mu, var, xhat, gamma, eps = cache
        m = float(x.shape[1])
        dxhat = dout * gamma[:, np.newaxis]
        dvar = np.sum(dxhat * (x - mu) * -0.5 * (var + eps) ** (-3 / 2), axis=1, keepdims=True)
        dmu = np.sum(dxhat * -1 / np.sqrt(var + eps), axis=1, keepdims=True) + dvar * np.mean(-2 * (x - mu), axis=1, keepdims=True)
        dx = dxhat / np.sqrt(var + eps)
        dx += dvar * 2 * (x - mu) / m
        dx += dmu / m
        return dx, np.sum(dout * xhat, axis=1), np.sum(dout, axis=1)
"""
SPATIAL = (
    STAGED.replace("forward", "_flat_forward").replace("backward", "_flat_backward")
    + """
    def forward(x, gamma, beta, eps):
        N, C, H, W = x.shape
        out, cache = _flat_forward(x.transpose(0, 2, 3, 1).reshape(-1, C), gamma, beta, eps)
        return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache

    def backward(dout, cache):
        N, C, H, W = dout.shape
        flat = dout.transpose(0, 2, 3, 1).reshape(N * H * W, C)
        dx, dgamma, dbeta = _flat_backward(flat, cache)
        return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta
"""
)
LAST_AXIS = ONE_LINER.replace("axis=0", "axis=(0, 1, 2)").replace("N = dout.shape[0]", "N = dout.size // dout.shape[-1]")
BY_TRANSPOSING = (
    ONE_LINER.replace("forward", "_bn").replace("backward", "_bn_back")
    + """
    def forward(x, gamma, beta, eps):
        out, cache = _bn(x.T, gamma, beta, eps)
        return out.T, cache

    def backward(dout, cache):
        dx, _, _ = _bn_back(dout.T, cache)
        return dx.T, (dout * cache['xhat'].T).sum(0), dout.sum(0)
"""
)
STYLES = {
    "twelve steps": (STAGED, PLAIN), "one line": (ONE_LINER, PLAIN), "dots": (DOTS, PLAIN), "rows": (BY_ROWS, ROWS),
    "images flattened": (SPATIAL, IMAGES), "channels last": (LAST_AXIS, LAST),
}  # fmt: skip


def session(text: str, layout: Layout) -> Trace:
    arguments = layout.symbols()
    gamma = arguments.get("gamma", 1)
    calls = [
        Call("forward", (arguments["x"], gamma, arguments.get("beta", 0)), {"eps": arguments["eps"]}),
        Call("backward", (arguments["g"], Result(0, (1,)))),
    ]
    return read(ast.parse("import numpy as np\n" + dedent(text)), calls, layout.space())


def gradient(of: str, gamma: bool = True) -> Term:
    """Return the exact gradient of the loss; gamma: there is one for each feature, else it is 1."""
    graph = batch_norm(features=True)
    leaf = {"x": Entry("x", (I, C)), "gamma": Entry("gamma", (C,)), "beta": Entry("beta", (C,))}[of]
    term = graph.expand(graph.total(Var("L"), leaf))
    return term if gamma else without_gamma(term)


def without_gamma(term: Term) -> Term:
    from symbn.kernel.term import ONE, Add, Mul, Power, Sum

    match term:
        case Entry(name="gamma"):
            return ONE
        case Sum(index=index, body=body, excluding=excluding):
            return Sum(index, without_gamma(body), excluding)
        case Add(terms=terms):
            return Add(tuple(without_gamma(t) for t in terms))
        case Mul(factors=factors):
            return Mul(tuple(without_gamma(f) for f in factors))
        case Power(base=base, exponent=exponent):
            return Power(without_gamma(base), exponent)
        case _:
            return term


def proved(found: object, wanted: Term) -> bool:
    assert isinstance(found, IndexedTensor)
    named = {index.axis: index for axis in found.axes if (index := axis.index) is not None}
    moves = {index: named[index.axis] for index in (I, C) if index.axis in named}
    return isinstance(prove(Goal(found.term, rename(wanted, moves))), Proved)


@pytest.mark.parametrize("name", STYLES)
def test_the_kernel_proves_each_style_for_all_sizes(name: str) -> None:
    text, layout = STYLES[name]
    result = session(text, layout).results[1]
    assert isinstance(result, tuple)
    dx, dgamma, dbeta = result
    assert proved(dx, gradient("x"))
    assert proved(dgamma, gradient("gamma"))
    assert proved(dbeta, gradient("beta"))


def test_layer_norm_by_transposing_is_proved_without_a_scale() -> None:
    dx = session(BY_TRANSPOSING, LAYER).results[1][0]  # type: ignore[index]
    assert proved(dx, gradient("x", gamma=False))


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize(("right", "wrong"), [("+ eps", "+ 2 * eps"), ("0.5", "0.25"), ("- xhat * dgamma", ""), ("/ N", "/ (N - 1)"), ("/ m", "/ (m + 1)")])  # fmt: skip
def test_a_mistake_is_not_proved(name: str, right: str, wrong: str) -> None:
    text, layout = STYLES[name]
    backward = text.rindex("def backward" if "def _flat_backward" not in text else "def _flat_backward")
    broken = text[:backward] + text[backward:].replace(right, wrong)
    if broken == text:
        pytest.skip("this style does not have that place")
    assert not proved(session(broken, layout).results[1][0], gradient("x"))  # type: ignore[index]


def test_the_bindings_are_those_of_the_last_call_with_their_lines() -> None:
    trace = session(STAGED, PLAIN)
    lines = ("import numpy as np\n" + dedent(STAGED)).splitlines()
    found = [(binding.name, lines[binding.line - 1].split("=")[0].strip()) for binding in trace.bindings]
    assert [name for name, text in found if "," not in text] == [text for name, text in found if "," not in text]
    assert [name for name, _ in found][:7] == ["xhat", "gamma", "xmu", "ivar", "sqrtvar", "var", "eps"]
    assert [name for name, _ in found][7:] == [
        "dbeta", "dgammax", "dgamma", "dxhat", "divar", "dxmu1", "dsqrtvar", "dvar", "dsq", "dxmu2", "dx1", "dmu", "dx2", "dx"
    ]  # fmt: skip


def test_a_binding_keeps_what_the_name_held_on_its_line() -> None:
    text = "def f(x):\n    y = x * 2\n    y += 1\n    y[:] = 0\n    n = x.shape[0]\n    k = 1 / 3\n    return h(y)\ndef h(y):\n    z = y + 1\n    return z\n"
    layout = Layout(("N",), ("D",), {"x": ("N", "D")})
    trace = read(ast.parse(text), [Call("f", tuple(layout.symbols().values()))], layout.space())
    assert [(b.name, b.line) for b in trace.bindings] == [("y", 2), ("y", 3), ("y", 4), ("k", 6)]
    assert len({b.value for b in trace.bindings}) == 4


def test_how_floats_were_read_is_said_with_their_lines() -> None:
    text = (
        "import numpy as np\ndef f(x, eps=1e-5):\n    k = 0.1 + 0.5 + 2.\n    return np.sqrt(np.float32(x.mean()) + eps) * k\n"
    )
    layout = Layout(("N",), ("D",), {"x": ("N", "D")})
    trace = read(ast.parse(text), [Call("f", tuple(layout.symbols().values()))], layout.space())
    assert trace.readings == (
        "1e-05 on line 2 is taken as 1/100000", "0.1 on line 3 is taken as 1/10", "numpy.float32 is taken to be exact",
    )  # fmt: skip


def test_an_assertion_that_cannot_be_told_is_reported() -> None:
    text = "def f(x):\n    assert len(x) > 1 and isinstance(x, object)\n    assert x.shape[1] > 0\n    return x\n"
    layout = Layout(("N",), ("D",), {"x": ("N", "D")})
    trace = read(ast.parse(text), [Call("f", tuple(layout.symbols().values()))], layout.space())
    assert trace.readings == ("the assertion on line 2 is taken to hold",)


def test_what_one_call_returned_is_given_to_the_next_as_it_is() -> None:
    text = "def f(x):\n    return {'a': [x, x.T]}\ndef h(a, b):\n    a += 1\n    return b, a\n"
    layout = Layout(("N",), ("D",), {"x": ("N", "D")})
    calls = [Call("f", tuple(layout.symbols().values())), Call("h", (Result(0, ("a", 0)), Result(0, ("a", 1))))]
    trace = read(ast.parse(text), calls, layout.space())
    assert isinstance(trace.results[1], tuple)
    transposed, changed = trace.results[1]
    assert isinstance(transposed, IndexedTensor)
    assert isinstance(changed, IndexedTensor)
    moves = {a.index: b.index for a, b in zip(changed.axes, reversed(transposed.axes), strict=True) if a.index and b.index}
    assert isinstance(prove(Goal(rename(changed.term, moves), transposed.term)), Proved)
