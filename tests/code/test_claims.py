"""What must not be claimed: of other layers, of names that leave it open, beyond what a proof covers, of another object."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from symbn.answer import PROVED, REFUTED, UNDECIDED
from symbn.cli import main
from symbn.code.answer import FunctionReport
from symbn.code.checking import Request, check_function
from symbn.code.following import Reading
from symbn.code.source import backward_functions, parsed
from symbn.errors import UsageError
from symbn.testing import assert_gradient

HEAD = "import numpy as np\n"
BODY = """
def {name}(dout, cache):
    {unpack} = cache
    N, D = dout.shape
    g = dout * gamma
    dx = ivar * (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0))
    dgamma = (dout * xhat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    {last}
"""


def check(text: str) -> FunctionReport:
    source = parsed(HEAD + text, "file.py")
    return check_function(source, Request(next(backward_functions(source))), Reading(source))


def body(last: str, unpack: str = "xhat, gamma, ivar", name: str = "batchnorm_backward") -> str:
    return BODY.format(name=name, unpack=unpack, last=last)


def verdicts(report: FunctionReport) -> dict[str, str]:
    return {part.name: part.verdict for part in report.parts}


AFFINE = """
def affine_forward(x, w, b):
    return x.dot(w) + b, (x, w, b)
def affine_backward(dout, cache):
    x, w, b = cache
    return dout.dot(w.T), x.T.dot(dout), dout.sum(axis=0)
"""


@pytest.mark.parametrize(
    "text",
    [
        AFFINE,
        AFFINE[AFFINE.index("def affine_backward") :],
        "def linear_backward(dout, cache):\n    x, w, b = cache\n"
        "    return dout * w, (dout * x).sum(axis=0), dout.sum(axis=0)\n",
        "def square_backward(dout, x):\n    return 2 * x * dout\n",
        "def sigmoid_backward(dout, out):\n    return dout * out * (1 - out)\n",
        "def rmsnorm_backward(dout, cache):\n    x, gamma, eps = cache\n"
        "    r = 1 / np.sqrt((x ** 2).mean(axis=1, keepdims=True) + eps)\n"
        "    g = dout * gamma\n"
        "    return r * g - x * r ** 3 * (g * x).mean(axis=1, keepdims=True), (dout * x * r).sum(axis=0)\n",
        "def l2_normalize_backward(dout, x, eps=1e-12):\n    n = np.sqrt((x ** 2).sum(axis=1, keepdims=True) + eps)\n"
        "    return dout / n - x * (dout * x).sum(axis=1, keepdims=True) / n ** 3\n",
        "def instancenorm_backward(dout, cache):\n    xhat, gamma, ivar = cache\n    N, C, H, W = dout.shape\n"
        "    g = dout * gamma.reshape(1, C, 1, 1)\n    dx = ivar * (g - g.mean(axis=(2, 3), keepdims=True)"
        " - xhat * (g * xhat).mean(axis=(2, 3), keepdims=True))\n    return dx\n",
    ],
)
def test_nothing_is_claimed_of_other_layers(text: str) -> None:
    report = check(text)
    assert report.verdict == UNDECIDED
    assert REFUTED not in verdicts(report).values()


def test_of_another_layer_with_its_forward_pass_the_gradient_is_decided() -> None:
    text = """
def rmsnorm_forward(x, gamma, eps):
    r = 1 / np.sqrt((x ** 2).mean(axis=1, keepdims=True) + eps)
    return gamma * x * r, (x, gamma, r)
def rmsnorm_backward(dout, cache):
    x, gamma, r = cache
    g = dout * gamma
    return r * g - x * r ** 3 * (g * x).mean(axis=1, keepdims=True), (dout * x * r).sum(axis=0)
"""
    assert check(text).verdict == PROVED
    report = check(text.replace("r * g - x", "r * g + x"))
    assert report.verdict == REFUTED
    assert (report.parts[0].likeness, report.findings) == (None, ())


@pytest.mark.parametrize(
    ("last", "unpack", "said"),
    [
        ("return dx * 1 / gamma[0] * gamma[0, :], dgamma, dbeta", "xhat, gamma, ivar", "as many axes as x"),
        ("return np.sqrt(inv_var) / ivar * dx, dgamma, dbeta", "xhat, gamma, ivar, inv_var", "--let r=inv_var"),
        ("return (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0)) * ivar", "xhat, ivar", "without gamma"),
    ],
)
def test_what_the_names_leave_open_is_neither_proved_nor_refuted(last: str, unpack: str, said: str) -> None:
    text = body(last, unpack)
    if "gamma" not in unpack:
        text = text.replace("    g = dout * gamma\n", "    g = dout\n").replace("    dgamma", "    total")
    report = check(text)
    assert report.verdict == UNDECIDED
    assert said in f"{report.reason} {[part.reason for part in report.parts]}"


def test_a_number_beside_an_eps_is_told_quickly() -> None:
    text = """
def batchnorm_forward(x, gamma, beta, eps=1e-5):
    xhat = (x - x.mean(0)) / np.sqrt(x.var(0) + eps)
    return gamma * xhat + beta, (xhat, gamma, 1 / np.sqrt(x.var(0) + {eps}))
"""
    report = check(text.format(eps="1e-5") + body("return dx, dgamma, dbeta"))
    assert (report.verdict, report.parts) == (UNDECIDED, ())
    assert "if eps is 1e-05" in (report.reason or "")
    assert check(text.format(eps="eps") + body("return dx, dgamma, dbeta")).verdict == PROVED


def test_what_has_no_name_is_what_is_left_in_the_usual_order() -> None:
    report = check(body("return (dout * xhat).sum(axis=0), dout.sum(axis=0), dx"))
    assert verdicts(report) == {"dgamma": PROVED, "dbeta": PROVED, "dx": PROVED}


def test_a_return_that_is_never_reached_says_nothing() -> None:
    assert check(body("return dx, dgamma, dbeta\n    dx = 2 * dx\n    return dx, dx, dx")).verdict == PROVED


@pytest.mark.parametrize(
    ("last", "wrong"),
    [
        ("return dx[:, None, :], dgamma[:, None], dbeta[None]", ["dx", "dgamma"]),
        ("return dx, dgamma[None], dbeta[:, None]", ["dbeta"]),
        ("return dx, dgamma[None, :], dbeta", []),
    ],
)
def test_an_axis_of_length_1_behind_the_others_is_a_wrong_shape(last: str, wrong: list[str]) -> None:
    report = check(body(last))
    assert [name for name, verdict in verdicts(report).items() if verdict == REFUTED] == wrong


@pytest.mark.parametrize(
    ("last", "condition"),
    [
        ("return dx * var / var * gamma / gamma", "var and gamma"),
        ("return dx * mu / mu", "the mean"),
        ("return dx * (N - 1) / (N - 1)", "N - 1"),
        ("return dx * (N - 2) / (N - 2)", "something else that the code divides by"),
        ("return dx * np.sqrt(var + 1) / np.sqrt(var + 1)", None),
    ],
)
def test_the_condition_of_a_proof_is_all_that_it_leaves_out(last: str, condition: str | None) -> None:
    report = check(body(last, "xhat, gamma, mu, var, ivar"))
    assert report.verdict == PROVED
    assert report.parts[0].condition == condition


def test_a_likeness_holds_at_a_single_example_too() -> None:
    report = check(body("return ivar * (g - g.sum(axis=0) * (1 // N) - xhat * (g * xhat).mean(axis=0))"))
    assert (report.verdict, report.parts[0].likeness) == (REFUTED, None)


def test_a_finding_about_a_value_that_nothing_reads_behind_says_so() -> None:
    text = """
def batchnorm_backward(dout, cache):
    x, mu, var, gamma, eps = cache
    N, std = dout.shape[0], np.sqrt(var + eps)
    dxhat = dout * gamma
    dvar = np.sum(dxhat * (x - mu) * -0.5 * std ** -3, axis=0)
    dx = (dxhat - dxhat.mean(axis=0)) / std + dvar * 2 * (x - mu) / N
    dvar = dvar * 2
    return dx
"""
    (finding,) = check(text).findings
    assert (finding.message, finding.used) == ("dvar is 2 times dL/dvar", False)


def test_a_value_that_is_written_to_in_place_is_not_called_unused() -> None:
    report = check(body("out = np.zeros_like(dx)\n    dxhat = out.T\n    dxhat[:] = dx.T\n    return out"))
    assert (report.verdict, report.findings) == (PROVED, ())


def test_of_two_ways_to_keep_axes_the_one_that_works_at_more_shapes_is_taken() -> None:
    text = """
def rows_backward(dout, cache):
    xhat, gamma, ivar = cache
    D, N = dout.shape
    g = dout * gamma
    dx = ivar / N * (N * dout - g.sum(axis=1, keepdims=True) - xhat * (g * xhat).sum(axis=1, keepdims=True))
    return dx, (dout * xhat).sum(axis=1, keepdims=True), dout.sum(axis=1, keepdims=True)
"""
    assert verdicts(check(text)) == {"dx": REFUTED, "dgamma": PROVED, "dbeta": PROVED}


# The object that is asserted is the one that is decided.


@pytest.fixture
def layers(tmp_path: Path) -> ModuleType:
    path = tmp_path / "layers.py"
    right = HEAD + body("return dx, dgamma, dbeta")
    wrong = right.replace("ivar *", "2 * ivar *").replace(HEAD, "")
    inside = "class Layer:\n" + "\n".join(f"    {line}" for line in wrong.replace("def ", "@staticmethod\ndef ").splitlines())
    path.write_text(f"{wrong.replace('dout, cache', 'dout, cache, early=1')}\nearly = batchnorm_backward\n{right}\n{inside}\n")
    spec = importlib.util.spec_from_file_location("layers", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    text = path.read_text()
    path.write_text("import numpy as np\n" + text)
    spec.loader.exec_module(module)
    return module


def test_what_was_proved_of_a_function_is_not_said_of_another_of_its_name(layers: ModuleType) -> None:
    right = layers.batchnorm_backward
    assert assert_gradient(right).verdict == PROVED

    @functools.wraps(right)
    def twice(dout: object, cache: object) -> object:
        return [2 * each for each in right(dout, cache)]

    others: list[Callable[..., object]] = [layers.Layer.batchnorm_backward, layers.early, twice, functools.partial(right)]
    for other in others:
        with pytest.raises(UsageError):
            assert_gradient(other)


# What is too long stops, and one function of a file does not keep the others from an answer.


@pytest.mark.parametrize(
    ("line", "said"),
    [("for i in range(60):\n        dx = dx + dx * gamma", "too long to be decided"),
     ("for i in range(12):\n        dx = np.kron(dx, dx)", "too long to be followed"),
     ("a = [1]\n    for i in range(60):\n        a = [a, a]\n    b = a == a", "takes too long")],
)  # fmt: skip
def test_what_grows_in_a_loop_is_undecided(line: str, said: str) -> None:
    report = check(body(f"{line}\n    return dx, dgamma, dbeta"))
    assert (report.verdict, report.parts) == (UNDECIDED, ())
    assert said in (report.reason or "")


def test_a_file_of_layers_gets_an_answer_for_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "layers.py"
    dropout = "def dropout_backward(dout, cache):\n    param, mask = cache\n    return dout * mask\n"
    path.write_text(HEAD + dropout + AFFINE + body("return dx, dgamma, dbeta"))
    assert main(["code", str(path)]) == 3
    out = capsys.readouterr().out
    assert "what mask of dropout_backward is, is not known" in out
    assert "3 functions: 1 proved, 2 undecided" in out
