"""Running a user's file: exact results, and a clean answer whatever the code does."""

from __future__ import annotations

import itertools
import json
import os
import platform
import random
import signal
import subprocess
import sys
import time
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest

from symbn.code.model import Call, Result, StoppedError, Structure, Tensor, Trace
from symbn.code.sandbox import Floats, Limits, run, run_floats
from symbn.code.sandbox.wire import TermTable, WireError, read, read_terms, write
from symbn.kernel.evaluate import Point, evaluate
from symbn.kernel.term import Add, Mul, Num, Power, Term, Var, num

LAYER = """\
from builtins import range
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    momentum = bn_param.get('momentum', 0.9)
    N, D = x.shape
    running_mean = bn_param.get('running_mean', np.zeros(D, dtype=x.dtype))
    mu = 1. / N * np.sum(x, axis=0)
    xmu = x - mu
    sq = xmu ** 2
    var = 1. / N * np.sum(sq, axis=0)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1. / sqrtvar
    xhat = xmu * ivar
    out = gamma * xhat + beta
    bn_param['running_mean'] = momentum * running_mean + (1 - momentum) * mu
    cache = {CACHE}
    return out, cache


def batchnorm_backward(dout, cache):
    {UNPACK}
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1. / (sqrtvar ** 2) * divar
    dvar = 0.5 * 1. / np.sqrt(var + eps) * dsqrtvar
    dsq = 1. / N * np.ones((N, D)) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dx1, axis=0)
    dx2 = 1. / N * np.ones((N, D)) * dmu
    dx = dx1.copy()
    dx += dx2
    return dx, dgamma, dbeta
"""
NAMES = "xhat, gamma, xmu, ivar, sqrtvar, var, eps"


def layer(kind: str) -> str:
    names = NAMES.split(", ")
    pairs = ", ".join(f"'{name}': {name}" for name in names)
    cache = {"tuple": f"({NAMES})", "list": f"[{NAMES}]", "dict": f"{{{pairs}}}"}[kind]
    unpack = f"{NAMES} = (cache[name] for name in {names})" if kind == "dict" else f"{NAMES} = cache"
    return LAYER.replace("{CACHE}", cache).replace("{UNPACK}", unpack)


def tensor(name: str, *shape: int) -> Tensor:
    places = itertools.product(*map(range, shape))
    return Tensor(shape, tuple(Var(f"{name}[{','.join(map(str, place))}]" if shape else name) for place in places))


def written(folder: Path, text: str, name: str = "layers.py") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def stop_of(folder: Path, text: str, *arguments: Structure, limits: Limits | None = None) -> StoppedError:
    with pytest.raises(StoppedError) as caught:
        run(written(folder, text), [Call("f", arguments)], limits=limits)
    return caught.value


def known(n: int, d: int) -> tuple[dict[str, F], list[list[F]], list[F], list[F]]:
    """Return a point at which every root is rational, and the gradients of batch norm there, by their closed forms."""
    rng = random.Random(n * 10 + d)
    x = [[F(rng.randint(-4, 4)) for _ in range(d)] for _ in range(n)]
    g = [[F(rng.randint(-4, 4), rng.randint(1, 3)) for _ in range(d)] for _ in range(n)]
    gamma = [F(rng.randint(1, 5)) for _ in range(d)]
    # All features get the same spread, so that one eps makes every root rational.
    for row in x:
        row[1:] = [row[0] * (-1) ** c + c for c in range(1, d)]
    mean = [sum((row[c] for row in x), F(0)) / n for c in range(d)]
    var = [sum(((row[c] - mean[c]) ** 2 for row in x), F(0)) / n for c in range(d)]
    s = F(int(var[0]) + 2)
    eps = s**2 - var[0]
    hat = [[(row[c] - mean[c]) / s for c in range(d)] for row in x]
    dbeta = [sum((row[c] for row in g), F(0)) for c in range(d)]
    dgamma = [sum((g[i][c] * hat[i][c] for i in range(n)), F(0)) for c in range(d)]
    dx = [[gamma[c] / s * (g[i][c] - dbeta[c] / n - hat[i][c] * dgamma[c] / n) for c in range(d)] for i in range(n)]
    scalars = {f"x[{i},{c}]": x[i][c] for i in range(n) for c in range(d)}
    scalars |= {f"dout[{i},{c}]": g[i][c] for i in range(n) for c in range(d)}
    scalars |= {f"gamma[{c}]": gamma[c] for c in range(d)} | {f"beta[{c}]": F(c) for c in range(d)} | {"eps": eps}
    return scalars, dx, dgamma, dbeta


def layer_calls(n: int, d: int, eps: Structure) -> list[Call]:
    parameter: dict[str, Structure] = {"mode": "train"}
    if eps is not None:
        parameter["eps"] = eps
    first = Call("batchnorm_forward", (tensor("x", n, d), tensor("gamma", d), tensor("beta", d), parameter))
    return [first, Call("batchnorm_backward", (tensor("dout", n, d), Result(0, (1,))))]


def values(array: Any, scalars: dict[str, F]) -> list[F]:
    assert isinstance(array, Tensor)
    return [evaluate(entry, Point(1, scalars)) for entry in array.entries]


@pytest.mark.parametrize(("n", "d", "cache"), [(3, 2, "tuple"), (2, 2, "list"), (3, 1, "dict"), (1, 2, "tuple")])
def test_twelve_steps_give_the_gradient(tmp_path: Path, n: int, d: int, cache: str) -> None:
    trace = run(written(tmp_path, layer(cache)), layer_calls(n, d, tensor("eps")))
    scalars, dx, dgamma, dbeta = known(n, d)
    found = trace.results[1]
    assert isinstance(found, tuple)
    assert [part.shape for part in found if isinstance(part, Tensor)] == [(n, d), (d,), (d,)]
    assert values(found[0], scalars) == [entry for row in dx for entry in row]
    assert values(found[1], scalars) == dgamma
    assert values(found[2], scalars) == dbeta


def test_what_is_bound_on_each_line_is_told(tmp_path: Path) -> None:
    text = layer("tuple")
    trace = run(written(tmp_path, text), layer_calls(3, 2, tensor("eps")))
    lines = text.splitlines()
    told = {(binding.name, binding.line) for binding in trace.bindings}
    expected = {"dbeta", "dgamma", "dxhat", "divar", "dxmu1", "dsqrtvar", "dvar", "dsq", "dxmu2", "dx1", "dmu", "dx2"}
    start = lines.index("def batchnorm_backward(dout, cache):")
    for name in expected:
        line = next(n for n, row in enumerate(lines, 1) if n > start and row.strip().startswith(f"{name} ="))
        assert (name, line) in told
    assert {line for name, line in told if name == "dx"} == {len(lines) - 2, len(lines) - 1}
    assert {name for name, line in told if line == start + 2} == set(NAMES.split(", "))
    before, after = (binding.value for binding in trace.bindings if binding.name == "dx")
    assert before != after
    assert isinstance(trace.results[1], tuple)
    assert after == trace.results[1][0]


def test_a_literal_that_is_no_short_fraction_is_told_with_its_line(tmp_path: Path) -> None:
    trace = run(written(tmp_path, layer("tuple")), layer_calls(2, 1, None))
    assert "1e-5 on line 6 is taken as 1/100000" in trace.readings
    assert "0.9 on line 7 is taken as 9/10" in trace.readings
    assert not any("0.5" in reading or "1." in reading.split(" on ")[0] for reading in trace.readings)


ARITHMETIC: list[tuple[str, Any]] = [
    ("return 1. / len(x)", F(1, 3)),
    ("return len(x) ** -1", F(1, 3)),
    ("n = len(x)\n    n /= 9\n    return n", F(1, 3)),
    ("return np.ones((3, 1)) / len(x)", [F(1, 3)] * 3),
    ("a = [1, 2]\n    a[0] /= 3\n    return a[0]", F(1, 3)),
    ("return np.array([1, 2, 3]).mean() / 3", F(2, 3)),
    ("return float(len(x)) / 7", F(3, 7)),
    ("return pow(3, -1)", F(1, 3)),
    ("return np.float64(len(x)) / 7", F(3, 7)),
    ("return float('0.1')", F(1, 10)),
    ("return math.pow(len(x), -1)", F(1, 3)),
    ("return math.sqrt(4) / 3", F(2, 3)),
    ("return 1e-5", F(1, 100000)),
    ("return 0.1 + 0.2", F(3, 10)),
    ("return -0.5 ** 2", F(-1, 4)),
    ("return np.mean([1, 2]) ** -1", F(2, 3)),
    ("a = np.arange(3) / 3\n    a /= 2\n    return a", [0, F(1, 6), F(1, 3)]),
    ("a = np.ones(2)\n    b = a\n    a /= 3\n    return b", [F(1, 3)] * 2),
    ("return np.array([1, 2]).astype(np.float32) / 3", [F(1, 3), F(2, 3)]),
    ("return sum([0.1] * 3)", F(3, 10)),
    ("return (lambda a=0.1: a)()", F(1, 10)),
    ("return {'a': 0.1}['a']", F(1, 10)),
    ("return 7 // 2", 3),
    ("return np.float32(1) / 3", F(1, 3)),
    ("d = {'n': 1}\n    d['n'] /= 3\n    return d['n']", F(1, 3)),
    ("return np.zeros(2) + 1e-8", [F(1, 10**8)] * 2),
    ("a = np.ones(4)\n    a[1:3] /= 3\n    return a", [1, F(1, 3), F(1, 3), 1]),
    ("return np.std([1, 3]) / 3", F(1, 3)),
    ("return -1. / 3", F(-1, 3)),
]


def test_arithmetic_of_numbers_stays_exact(tmp_path: Path) -> None:
    bodies = "".join(f"def f{n}(x):\n    {body}\n" for n, (body, _) in enumerate(ARITHMETIC))
    path = written(tmp_path, f"import math\nimport numpy as np\n{bodies}")
    found = run(path, [Call(f"f{n}", (tensor("x", 3),)) for n in range(len(ARITHMETIC))]).results
    for result, (body, expected) in zip(found, ARITHMETIC, strict=True):
        if isinstance(expected, list):
            assert isinstance(result, Tensor), body
            assert result.entries == tuple(num(F(entry)) for entry in expected), body
        else:
            assert result == expected, body


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("return x if x[0] > 0 else -x", ">"),
        ("return np.exp(x)", "exp"),
        ("return np.tanh(x)", "tanh"),
        ("return math.exp(1)", "exp"),
        ("return np.maximum(x, 0)", ">="),
        ("return np.linalg.norm(x)", "linalg"),
        ("return np.random.randn(3)", "random"),
        ("return x * np.pi", "pi"),
        ("return np.isnan(x)", "isnan"),
        ("return max(x[0], 0)", "<"),
        ("return abs(x[0])", "abs"),
        ("return np.pi * x[0]", "pi"),
        ("return 1 / np.inf", "inf"),
        ("return math.pi / 2", "math.pi"),
        ("return math.tanh(50) * x", "tanh"),
        ("return np.empty(3) + x", "np.empty"),
        ("return np.empty(3)", "np.empty"),
        ("return x * time.time()", "floating point"),
        ("try:\n        return x[0] > 0\n    except Exception:\n        return x", ">"),
        ("try:\n        return np.exp(x)\n    except:\n        return x", "exp"),
    ],
)
def test_what_has_no_exact_value_is_refused_on_its_line(tmp_path: Path, body: str, named: str) -> None:
    stop = stop_of(tmp_path, f"import math, time\nimport numpy as np\ndef f(x):\n    {body}\n", tensor("x", 3))
    assert stop.kind == "inexact"
    assert named in stop.reason
    assert stop.line in (4, 5, None if body.endswith("np.empty(3)") else 6)


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("import numpy as np\ndef f(x):\n    y = x + 1\n    return y + np.ones(5)\n", "ValueError: ", 4),
        ("def g(x):\n    return x['a']\ndef f(x):\n    return g({})\n", "KeyError: 'a'", 2),
        ("def f(x):\n    return f(x)\n", "RecursionError", 2),
        ("def f(x):\n    return x / 0\n", "division by zero", 2),
        ("def f(x:\n", "this is not Python", None),
        ("def g(x):\n    return x\n", "there is no function f", None),
        ("from .missing_layers import *\ndef f(x):\n    return x\n", ".missing_layers", 1),
        ("import matplotlib.pyplot as plt\ndef f(x):\n    plt.plot(x)\n", "matplotlib.pyplot is used", 3),
        ("raise ImportError('no')\n", "ImportError: no", 1),
        ("def f(x, y):\n    return x\n", "TypeError", None),
        ("class E(Exception):\n    def __str__(self): raise E\ndef f(x):\n    raise E\n", "E: ", 4),
        ("def f(x):\n    raise KeyboardInterrupt\n", "KeyboardInterrupt", 2),
        ("def f(x):\n    return input()\n", "EOFError", 2),
    ],
)
def test_an_error_of_the_code_names_it_and_its_line(tmp_path: Path, text: str, reason: str, line: int | None) -> None:
    stop = stop_of(tmp_path, text, tensor("x", 3))
    assert (stop.kind, stop.line) == ("raised", line)
    assert reason in stop.reason


SHORT = Limits(seconds=3.0, cpu=20, output=20_000)
HOSTILE = {
    "hangs": ("while True: pass", "limit", "3 seconds"),
    "sleeps": ("import time; time.sleep(99)", "limit", "3 seconds"),
    "ignores its limits": (
        "import signal\n    for n in (2, 15, 24): signal.signal(n, signal.SIG_IGN)\n    while True: pass",
        "limit",
        "seconds",
    ),
    "eats memory": ("return bytearray(10 ** 11)", "limit", "memory"),
    "prints for ever": ("while True: print('x' * 1000)", "limit", "prints more"),
    "writes a big file": ("open('a', 'w').write('x' * 10 ** 7)", "limit", "large"),
    "returns itself": ("a = []\n    a.append(a)\n    return a", "limit", "itself"),
    "makes a huge array": ("import numpy\n    return numpy.ones(10 ** 9)", "limit", "too long"),
    "leaves": ("import sys; sys.exit(3)", "exit", "sys.exit(3)"),
    "leaves at once": ("import os; os._exit(5)", "exit", "status 5"),
    "leaves as if all were well": ("import os; os._exit(0)", "exit", "status 0"),
    "aborts": ("import os; os.abort()", "crashed", "SIGABRT"),
    "breaks the stack": ("import faulthandler; faulthandler._sigsegv()", "crashed", "SIGSEGV"),
    "closes every pipe": ("import os; os.closerange(0, 99)", "exit", "left"),
    "answers itself": (
        "import os\n    for n in range(3, 99):\n        try: os.write(n, b'{}')\n        except OSError: pass",
        "crashed",
        "broke",
    ),
    "kills its group": ("import os; os.killpg(0, 9)", "raised", "os.kill"),
    "kills its parent": ("import os; os.kill(os.getppid(), 9)", "raised", "os.kill"),
    "forks": ("import os\n    while True: os.fork()", "raised", "os.fork"),
    "starts a shell": ("import os; os.system('true')", "raised", "os.system"),
    "starts a program": ("import subprocess; subprocess.run(['true'])", "raised", "subprocess"),
    "becomes a program": ("import os; os.execv('/bin/true', ['true'])", "raised", "os.exec"),
    "starts a worker": (
        "import multiprocessing as m\n    p = m.Process(target=print); p.start(); p.join()",
        "raised",
        "os.fork",
    ),
    "opens a socket": ("import socket; socket.socket()", "raised", "socket"),
    "asks for a name": ("import socket; socket.getaddrinfo('localhost', 80)", "raised", "socket"),
    "writes elsewhere": ("open('{outside}', 'w')", "raised", "may not change"),
    "writes elsewhere, low down": ("import os; os.open('{outside}', os.O_CREAT | os.O_WRONLY)", "raised", "may not change"),
    "removes a file": ("import os; os.remove(__file__)", "raised", "may not change"),
    "renames a file": ("import os; os.rename(__file__, 'b')", "raised", "may not change"),
    "links out": ("import os; os.symlink('/', 'a'); open('a{outside}', 'w')", "raised", "may not change"),
    "raises its limits": ("import resource as r; r.setrlimit(r.RLIMIT_CPU, (99, 99))", "raised", "resource"),
    "calls C": ("import ctypes; ctypes.CDLL(None).abort()", "raised", "ctypes"),
    "catches what stops it": ("try:\n        return bool(x > 0)\n    except BaseException:\n        return x", "inexact", ">"),
}


@pytest.mark.parametrize("does", HOSTILE)
def test_whatever_the_code_does_the_answer_is_clean(tmp_path: Path, does: str) -> None:
    body, kind, named = HOSTILE[does]
    outside = tmp_path / "outside"
    text = f"def f(x):\n    {body.replace('{outside}', str(outside))}\n"
    stop = stop_of(tmp_path, text, tensor("x"), limits=SHORT)
    assert (stop.kind, named in stop.reason) == (kind, True), stop.reason
    assert sorted(path.name for path in tmp_path.iterdir()) == ["layers.py"]


# What no audit event tells of, so that only the kernel can refuse it. Signal 0 asks whether one could be sent, and sends none.
UNSEEN = {
    "a program": (
        "import os, _posixsubprocess as p\n    r, w = os.pipe()\n"
        "    p.fork_exec([b'/bin/touch'], [b'/bin/touch', b'{outside}'], True, (), None, None, -1, -1, -1, -1, -1, -1, r, w,"
        " False, False, -1, None, None, None, -1, None, False)"
    ),
    "a signal": "import os, signal\n    signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 0)",
    "a file": "import os; os.mkfifo('{outside}')",
}


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64") or sys.platform != "linux", reason="the walls of Linux")
@pytest.mark.parametrize("does", UNSEEN)
def test_the_kernel_refuses_what_python_does_not_see(tmp_path: Path, does: str) -> None:
    body = UNSEEN[does].replace("{outside}", str(tmp_path / "outside"))
    stop = stop_of(tmp_path, f"def f(x):\n    {body}\n", tensor("x"), limits=SHORT)
    assert stop.kind == "raised"
    assert "Permission" in stop.reason
    assert sorted(path.name for path in tmp_path.iterdir()) == ["layers.py"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("while True: pass", "works longer than 1 second"),
        ("import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n    while True: pass", "the system ended it"),
    ],
)
def test_work_is_limited_as_well_as_time(tmp_path: Path, body: str, named: str) -> None:
    stop = stop_of(tmp_path, f"def f(x):\n    {body}\n", tensor("x"), limits=Limits(seconds=100.0, cpu=1))
    assert (stop.kind, named in stop.reason) == ("limit", True), stop.reason


def processes_with(text: str) -> list[int]:
    """Return the processes whose command line or environment has the text."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if text.encode() in (place / "cmdline").read_bytes() + (place / "environ").read_bytes():
                found.append(int(place.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    file = written(
        tmp_path,
        "import threading, time\ndef f():\n    open('a', 'w').write('x')\n"
        "    threading.Thread(target=time.sleep, args=(99,)).start()\n    return 1\n",
    )
    assert run(file, [Call("f", ())]).results == (1,)
    with pytest.raises(StoppedError):
        run(
            written(tmp_path, "def f():\n    open('a', 'w')\n    while True: pass\n"), [Call("f", ())], limits=Limits(seconds=1)
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["layers.py"]
    assert processes_with(f"{tmp_path}/symbn-") == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_process_ends_with_the_one_that_waits_for_it(tmp_path: Path, how: signal.Signals) -> None:
    written(tmp_path, "def f():\n    while True: pass\n")
    code = (
        "import sys\nfrom symbn.code.sandbox import run\nfrom symbn.code.model import Call\n"
        f"run({str(tmp_path / 'layers.py')!r}, [Call('f', ())])"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.getcwd()}
    waiting = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.DEVNULL)
    try:
        assert eventually(lambda: bool(processes_with(f"{tmp_path}/symbn-")))
        waiting.send_signal(how)
        waiting.wait(10)
        assert eventually(lambda: not processes_with(f"{tmp_path}/symbn-"))
    finally:
        waiting.kill()
        waiting.wait()


def eventually(true: Any) -> bool:
    for _ in range(200):
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    "body",
    [
        "try:\n        return x > 0\n    except Exception:\n        return x",
        "try:\n        return x > 0\n    except:\n        pass\n    return x",
        "try:\n        return x > 0\n    finally:\n        return x",
        "with contextlib.suppress(Exception):\n        return x > 0\n    return x",
        "for i in range(2):\n        try:\n            y = x > 0\n        finally:\n            continue\n    return x",
    ],
)
def test_the_code_cannot_catch_what_stops_it_and_go_on(tmp_path: Path, body: str) -> None:
    stop = stop_of(tmp_path, f"import contextlib\ndef f(x):\n    {body}\n", tensor("x"))
    assert (stop.kind, ">" in stop.reason) == ("inexact", True)


def test_the_code_may_catch_its_own_errors(tmp_path: Path) -> None:
    text = "def f(x):\n    try:\n        y = {}['a']\n    except KeyError:\n        y = 2\n    finally:\n        y = y + 1\n"
    text += "    with open(__file__) as file:\n        return y\n"
    assert run(written(tmp_path, text), [Call("f", (tensor("x"),))]).results == (3,)


def test_a_result_is_what_it_was_when_the_call_returned(tmp_path: Path) -> None:
    text = "def forward(x):\n    return x, [x]\ndef backward(cache):\n    cache[0] *= 0\n    return cache[0]\n"
    calls = [Call("forward", (tensor("x", 2),)), Call("backward", (Result(0, (1,)),))]
    first, second = run(written(tmp_path, text), calls).results
    assert isinstance(first, tuple)
    assert first[0] == tensor("x", 2)
    assert second == Tensor((2,), (num(0), num(0)))


def test_what_is_printed_is_kept_apart_from_the_answer(tmp_path: Path) -> None:
    text = "import sys\ndef f():\n    print('{\"results\": []}')\n    sys.stderr.write('odd')\n    return 2\n"
    trace = run(written(tmp_path, text), [Call("f", ())])
    assert (trace.results, trace.output) == ((2,), '{"results": []}\nodd')


def test_runs_are_alike(tmp_path: Path) -> None:
    text = "import random\ndef f():\n    return (list({'a', 'b', 'c', 'd'}), random.randint(0, 10 ** 9))\n"
    path = written(tmp_path, text)
    assert run(path, [Call("f", ())]) == run(path, [Call("f", ())])


def test_modules_beside_the_file_are_exact_too(tmp_path: Path) -> None:
    written(
        tmp_path,
        "import numpy as np\nfrom pack.inner import third\ndef mean(x):\n    return 0.1 * np.sum(x) * third(1)\n",
        "helpers.py",
    )
    (tmp_path / "pack").mkdir()
    written(tmp_path / "pack", "", "__init__.py")
    written(tmp_path / "pack", "from . import deeper\ndef third(n):\n    return n / deeper.three\n", "inner.py")
    written(tmp_path / "pack", "three = 3\n", "deeper.py")
    path = written(tmp_path, "import helpers\nimport pack.deeper as d\ndef f(x):\n    return helpers.mean(x) * d.three\n")
    trace = run(path, [Call("f", (tensor("x", 2),))])
    assert isinstance(trace.results[0], Tensor)
    assert values(trace.results[0], {"x[0]": F(1), "x[1]": F(4)}) == [F(1, 2)]
    assert trace.readings == ("0.1 on line 4 of helpers.py is taken as 1/10",)


def test_only_the_definitions_of_a_notebook_run(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": "# Batch norm"},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!pip install x\n", "import numpy as np"]},
        {"cell_type": "code", "source": "x = np.random.randn(3)\nscale = 0.1\nprint('tried')\nwhile True: pass"},
        {"cell_type": "code", "source": "def f(x):\n    y = scale * x\n    return y if len(x) else x > 0"},
    ]
    path = written(tmp_path, json.dumps({"cells": cells, "nbformat": 4}), "notes.ipynb")
    trace = run(path, [Call("f", (tensor("x", 1),))])
    assert isinstance(trace.results[0], Tensor)
    assert values(trace.results[0], {"x[0]": F(5)}) == [F(1, 2)]
    assert trace.output == ""
    assert any("0.1 on line 2 of cell 2" in reading for reading in trace.readings)
    with pytest.raises(StoppedError, match="line 3 of cell 3") as caught:
        run(path, [Call("f", (Tensor((0,), ()),)), Call("f", (3,))])
    assert caught.value.line is not None


def test_plain_floats_are_what_numpy_gives(tmp_path: Path) -> None:
    text = (
        "import numpy as np\ndef f(x, eps):\n    return np.exp(x) * eps, {'n': len(x), 'm': x.mean()}, x > 0, np.float32(0.1)\n"
    )
    x = Tensor((2, 1), (num(F(1, 3)), num(-2)))
    (found,) = run_floats(written(tmp_path, text), [Call("f", (x, F(1, 10)))])
    import numpy as np

    assert isinstance(found, tuple)
    assert found[0] == Floats((2, 1), tuple((np.exp([1 / 3, -2.0]) * 0.1).tolist()))
    assert found[1] == {"n": 2, "m": float(np.mean([1 / 3, -2.0]))}
    assert found[2] == Floats((2, 1), (1.0, 0.0))
    assert found[3] == float(np.float32(0.1))


def test_plain_floats_have_the_same_walls(tmp_path: Path) -> None:
    for text, kind in (("def f():\n    while True: pass\n", "limit"), ("import os\ndef f(): os.system('true')\n", "raised")):
        with pytest.raises(StoppedError) as caught:
            run_floats(written(tmp_path, text), [Call("f", ())], limits=Limits(seconds=2))
        assert caught.value.kind == kind


def test_two_witnesses_agree_on_the_layer(tmp_path: Path) -> None:
    scalars, dx, _, _ = known(3, 2)

    def filled(part: Structure) -> Structure:
        match part:
            case Tensor(shape=shape, entries=entries):
                return Tensor(shape, tuple(num(scalars[e.name]) for e in entries if isinstance(e, Var)))
            case dict():
                return {key: filled(value) for key, value in part.items()}
            case _:
                return part

    calls = [Call(call.function, tuple(map(filled, call.arguments))) for call in layer_calls(3, 2, F(scalars["eps"]))]
    path = written(tmp_path, layer("tuple"))
    exact, plain = run(path, calls).results[1], run_floats(path, calls)[1]
    assert isinstance(exact, tuple)
    assert isinstance(plain, tuple)
    assert isinstance(exact[0], Tensor)
    assert isinstance(plain[0], Floats)
    assert exact[0].entries == tuple(num(entry) for row in dx for entry in row)
    assert plain[0].values == pytest.approx([float(entry) for row in dx for entry in row])


def test_terms_come_back_as_they_went_with_what_they_share() -> None:
    x, eps = Var("x"), Var("eps")
    shared = Add((x, Mul((num(F(-1, 3)), x))))
    whole = Power(Add((Power(shared, F(2)), eps, shared)), F(-1, 2))
    deep: Term = x
    for _ in range(20_000):
        deep = Add((deep, eps))
    table = TermTable()
    row = write(Tensor((2,), (whole, deep)), table)
    back = read(json.loads(json.dumps(row)), read_terms(json.loads(json.dumps(table.rows)), frozenset({"x", "eps"})))
    assert back.entries[0] == whole
    assert sum(row[0] == "v" for row in table.rows) == 2
    assert len(table.rows) < 20_010


@pytest.mark.parametrize(
    "rows",
    [
        [["v", "y"]],
        [["+", [0]]],
        [["*", [1]], ["v", "x"]],
        [["^", 0, "2"]],
        [["n", "1/0"]],
        [["n", "1e5"]],
        [["n", 1.5]],
        [["n", "9" * 5000]],
        [["v", 3]],
        [["v", "x"], ["+", [-1]]],
        [["v", "x"], ["+", [True]]],
        [["v", "x"], ["^", 0, "x"]],
        [["sum", "x"]],
        "rows",
        [[]],
        [None],
    ],
)
def test_a_forged_table_is_refused(rows: Any) -> None:
    with pytest.raises(WireError):
        read_terms(rows, frozenset({"x"}))


@pytest.mark.parametrize(
    "row",
    [
        ["tensor", [2], [0]],
        ["tensor", [-1], [0]],
        ["tensor", [1], [1]],
        ["tensor", 1, [0]],
        ["eval", "1"],
        ["int", "x"],
        ["int", 3],
        ["bool", 1],
        ["dict", [[1, ["none"]]]],
        ["list", 3],
        ["floats", [1], ["x"]],
        ["str", None],
        None,
        [],
        ["result", "a", []],
        ["tuple"],
    ],
)
def test_a_forged_value_is_refused(row: Any) -> None:
    with pytest.raises(WireError):
        read(row, (Num(F(1)),))


def test_values_of_every_kind_come_back() -> None:
    value: Structure = {"a": (1, True, None, "é"), "b": [F(1, 3), Tensor((), (num(2),))], "c": Result(0, (1, "x"))}
    table = TermTable()
    row = json.loads(json.dumps(write(value, table)))
    assert read(row, read_terms(table.rows, None)) == value


def test_a_trace_is_immutable(tmp_path: Path) -> None:
    trace: Trace = run(written(tmp_path, "def f():\n    return 1\n"), [Call("f", ())])
    with pytest.raises(AttributeError):
        trace.output = "x"  # type: ignore[misc]
