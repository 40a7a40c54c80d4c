"""What is not read stops, with the kind and the line; nothing is guessed where a length or a value would decide."""

from __future__ import annotations

import ast

import pytest

from symbn.code.model import Call, StoppedError
from symbn.code.reading import AllSizes, ChosenShapes, read
from tests.code.reading.sources import Source, body
from tests.code.reading.values import IMAGES, PLAIN, Layout, read_all_sizes, read_chosen


def stopped(source: Source) -> StoppedError:
    with pytest.raises(StoppedError) as found:
        read_all_sizes(source.text, source.layout)
    return found.value


def refused(kind: str, *texts: str, layout: Layout = PLAIN) -> list[object]:
    return [pytest.param(kind, body("refused", text, layout), id=text.replace("\n", "; ")[:60]) for text in texts]


# Each would be right at some sizes and wrong at others, or hangs on what is not known.
REFUSED = [
    # shapes that agree only if N = D, or if a length is 1
    *refused("raised", "return x + w", "return x * w[None, :]", "return gamma - w", "return np.dot(x, g)", "return x @ g",
             "return np.dot(gamma, x)", "return w @ gamma", "return np.dot(x, gamma[None])", "y = gamma * 1\ny += x\nreturn y",
             "y = x.mean(axis=0)\ny -= x\nreturn y", "return np.squeeze(x, axis=0)", "return x.reshape(x.shape[0])",
             "return x.reshape(x.shape[0], x.shape[0])", "y = np.zeros_like(x)\ny[:] = w\nreturn y", "return np.ones((1, 1)) @ x",
             "return np.broadcast_to(w, x.shape)", "y = gamma * 1\ny += x.sum(axis=0, keepdims=True)\nreturn y",
             "return np.broadcast_to(x, gamma.shape)", "return np.diag(w) @ gamma"),
    *refused("outside", "return x.squeeze()", "return np.squeeze(x.sum(axis=0, keepdims=True))", "return x.reshape(x.shape[1], -1)",
             "return x.ravel()", "return x.reshape(-1)", "return x.flatten()", "return x.T.reshape(x.shape)", "return x[0]",
             "return x[:, 0]", "return x[1:]", "return x[:2]", "return x[-1, :]", "return x[::-1]", "return x[[0, 1]]",
             "return np.concatenate([x, g])", "return np.tile(x, (2, 1))", "return np.tile(gamma, (3, 1))", "return np.ones((3, 2))",
             "return x.reshape(2, -1)", "return np.einsum('ii->i', np.outer(w, w))", "return np.eye(3)", "return np.stack([x, g])",
             "return np.outer(x, g)", "return x.var(axis=0, ddof=2)", "return x[:x.shape[1]]", "return w[:, None] @ w[None, :, None]"),
    # tests that depend on a length or on a value
    *refused("outside", "N, D = x.shape\nif N == 1:\n    return x\nreturn g", "return x if x.shape[0] > x.shape[1] else g",
             "return x if len(x) > 1 else g", "return x if len(x) < 2 else g", "return x if len(x) <= 1 else g",
             "return x if len(x) >= 2 else g", "return x if 1 != len(x) else g", "return x if 2 > len(x) else g", "return x if x.shape == (1, 1) else g", "return x if x.shape[0] != x.shape[1] else g",
             "for i in range(x.shape[0]):\n    pass\nreturn x", "for r in x:\n    pass\nreturn x", "a, b = x\nreturn a",
             "return [r for r in x]", "return max(x.shape)", "return x.shape[0] // 2 * x", "return x.shape[0] % 2 * x",
             "return sum(x)", "return list(x)", "return x.shape[0] - 1 == 0", "return x is g"),
    *refused("inexact", "return x > 0", "return x if eps > 0 else g", "return x if x.sum() else g", "return np.maximum(x, 0)",
             "return np.exp(x)", "return abs(x)", "return x if (x == g) else g", "return x.max()", "return np.abs(x)",
             "return int(eps)", "return x / 0", "return np.where(x, x, g)", "return (-2) ** 0.5", "return int(1.5)", "return 1e999",
             "return np.linalg.norm(x)", "return not eps", "return x and g", "return np.allclose(x, g)", "return eps in (1, 2)"),
    # whole numbers, which NumPy rounds or keeps apart
    *refused("outside", "return np.full((x.shape[0], 1), 1)", "return np.zeros((x.shape[0], 2))", "return np.zeros(w.shape, dtype=int)",
             "return np.array([1, 2])", "return np.arange(x.shape[0])", "return x.astype(int)", "return np.ones(w.shape, dtype='int64')",
             "return np.full(w.shape, x.shape[0])", "return np.full(w.shape, len(w) - 1)", "return np.power(len(w), -1) * x",
             "return np.prod(x.shape) ** -1 * x", "return np.square(len(w)) ** -1", "return x // 2", "return x % 2", "return ~x",
             "return x.sum(dtype=int)", "return np.zeros(())", "return np.array(1.)", "return x.sum(keepdims=True)[0, ..., 0]",
             "return np.zeros(0)", "return x & g", "return np.add(len(w), 1) ** -1", "return 2 ** x", "return x ** eps"),
    # memory that may be shared
    *refused("outside", "y = x.reshape(x.shape)\ny += 1\nreturn x", "y = x.reshape(x.shape)\nx += 1\nreturn y",
             "y = w.ravel()\ny *= 2\nreturn w, y", "y = np.ascontiguousarray(x.T)\nx += 1\nreturn y",
             "y = np.asarray(x, dtype=float)\ny -= 1\nreturn x", "y = np.empty_like(x)\nreturn y + 1", "y = np.empty(x.shape)\ny += 1\nreturn y",
             "d = np.diag(np.outer(w, w))\nG = np.outer(w, w)\nd = G.diagonal()\nG += 1\nreturn d", "y = np.einsum('ij->ij', x)\ny += 1\nreturn x",
             "a = w.reshape(-1, 1)\nb = a.T\nb += 1\nreturn w", "a = x.reshape(x.shape)\nb = a.reshape(x.shape)\nx += 1\nreturn b",
             "return np.sum(x, axis=0, out=gamma)", "return np.array(x, copy=False)"),
    *refused("raised", "y = np.broadcast_to(gamma, x.shape)\ny += 1\nreturn y", "y = np.outer(w, w).diagonal()\ny *= 2\nreturn y",
             "y = np.broadcast_to(gamma, x.shape)\ny[:] = 0\nreturn y", "y = np.broadcast_to(gamma, x.shape).T\ny.fill(1)\nreturn y"),
    # parts of an axis
    *refused("outside", "return x.sum(axis=(2, 3))", "return x.mean(axis=(2, 3)).mean(axis=0)", "return x / x.shape[0]",
             "return x.sum(axis=0)", "return x.ravel()", "return x.reshape(x.shape[0], -1)", "N, C, H, W = x.shape\nreturn np.eye(N)",
             "return np.ones((x.shape[0], 2))", "return float(x.shape[2])", "return x.transpose(0, 1, 3, 2)[:, :, :, :1]",
             "N, C, H, W = x.shape\nreturn x.transpose(2, 3, 0, 1).reshape(-1, C) - x.transpose(0, 2, 3, 1).reshape(-1, C)",
             "N, C, H, W = x.shape\nreturn x.transpose(2, 3, 0, 1).reshape(N, H, W, C)",
             "N, C, H, W = x.shape\nt = x.transpose(1, 0, 2, 3).reshape(C, -1)\nreturn t @ x.transpose(2, 3, 0, 1).reshape(-1, C)",
             "N, C, H, W = x.shape\nt = x.transpose(1, 0, 2, 3).reshape(C, -1)\nG = t.T @ t\nreturn G.reshape(N, H, W, N, H, W)",
             "N, C, H, W = x.shape\nt = x.transpose(1, 0, 2, 3).reshape(C, -1)\nG = t.T @ t\nreturn G.reshape(N * H, W * N * H, W)",
             "return x.reshape(x.shape[0] * x.shape[1], -1)", "return np.einsum('nchw,nchw->nc', x, g)", "N = x.shape[0]\nreturn np.ones((N, 1)) * np.ones((1, N))",
             "N = x.shape[0]\nreturn x[None] * np.ones((N, 1, 1, 1, 1))", "N = x.shape[0]\nreturn np.einsum('nchw,k->nkchw', x, np.ones(N))", layout=IMAGES),
    *refused("raised", "return x + gamma", "return x * x.mean(axis=(0, 2, 3))", "return x.transpose(0, 1, 3, 2) + x", layout=IMAGES),
    # what Python would say
    *refused("raised", "return y", "y = y + 1\nreturn y", "return {'a': 1}['b']", "return (1, 2)[2]", "a, b = 1, 2, 3\nreturn a",
             "raise ValueError('no')", "assert 1 == 2", "return 1 / 0", "return x.sum(axis=2)", "return x.sum(axis=(0, 0))",
             "h = lambda a: a\nreturn h()", "h = lambda a: a\nreturn h(1, 2)", "h = lambda a: a\nreturn h(b=1)", "return x[0, 0, 0]",
             "h = lambda a: a\nreturn h(1, a=2)", "d = {}\nd.pop('a')\nreturn x", "return x[..., ...]", "t = (1, 2)\nt[0] = 1\nreturn x",
             "d = {'a': 1}\nfor k in d:\n    d[k + 'b'] = 1\nreturn x", "del y\nreturn x", "x.shape[0][0]\nreturn x", "eps[0] = 1\nreturn x",
             "z = list(zip([1], [1, 2], strict=True))\nreturn z", "def h():\n    return y\n    y = 1\nreturn h()", "return 7 // 0",
             "return [k for k in range(2)] and k", "return np.transpose(x, (0,))", "return x.reshape(-1, -1)", "return np.zeros((-1,))"),
    # what is not read
    *refused("outside", "while True:\n    pass", "with x:\n    pass", "try:\n    pass\nexcept Exception:\n    pass\nreturn x", "class A:\n    pass\nreturn x",
             "global y\nreturn x", "yield x", "import os\nreturn os.getcwd()", "return open('a')", "return x.__class__", "return x.data",
             "return np.random.randn(2)", "return np.load('a')", "return np.fft.fft(x)", "return {1, 2}", "return (y := 1)", "return 'a %s' % x",
             "return getattr(x, 'T')", "return x.tolist()", "return np.__dict__", "return {x: 1}", "x.shape = (1,)\nreturn x", "return 1j",
             "@h\ndef k():\n    pass\nreturn x", "return eval('x')", "return __import__('os')", "return f'{x:.2f}'", "return f'{3:.2ff}'", "return f'{3:{4}}'", "match x:\n    case _:\n        return x",
             "return np.sum(x, where=True)", "return x.sum(order='F')", "return ''.join(['a'])", "return isinstance(x, int)",
             "return dict([1])", "l = [1, 2]\nl[0:1] = [3]\nreturn l", "print(x, file=x)\nreturn x", "return 'a' + 1 + x",
             "from numpy import *\nreturn x", "return x == None", "return 3 .real", "return [x] < [g]", "return x @ 2 if x is None else np.sqrt(x, out=x)"),
    # limits
    *refused("limit", "def h(k):\n    return h(k + 1)\nreturn h(0)", "return 10 ** 10 ** 10", "return 'a' * 10 ** 9", "return [1] * 10 ** 9",
             "for i in range(10 ** 9):\n    pass", "l = [1]\nfor a in l:\n    l.append(a)\nreturn l", "k = 3\nfor i in range(100):\n    k = k * k\nreturn k",
             "l = []\nfor i in range(60):\n    l = [l, l]\nreturn l", "y = x\nfor i in range(9000):\n    y = y + g * y\nreturn y",
             "l = []\nl.append(l)\nreturn l", f"return {' + '.join(['x'] * 500)}", "for i in range(9999):\n    for j in range(9999):\n        pass\nreturn x", "return 2.5 ** 99999"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "source"), REFUSED)
def test_what_would_not_be_right_at_every_size_is_refused(kind: str, source: Source) -> None:
    error = stopped(source)
    assert error.kind == kind, error
    assert error.reason
    assert error.line is None or error.line >= 1


@pytest.mark.parametrize(
    ("kind", "text"),
    [("raised", "return x + np.ones((7, 5))"), ("raised", "return x[99]"), ("inexact", "return x > 0"), ("limit", "return np.ones(10 ** 9)"),
     ("inexact", "return np.exp(x)"), ("raised", "return x @ x[:, :1]"), ("limit", "return np.ones((300, 300, 300))"), ("inexact", "return x if eps else g"),
     ("outside", "return x.data"), ("raised", "return x if x[:2] else g"), ("outside", "return np.int64(3)"), ("limit", "return x[[0] * 9999][:, [0] * 9999]"),
     ("raised", "return x.reshape(7, 7)"), ("outside", "return np.random.rand(2)"), ("outside", "return np.prod(x.shape) ** -1")],
)  # fmt: skip
def test_what_chosen_shapes_refuse(kind: str, text: str) -> None:
    with pytest.raises(StoppedError) as found:
        read_chosen(body("refused", text).text, PLAIN, {"N": 3, "D": 2})
    assert found.value.kind == kind, found.value


def test_the_line_is_that_of_the_innermost_statement() -> None:
    text = "def f(x):\n    y = x\n    return h(y)\n\ndef h(a):\n    b = 1\n    return a > b\n"
    layout = Layout(("N",), ("D",), {"x": ("N", "D")})
    error = stopped(Source("lines", text, layout))
    assert (error.kind, error.line) == ("inexact", 7)


# Each leaves EPS, f or np in doubt: a statement that cannot be read may have changed it.
DOUBTS = [
    "EPS = read_settings()", "EPS = 1\nif something:\n    EPS = 2", "EPS = 1\nfor EPS in unknown():\n    pass", "from settings import *",
    "EPS = 1\nglobals()['EPS'] = 2", "from settings import EPS", "import EPS", "EPS = [1]\nchange(EPS)", "EPS = {'a': 1}\nsetup()",
    "EPS = 1\ntry:\n    EPS = 2\nexcept E:\n    pass", "EPS = 1\nwith a as EPS:\n    pass", "EPS = 1\nclass EPS:\n    pass",
    "EPS = 1\ndel EPS, y", "EPS = (1, [2])\nsort(EPS)", "EPS = 1\n@jit\ndef EPS():\n    pass", "np.sqrt = unknown\nEPS = np.sqrt(4)",
    "patch(np)\nEPS = np.sqrt(4)", "EPS = 1\nimport sys\nsys.modules[__name__].EPS = 2", "del np.sqrt\nEPS = np.sqrt(4)",
    "EPS = 1\nsetattr(sys.modules[__name__], 'EPS', 2)", "EPS = 1\n[EPS := 2 for i in y]",
]  # fmt: skip


@pytest.mark.parametrize("before", DOUBTS)
def test_what_a_statement_may_have_changed_is_not_known(before: str) -> None:
    error = stopped(body("doubt", "return x * EPS", before=before))
    assert error.kind == "outside"


@pytest.mark.parametrize(
    "before",
    ["EPS = 2\nplt.show()", "EPS = 2\nx = np.random.randn(3)", "EPS = 2\nimport torch\ntorch.sort(x)", "import matplotlib.pyplot as plt\nEPS = 2",
     "EPS = 2\nif __name__ == '__main__':\n    EPS = 3", "EPS = 2\nclass A:\n    EPS = 3", "EPS: int = 2", "EPS = 1\nEPS += 1", "from a import *\nimport numpy as np\nEPS = 2",
     "def h():\n    EPS = 5\nh()\nEPS = 2", "'a doc string'\nfrom __future__ import annotations\nfrom .other import thing\nEPS = 2", "EPS = 2\nwhile False:\n    pass"],
)  # fmt: skip
def test_what_a_statement_cannot_have_changed_stays_known(before: str) -> None:
    source = body("known", "return x * EPS", before=before)
    trace = read_all_sizes(source.text, source.layout)
    assert trace.results == read_all_sizes(body("known", "return x * 2").text, PLAIN).results


@pytest.mark.parametrize(
    "text", ["y = K\nK = 2\nreturn y", "def h():\n    return K\n    K = 2\nreturn h()", "K += 1\nreturn x", "del K\nreturn x"]
)
def test_a_name_that_is_assigned_in_a_function_is_not_looked_up_outside_it(text: str) -> None:
    error = stopped(body("own", text, before="K = 1"))
    assert error.kind == "raised"
    assert "UnboundLocalError" in error.reason


def test_a_function_that_is_not_in_the_file_is_named() -> None:
    with pytest.raises(StoppedError, match="NameError: name 'backward'"):
        read(ast.parse("def forward(): pass"), [Call("backward", ())], ChosenShapes())


def test_the_sizes_of_the_two_axes_are_told_apart() -> None:
    with pytest.raises(ValueError, match="one name"):
        AllSizes(("N",), ("N",))
