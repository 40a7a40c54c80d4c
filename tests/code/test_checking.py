"""What is claimed, and what is not: names, layouts, forward passes, eps, and code that cannot be followed."""

from __future__ import annotations

import pytest

from symbn.answer import PROVED, REFUTED, UNDECIDED
from symbn.code.answer import FunctionReport
from symbn.code.checking import Request, check_function
from symbn.code.following import Reading
from symbn.code.names import gradient_of, lets, nodes
from symbn.code.source import backward_functions, forward_of, parsed
from symbn.errors import UsageError

RIGHT = """
import numpy as np
def {name}(dout, cache):
    {unpack} = cache
    g = dout * gamma
    dx = {root} * (g - g.mean(axis={axis}, keepdims=True) - xhat * (g * xhat).mean(axis={axis}, keepdims=True))
    return dx, (dout * xhat).sum(axis={other}), dout.sum(axis={other})
"""


def check(text: str, function: str = "", **request: object) -> FunctionReport:
    source = parsed(text, "file.py")
    name = function or next(backward_functions(source))
    return check_function(source, Request(name, **request), Reading(source))  # type: ignore[arg-type]


def right(
    name: str = "batchnorm_backward", unpack: str = "xhat, gamma, ivar", root: str = "ivar", axis: object = 0, other: object = 0
) -> str:
    return RIGHT.format(name=name, unpack=unpack, root=root, axis=axis, other=other)


def test_a_name_that_would_have_to_mean_something_else_proves_nothing() -> None:
    text = right(unpack="xhat, gamma, var", root="var ** -0.5")
    report = check(text)
    assert (report.verdict, report.parts) == (UNDECIDED, ())
    assert report.reason is not None
    assert "--let v=var" in report.reason
    assert check(text, means=lets(["v=var"])).verdict == PROVED


def test_eps_dropped_is_not_excused_by_another_meaning_of_var() -> None:
    text = right(unpack="xhat, gamma, var, eps", root="1 / np.sqrt(var)").replace(
        "sum(axis=0), dout", "sum(axis=0) * np.sqrt(var + eps) / np.sqrt(var + eps), dout"
    )
    assert check(text).verdict != PROVED


@pytest.mark.parametrize(
    ("name", "axis", "other", "layout"),
    [("batchnorm_backward", 1, "1, keepdims=True", "rows"), ("layernorm_backward", 0, 0, "batchnorm"),
     ("spatial_batchnorm_backward", "(0, 1, 2)", "(0, 1, 2)", "channels-last")],
)  # fmt: skip
def test_a_layout_that_the_names_do_not_say_proves_nothing(name: str, axis: object, other: object, layout: str) -> None:
    text = right(name, axis=axis, other=other)
    report = check(text)
    assert report.verdict == UNDECIDED
    assert f"--layout {layout}" in (report.reason or "")
    assert check(text, layout=layout).verdict == PROVED


def test_the_forward_pass_decides_the_layout() -> None:
    forward = """
def batchnorm_forward(x, gamma, beta, eps):
    xhat = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + eps)
    return gamma * xhat + beta, (xhat, gamma, 1 / np.sqrt(x.var(axis=1, keepdims=True) + eps))
"""
    report = check(right(axis=1, other="1, keepdims=True") + forward)
    assert (report.verdict, report.forward) == (PROVED, "batchnorm_forward")
    assert report.layout.endswith("a row for each feature")


FORWARD = """
def batchnorm_forward(x, gamma, beta, eps=1e-5):
    var = x.var(axis=0)
    xhat = (x - x.mean(axis=0)) / {root}
    return gamma * xhat + beta, (xhat, gamma, 1 / np.sqrt(var + eps))
"""


def test_the_gradient_is_that_of_the_authors_own_forward_pass() -> None:
    report = check(right() + FORWARD.format(root="(np.sqrt(var) + eps)"))
    assert report.forward_part is not None
    assert (report.forward_part.verdict, report.parts[0].verdict) == (REFUTED, REFUTED)
    # y = gamma (x - mu) + beta is no batch norm, and this is its gradient.
    own = """
import numpy as np
def centre_forward(x, gamma, beta):
    return gamma * (x - x.mean(axis=0)) + beta, (x, gamma)
def centre_backward(dout, cache):
    x, gamma = cache
    g = gamma * dout
    return g - g.mean(axis=0), (dout * (x - x.mean(axis=0))).sum(axis=0), dout.sum(axis=0)
"""
    report = check(own)
    assert report.verdict == PROVED
    assert report.forward_part is not None
    assert report.forward_part.verdict == REFUTED
    assert check(own.replace("g - g.mean(axis=0),", "g,")).verdict == REFUTED


def test_a_number_in_the_place_of_eps_is_taken_as_eps_only_if_nothing_else_is() -> None:
    text = right(unpack="x, gamma", root="1 / np.sqrt(x.var(axis=0) + 1e-5)").replace(
        "    g =", "    xhat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)\n    g ="
    )
    report = check(text)
    assert report.verdict == PROVED
    assert "1e-05 is taken as eps" in report.readings[0]
    other = text.replace("np.sqrt(x.var(axis=0) + 1e-5)\n", "np.sqrt(x.var(axis=0) + 1e-8)\n")
    assert check(other).verdict != PROVED
    mixed = text.replace("x, gamma = cache", "x, gamma, eps = cache").replace(
        "np.sqrt(x.var(axis=0) + 1e-5)\n", "np.sqrt(x.var(axis=0) + eps)\n"
    )
    assert check(mixed).verdict != PROVED


@pytest.mark.parametrize(
    ("line", "said"),
    [("dx = np.exp(dout)", "exp"), ("dx = dout if gamma[0] > 0 else -dout", "line 5"),
     ("import os; dx = os.getcwd()", "line 5"), ("dx = open('x').read()", "open"), ("dx = undefined(dout)", "undefined"),
     ("dx = eval('dout')", "eval")],
)  # fmt: skip
def test_what_cannot_be_followed_is_undecided_with_the_place(line: str, said: str) -> None:
    head = "import numpy as np\ndef bn_backward(dout, cache):\n    xhat, gamma = cache\n\n"
    text = f"{head}    {line}\n    return dx, dout, dout\n"
    report = check(text)
    assert (report.verdict, report.parts) == (UNDECIDED, ())
    assert said in (report.reason or "")


def test_the_wrong_number_of_results_and_none() -> None:
    assert (
        check("def bn_backward(dout, cache):\n    gamma = cache[0]\n    print(gamma)\n").reason
        == "it returns nothing that is known as dx, dgamma or dbeta"
    )
    only = check("def bn_backward(dout, cache):\n    xhat, gamma = cache\n    dbeta = dout.sum(axis=0)\n    return dbeta\n")
    assert [(part.name, part.verdict) for part in only.parts] == [("dbeta", PROVED)]


def test_what_is_not_known_is_asked_for() -> None:
    with pytest.raises(UsageError, match=r"--let xhat=strange"):
        check("def bn_backward(dout, cache):\n    strange, gamma = cache\n    return dout\n")
    with pytest.raises(UsageError, match=r"--let dout="):
        check("def bn_backward(strange, cache):\n    return strange\n", "bn_backward")
    with pytest.raises(UsageError, match="there is no function"):
        check("x = 1\n", "nope")


def test_names_stand_for_what_people_mean_by_them() -> None:
    assert [nodes(n)[0] for n in ("x_hat", "xhat2", "sample_mean", "inv_std", "sqrtvar", "Gamma", "x_mu", "grad_output")] == [
        "xhat", "xhat", "mu", "r", "s", "gamma", "c", "g",
    ]  # fmt: skip
    assert [gradient_of(n)[:1] for n in ("dvar", "grad_weight", "dL_dmu", "var_grad", "dx_hat", "dout", "total")] == [
        ("var",), ("gamma",), ("mu",), ("var",), ("xhat",), ("y",), (),
    ]  # fmt: skip


def test_the_forward_pass_is_found_by_its_name() -> None:
    text = "".join(
        f"def {name}(dout, x): pass\n" for name in ("bn_forward", "bn_backward", "bn_backward_alt", "ln_forward", "ln_backward")
    )
    source = parsed(text, "file.py")
    assert list(backward_functions(source)) == ["bn_backward", "bn_backward_alt", "ln_backward"]
    assert [forward_of(source, name) for name in ("bn_backward", "bn_backward_alt", "ln_backward")] == [
        "bn_forward",
        "bn_forward",
        "ln_forward",
    ]
