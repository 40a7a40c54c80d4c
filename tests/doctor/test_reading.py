"""Tests as people write them are read, and never run; what is not understood is said, and never guessed."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from symbn.doctor.reading import NotUnderstoodError, read_tests
from symbn.doctor.setting import Draw, Loss, Tolerance
from symbn.doctor.understanding import ESSENTIAL, Found

CS231N = """
np.random.seed(231)
N, D = 4, 5
x = 5 * np.random.randn(N, D) + 12
gamma = np.random.randn(D)
beta = np.random.randn(D)
dout = np.random.randn(N, D)
bn_param = {"mode": "train", "eps": 1e-3}
fx = lambda x: batchnorm_forward(x, gamma, beta, bn_param)[0]
fg = lambda a: batchnorm_forward(x, a, beta, bn_param)[0]
dx_num = eval_numerical_gradient_array(fx, x, dout)
da_num = eval_numerical_gradient_array(fg, gamma.copy(), dout)
_, cache = batchnorm_forward(x, gamma, beta, bn_param)
dx, dgamma, dbeta = batchnorm_backward(dout, cache)
print("dx error: ", rel_error(dx_num, dx))
assert rel_error(da_num, dgamma) < 1e-7
"""
GRADCHECK = """
def test_it():
    x = torch.randn(4, 3, dtype=torch.double, requires_grad=True)
    gamma = torch.ones(3, dtype=torch.double, requires_grad=True)
    beta = torch.zeros(3, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(BatchNorm.apply, (x, gamma, beta), eps=1e-4, atol=1e-2)
"""
SUMMED = """
def test_it():
    x = torch.randn(4, 3).double().requires_grad_()
    def f(x):
        return batch_norm(x, eps=1e-2).sum()
    torch.autograd.gradcheck(f, (x,), rtol=1e-1)
"""
SQUARES = """
def test_it(eps=1e-4):
    x, gamma, beta = np.random.rand(3, 2), np.ones(2), np.zeros((2,))
    y, cache = batchnorm_forward(x, gamma, beta, eps=eps)
    loss = 0.5 * np.sum(y ** 2)
    dx, dgamma, dbeta = batchnorm_backward(y, cache)
    numeric = numerical_gradient(lambda x: 0.5 * np.sum(batchnorm_forward(x, gamma, beta, eps=eps)[0] ** 2), x, h=1e-4)
    np.testing.assert_allclose(dx, numeric, rtol=1e-3)
"""
AUTOGRAD = """
def test_it():
    x = torch.randn(8, 4, requires_grad=True)
    w = torch.ones(4, requires_grad=True); b = torch.zeros(4, requires_grad=True)
    y = my_batch_norm(x, w, b, eps=1e-5)
    y.mean().backward()
    dx, dw, db = my_backward(torch.ones(8, 4) / 32, cache)
    torch.testing.assert_close(x.grad, dx)
    torch.testing.assert_close(w.grad, dw)
"""
OWN = """
def test_it():
    x = rng.normal(2.0, 3.0, size=(6, 2)); dout = rng.standard_normal((6, 2))
    gamma = rng.uniform(0.5, 1.5, 2); beta = np.full(2, 0.25)
    num = num_grad(lambda z: np.sum(bn(z, gamma, beta)[0] * dout), x)
    dx = bn_backward(dout, cache)
    assert np.max(np.abs(dx - num)) < 1e-6
"""
KNOWN: dict[str, tuple[str, dict[str, object]]] = {
    "an assignment": (CS231N, {
        "shape": (4, 5), "x": Draw("normal", 5.0, 12.0), "gamma": Draw(), "loss": Loss("random"), "eps": 1e-3,
        "tolerance": Tolerance("relative", 1e-7, 1e-8), "compared": ("dx", "dgamma"), "double": True,
    }),
    "gradcheck": (GRADCHECK, {
        "shape": (4, 3), "gamma": Draw("constant", shift=1.0), "beta": Draw("constant", shift=0.0), "loss": Loss("each"),
        "step": 1e-4, "tolerance": Tolerance("allclose", 1e-3, 1e-2), "sums": True, "double": True,
        "compared": ("dx", "dgamma", "dbeta"),
    }),
    "gradcheck of a sum": (SUMMED, {
        "shape": (4, 3), "loss": Loss("constant"), "eps": 1e-2, "tolerance": Tolerance("allclose", 1e-1, 1e-5), "double": True,
        "compared": ("dx",), "step": 1e-6,
    }),
    "squares": (SQUARES, {
        "shape": (3, 2), "x": Draw("uniform"), "loss": Loss("output"), "eps": 1e-4, "step": 1e-4, "compared": ("dx",),
        "tolerance": Tolerance("allclose", 1e-3, 0.0),
    }),
    "autograd": (AUTOGRAD, {
        "shape": (8, 4), "loss": Loss("constant", Fraction(1, 32)), "step": None, "double": False, "compared": ("dx", "dgamma"),
        "tolerance": Tolerance("allclose", 1.3e-6, 1e-5),
    }),
    "one's own": (OWN, {
        "shape": (6, 2), "x": Draw("normal", 3.0, 2.0), "gamma": Draw("uniform", 1.0, 0.5),
        "beta": Draw("constant", shift=0.25), "loss": Loss("random"), "compared": ("dx",),
        "tolerance": Tolerance("allclose", 0.0, 1e-6),
    }),
}  # fmt: skip


def only(source: str, path: str = "test.py") -> Found:
    (found,) = read_tests(path, source)
    return found


@pytest.mark.parametrize("name", KNOWN)
def test_what_people_write_is_read(name: str) -> None:
    source, wanted = KNOWN[name]
    known = only(source).known
    assert {key: known.get(key, "not read") for key in wanted} == wanted


def test_an_eps_of_gradcheck_is_its_step_and_not_the_layers() -> None:
    found = only(GRADCHECK)
    assert found.known["step"] == 1e-4
    assert "eps" not in found.known


@pytest.mark.parametrize(
    ("upstream", "wanted"),
    [
        ("np.ones_like(x)", Loss("constant")),
        ("np.ones((4, 3)) / 12", Loss("constant", Fraction("0.08333333333333333"))),
        ("np.random.randn(*x.shape)", Loss("random")),
        ("2 * y", Loss("output", Fraction(2))),
        ("y", Loss("output")),
    ],
)
def test_the_upstream_gradient_says_what_the_loss_is(upstream: str, wanted: Loss) -> None:
    source = (
        f"x = np.random.randn(4, 3)\ny, c = bn_forward(x, g1, b1)\nd = {upstream}\nn = eval_numerical_gradient_array(f, x, d)"
    )
    assert only(source).known["loss"] == wanted


@pytest.mark.parametrize(
    ("line", "about"),
    [
        ("x = load('x.npy')", "shape"),
        ("x = np.random.randn(*sizes)", "shape"),
        ("dout = mystery(3)", "loss"),
        ("gamma = pick()", "gamma"),
        ("gamma[0] = 1", "gamma"),
        ("gamma *= pick()", "gamma"),
        ("for beta in betas: pass", "beta"),
        ("bn_param = {'mode': 'test'}", "layer"),
        ("y = layernorm_forward(x, gamma, beta, bn_param)", "layer"),
    ],
)
def test_what_is_not_understood_is_open_and_has_a_line(line: str, about: str) -> None:
    source = [
        "x = np.random.randn(4, 3)", "gamma = np.random.randn(3)", "beta = np.random.randn(3)", "dout = np.random.randn(4, 3)",
        "bn_param = {'mode': 'train'}", line, "y = batchnorm_forward(x, gamma, beta, bn_param)",
        "n = eval_numerical_gradient_array(lambda x: batchnorm_forward(x, gamma, beta, bn_param), x, dout)",
    ]  # fmt: skip
    whole = only("\n".join(source))
    assert about in {gap.about for gap in whole.open}
    assert all(gap.line >= 1 for gap in whole.open)
    assert about not in whole.known
    del source[5]
    assert about not in {gap.about for gap in only("\n".join(source)).open}


def read(*lines: str) -> Found:
    """Return what a plain test says after these lines."""
    plain = [
        "x = np.random.randn(4, 3)",
        "gamma = np.random.randn(3)",
        "beta = np.random.randn(3)",
        "dout = np.random.randn(4, 3)",
    ]
    end = ["n = eval_numerical_gradient_array(lambda x: batchnorm_forward(x, gamma, beta, bn_param), x, dout)"]
    return only("\n".join([*plain, *lines, *end]))


def test_a_step_called_eps_is_not_the_eps_of_the_layer() -> None:
    assert "eps" not in read("eps = 1e-6").known
    assert read("eps = 1e-2", "y = batchnorm_forward(x, gamma, beta, eps)").known["eps"] == 1e-2
    assert read("y = batchnorm_forward(x, gamma, beta, {'eps': 1e-2})").known["eps"] == 1e-2


def test_what_branches_leave_different_is_not_known() -> None:
    assert read("if small:", "    gamma = np.ones(3)", "else:", "    gamma = np.zeros(3)").known.get("gamma") is None
    assert read("if small:", "    gamma = np.ones(3)", "else:", "    gamma = np.ones(3)").known["gamma"] == Draw(
        "constant", shift=1.0
    )


def test_weights_of_the_shape_of_y_are_no_gamma() -> None:
    assert read("w = np.random.rand(4, 3)").known["gamma"] == Draw()
    assert read("w = np.random.rand(3)").known["gamma"] == Draw("uniform")


def test_what_is_moved_comes_before_what_is_only_named() -> None:
    assert read("loss = np.sum(batchnorm_forward(x, gamma, beta)[0])").known["loss"] == Loss("random")


def test_functional_batch_norm_has_its_own_order_of_arguments() -> None:
    source = (
        "x = torch.randn(4, 3)\nm, v = torch.zeros(3), torch.ones(3)\na, c = torch.rand(3), torch.randn(3)\n"
        "F.batch_norm(x, m, v, a, c, True, 0.1, 1e-5).sum().backward()\n"
    )
    known = only(source).known
    assert (known["gamma"], known["beta"]) == (Draw("uniform"), Draw())
    assert known["loss"] == Loss("constant")


def test_differences_that_are_written_out_are_a_test_too() -> None:
    source = """
def test_loop():
    h = 1e-4
    x = np.random.normal(size=(5, 4)); gamma = np.ones(4); beta = np.zeros(4)
    dy = np.random.normal(size=(5, 4))
    for i, j in np.ndindex(5, 4):
        above, below = x.copy(), x.copy()
        above[i, j] += h; below[i, j] -= h
        num[i, j] = np.sum((bn_forward(above, gamma, beta)[0] - bn_forward(below, gamma, beta)[0]) * dy) / (2 * h)
    dx, dg, db = bn_backward(dy, cache)
    assert np.linalg.norm(dx - num) / (np.linalg.norm(dx) + np.linalg.norm(num)) < 1e-6
"""
    known = only(source).known
    assert (known["shape"], known["loss"], known["step"]) == ((5, 4), Loss("random"), 1e-4)
    assert known["tolerance"] == Tolerance("norm", 1e-6, 0.0)


def test_what_is_like_a_double_is_a_double() -> None:
    source = (
        "x = torch.randn(6, 3, dtype=torch.double, requires_grad=True)\ny = my_norm(x)\ndout = torch.randn_like(y)\n"
        "y.backward(dout)\nassert torch.allclose(x.grad, dx, atol=1e-6)\n"
    )
    assert only(source).known["double"] is True


def test_gradcheck_takes_its_numbers_by_position_too() -> None:
    found = only("x = torch.randn(4, 3)\ngradcheck(BN.apply, (x,), 1e-5, 1e-4, 1e-2)\n")
    assert found.known["step"] == 1e-5
    assert found.known["tolerance"] == Tolerance("allclose", 1e-2, 1e-4)
    assert any("taken to return y" in note for note in found.notes)


def test_a_function_of_gradcheck_that_is_not_understood_is_not_guessed() -> None:
    found = only("x = torch.randn(4, 3)\ngradcheck(lambda x: mystery(x), (x,))\n")
    assert "loss" not in found.known
    assert "loss" in {gap.about for gap in found.open}


def test_each_test_of_a_file_is_one_and_tools_are_none() -> None:
    tool = "def eval_numerical_gradient_array(f, x, df):\n    return numeric_gradient(f, x)\n"
    source = tool + GRADCHECK + SUMMED.replace("test_it", "test_other") + "def unrelated():\n    return 3\n"
    assert [test.name for test in read_tests("t.py", source)] == ["test_it", "test_other"]
    assert [test.name for test in read_tests("t.py", source, "test_other")] == ["test_other"]


OWN_TOOL = """
def slopes(f, x, h=1e-4):
    out = np.zeros_like(x)
    for at in np.ndindex(*x.shape):
        out[at] = (f(x + h * unit(at)) - f(x - h * unit(at))) / (2 * h)
    return out
def test_it():
    x, gamma, beta, dout = randn(4, 3), randn(3), randn(3), randn(4, 3)
    dx, dgamma, dbeta = batchnorm_backward(dout, cache)
    loss = lambda x: (batchnorm_forward(x, gamma, beta)[0] * dout).sum()
"""


@pytest.mark.parametrize(
    "compared",
    [
        "    assert np.allclose(dx, slopes(loss, x))",
        "    for ours, theirs in [(dx, slopes(loss, x))]:\n        assert np.allclose(ours, theirs)",
        "    if not np.allclose(dx, slopes(loss, x)):\n        raise ValueError",
        "    while not np.allclose(dx, slopes(loss, x)):\n        raise ValueError",
        "    with timed(slopes(loss, x)) as num:\n        assert np.allclose(dx, num)",
    ],
)
def test_a_function_with_differences_is_a_tool_whatever_its_name_and_wherever_it_is_called(compared: str) -> None:
    found = only(OWN_TOOL + compared)
    assert (found.name, found.open) == ("test_it", [])
    assert (found.known["step"], found.known["loss"]) == (1e-4, Loss("random"))


@pytest.mark.parametrize("top", ["(y ** 2).sum()", "((y - 1) ** 2).sum()"])
def test_a_loss_over_twice_the_examples_is_no_difference(top: str) -> None:
    source = f"""
def test_it():
    N = 4
    x, gamma, beta = randn(N, 3), randn(3), randn(3)
    y, cache = batchnorm_forward(x, gamma, beta)
    loss = {top} / (2 * N)
    assert np.allclose(batchnorm_backward(y / N, cache)[0], theirs)
"""
    (found,) = read_tests("t.py", source)
    assert [gap.about for gap in found.open] == ["reference"]


def test_a_comparison_without_a_reference_is_not_passed_over() -> None:
    (found,) = read_tests("t.py", OWN_TOOL + "    assert np.allclose(dx.sum(0), 0)")
    assert [gap.about for gap in found.open] == ["reference"]
    with pytest.raises(NotUnderstoodError):  # a look at shapes is no comparison of gradients
        read_tests("t.py", OWN_TOOL + "    assert dx.shape == x.shape")


def test_the_parameters_of_a_new_layer_of_pytorch_are_spoken_of() -> None:
    found = only("x = torch.randn(4, 3)\nlayer = torch.nn.BatchNorm1d(3)\nlayer(x).sum().backward()\n")
    assert found.notes == ["line 2: a new layer of PyTorch has gamma = 1 and beta = 0: --gamma 1 --beta 0"]


def test_a_notebook_is_read_without_its_magics() -> None:
    cells = [{"cell_type": "markdown", "source": ["x = ("]}, {"cell_type": "code", "source": ["%matplotlib inline\n", "!ls\n"]},
             {"cell_type": "code", "source": CS231N}]  # fmt: skip
    assert only(json.dumps({"cells": cells}), "a.ipynb").known["shape"] == (4, 5)


HOSTILE = {
    "garbage": "\x00\xff)(*&^%",
    "no python": "this is a letter, and no program",
    "deep brackets": "x = " + "(" * 100_000,
    "deep minus": "x = " + "-" * 100_000 + "1",
    "deep chain": "x = a" + ".b()" * 50_000,
    "deep indentation": "".join(" " * n + "if x:\n" for n in range(200)) + " " * 200 + "pass",
    "empty": "",
    "only a number": "9" * 10_000,
    "too long": "x = 1\n" * 500_000,
    "surrogates": "x = '\ud800'\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_not_understood(name: str) -> None:
    with pytest.raises(NotUnderstoodError):
        read_tests("test.py", HOSTILE[name])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 3}', '{"cells": [{"cell_type": "code"}]}', "[" * 100_000, "null"])
def test_hostile_notebooks_are_not_understood(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        read_tests("a.ipynb", text)


@pytest.mark.parametrize(
    "line",
    [
        "x = np.random.randn(10**10**10, 3)",
        "x = np.random.randn(2 ** 64 ** 64, 3)",
        "x = np.random.randn(-4, 0)",
        "x = np.random.randn(True, None, *x, **y)",
        "x = 1e999 * np.random.randn(4, 3) + 1e999",
        "x = np.random.randn(4, 3) / 0",
        "x = [x, x][x.shape[x]]",
        "x, *y = x = x",
        "f = lambda x: f(x)",
        "def f(x):\n    gradcheck(f, (x,))\n    return f(x)",
        "x = {**x, 'mode': x}['mode']",
        "__import__('os').system('touch /tmp/symbn_was_here')",
        "x = eval(\"__import__('os').system('touch /tmp/symbn_was_here')\")",
    ],
)
def test_hostile_lines_are_neither_run_nor_believed(line: str) -> None:
    found = read_tests("test.py", f"{line}\ngradcheck(f, (x,))\ngradcheck(f, inputs)\nassert rel_error(a, b) < 1e999\n")
    assert "shape" not in found[0].known or found[0].known["shape"] == (4, 3)
    assert not Path("/tmp/symbn_was_here").exists()


# ---------------------------------------------------------------------- the command


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "symbn", "doctor", *arguments], capture_output=True, text=True, timeout=120, check=False
    )


def test_options_alone_are_a_setting() -> None:
    done = run("--loss", "sum(y)", "--gamma", "1", "--shape", "2,3", "--eps", "0", "--rtol", "1e-3", "--atol", "1e-8", "--json")
    assert done.returncode == 1
    record = json.loads(done.stdout)
    answers = {mistake["name"]: mistake["answer"] for mistake in record["mistakes"]}
    assert answers["gamma-missing"] == "exactly blind"
    assert answers["first-sum-sign"] == "seen"
    assert {"x", "beta", "step"} <= set(record["assumed"])
    assert not {"gamma", "eps", "tolerance"} & set(record["assumed"])


def test_a_test_that_sees_all_has_status_0() -> None:
    done = run("--loss", "sum(y*dout)", "--shape", "4,3", "--eps", "0.1", "--rtol", "1e-7")
    assert (done.returncode, done.stderr) == (0, "")
    assert "it sees each of 30 usual mistakes" in done.stdout


def test_a_file_is_examined_and_options_come_first(tmp_path: Path) -> None:
    file = tmp_path / "test_bn.py"
    file.write_text(CS231N + SUMMED, encoding="utf-8")
    done = run(str(file))
    assert done.returncode == 1
    assert "test_it" in done.stdout
    assert "with the loss sum(y) dx is 0 for every draw, and the wrong one" in done.stdout
    assert "(assumed)" in done.stdout
    one = json.loads(run(f"{file}:test_it", "--loss", "sum(y*dout)", "--json").stdout)
    assert one["setting"]["loss"].startswith("the loss is sum(y * dout)")


def test_what_a_file_does_not_say_is_asked_for_and_options_fill_it_in(tmp_path: Path) -> None:
    file = tmp_path / "test_bn.py"
    file.write_text("x = load()\nn = eval_numerical_gradient_array(f, x, dout)\n", encoding="utf-8")
    done = run(str(file))
    assert done.returncode == 3
    assert "the shape of x is not known" in done.stdout
    assert run(str(file), "--shape", "4,3", "--loss", "sum(y*dout)", "--eps", "0.1", "--rtol", "1e-7").returncode == 0
    assert {"shape", "loss"} < ESSENTIAL


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["--shape", "4,3"], ["--loss", "sum(y)"], ["--shape", "4", "--loss", "sum(y)"],
        ["--shape", "a,b", "--loss", "sum(y)"],
        ["--shape", "4,3", "--loss", "exec(y)"], ["--shape", "4,3", "--loss", "sum(y)", "--eps", "nan"],
        ["--shape", "4,3", "--loss", "sum(y)", "--rtol=-1"], ["--shape", "4,3", "--loss", "sum(y)", "--gamma", "lots"],
        ["--shape", "4,3", "--loss", "sum(y)", "--compared", "dy"], ["--shape", "999999,999999", "--loss", "sum(y)"],
        ["--shape", "0,3", "--loss", "mean(y)"], ["/no/such/file.py"], ["/"], [f"{__file__}:no_such_function"],
    ],
)  # fmt: skip
def test_usage_errors_are_one_message_and_status_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "symbn: error:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("source", [b"\xff\xfe\x00(", b"x = (" * 1000, b"pass\n", b"\x1b]0;owned\x07 = 3\n"])
def test_files_that_are_not_understood_have_status_3(source: bytes, tmp_path: Path) -> None:
    file = tmp_path / "test_bn.py"
    file.write_bytes(source)
    done = run(str(file))
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
