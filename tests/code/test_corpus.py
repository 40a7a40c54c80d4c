"""Backward functions of our own writing, right and wrong: each gets its answer, and the wrong ones what is wrong with them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from symbn.answer import PROVED, REFUTED
from symbn.code.answer import FunctionReport, Part
from symbn.code.checking import Request, check_function
from symbn.code.following import Reading, Running
from symbn.code.source import Source, backward_functions, load

CORPUS = Path(__file__).parent / "corpus"
AT_SHAPES = {"loop_backward"}  # what has a loop over entries is decided at shapes
CONDITIONS = {"from_unbiased_backward": "N - 1", "by_var_backward": "var"}

# function: what dx, dgamma, dbeta are instead; None where they are right.
RIGHT = None
WRONG: dict[str, tuple[str | None, str | None, str | None]] = {
    "eps_outside_backward": ("eps outside the root", "eps outside the root", RIGHT),
    "eps_dropped_backward": ("eps dropped", RIGHT, RIGHT),
    "var_in_last_term_backward": ("1/var for 1/(var + eps) in the last sum", RIGHT, RIGHT),
    "m_minus_1_backward": ("the last sum (of dxhat * xhat) N/(N - 1) times as large", RIGHT, RIGHT),
    "square_only_backward": ("where N = D", RIGHT, RIGHT),
    "square_shapes_backward": ("where N = D", "where N = D", ""),
    "gamma_missing_backward": ("the gradient with gamma missing", RIGHT, RIGHT),
    "diagonal_backward": ("dout times the diagonal of the Jacobian alone", RIGHT, RIGHT),
    "not_summed_backward": (RIGHT, "dgamma has the shape (N, D) and not (D,)", RIGHT),
    "exponent_backward": ("the exponent -2 for -3/2 in the last sum", RIGHT, RIGHT),
    "factor_in_dvar_backward": ("the last sum (of dxhat * xhat) 2 times as large", RIGHT, RIGHT),
    "last_sum_missing_backward": ("the last sum (of dxhat * xhat) missing", RIGHT, RIGHT),
    "wrong_sign_backward": ("the wrong sign of the last sum", RIGHT, RIGHT),
    "factor_m_backward": ("N times the gradient", RIGHT, RIGHT),
    "unbiased_backward": ("the variance with m - 1", "the variance with m - 1", RIGHT),
    "swapped_backward": (RIGHT, "the sum of dout", "the sum of dout * xhat"),
    "mean_for_sum_backward": (RIGHT, "1/N times the gradient", "1/N times the gradient"),
    "x_for_xhat_backward": (RIGHT, "the sum of dout * x", RIGHT),
    "constant_statistics_backward": ("both sums missing", RIGHT, RIGHT),
}
# function: the line (as it stands there) that is wrong, and what is said of it.
LINES = {
    "eps_outside_backward": ("std = np.sqrt(var) + eps", "std is not sqrt(var + eps)"),
    "eps_dropped_backward": ("ivar = 1 / np.sqrt(var)", "ivar is not (1/sqrt(var + eps))"),
    "exponent_backward": ("* -0.5 * (var + eps) ** -2", "dvar is 1/sqrt(var + eps) times dL/dvar"),
    "factor_in_dvar_backward": ("* -1 * (var + eps) ** -1.5", "dvar is 2 times dL/dvar"),
    "unbiased_backward": ("ddof=1", "var is N/(N - 1) times the variance"),
    "cancelling_backward": ("* -1 * (var + eps) ** -1.5", "dvar is 2 times dL/dvar, which is made up for later"),
    "unused_backward": ("* 0.5 * (var + eps) ** -1.5", "dvar is -1 times dL/dvar"),
}
PROVED_ALL_THE_SAME = {"cancelling_backward", "unused_backward"}


@cache
def source(name: str) -> Source:
    return load(str(CORPUS / f"{name}.py"))


@cache
def report(file: str, function: str) -> FunctionReport:
    return check_function(source(file), Request(function), Reading(source(file)))


def names(file: str) -> list[str]:
    return list(backward_functions(source(file)))


def said(part: Part) -> str:
    return f"{part.likeness} {part.reason} where {part.where}"


@pytest.mark.parametrize("name", names("right"))
def test_what_is_right_is_proved(name: str) -> None:
    found = report("right", name)
    assert [(part.name, part.verdict) for part in found.parts] == [(n, PROVED) for n in ("dx", "dgamma", "dbeta")]
    assert all(part.scope.startswith("x of shape" if name in AT_SHAPES else "every ") for part in found.parts)
    assert found.parts[0].condition == CONDITIONS.get(name)
    assert not found.findings
    if found.forward is not None:
        assert found.forward_part is not None
        assert found.forward_part.verdict == PROVED


@pytest.mark.parametrize("name", names("wrong"))
def test_what_is_wrong_is_refuted_and_explained(name: str) -> None:
    found = report("wrong", name)
    wanted = (None, None, None) if name in PROVED_ALL_THE_SAME else WRONG[name]
    for part, instead in zip(found.parts, wanted, strict=True):
        assert part.verdict == (PROVED if instead is None else REFUTED), part.name
        if instead is not None:
            assert instead in said(part)
            assert part.difference is not None or "shape" in (part.reason or "")


@pytest.mark.parametrize("name", list(LINES))
def test_the_wrong_line_is_named(name: str) -> None:
    text, message = LINES[name]
    line = next(f.line for f in report("wrong", name).findings if f.message == message)
    assert text in source("wrong").text.splitlines()[line - 1]


def test_what_is_wrong_and_unused_is_said_to_be_unused() -> None:
    (finding,) = report("wrong", "unused_backward").findings
    assert not finding.used
    (other,) = report("wrong", "cancelling_backward").findings
    assert other.used


def test_a_counterexample_is_one() -> None:
    """At the inputs that are shown, a run in plain floats gives the value that is shown, and differs from the exact one."""
    import numpy as np

    space: dict[str, object] = {}
    exec(compile(source("wrong").text, "wrong.py", "exec"), space)
    part = report("wrong", "last_sum_missing_backward").parts[0]
    assert part.difference is not None
    inputs = {name: np.array(value, dtype=object).astype(float) for name, value in part.difference.inputs}
    x, eps = inputs["x"], float(inputs["eps"])
    ivar = 1 / np.sqrt(x.var(axis=0) + eps)
    cache = ((x - x.mean(axis=0)) * ivar, inputs["gamma"], ivar)
    dx = space["last_sum_missing_backward"](inputs["dout"], cache)[0]  # type: ignore[operator]
    place = tuple(int(number) for number in part.difference.entry[3:-1].split(","))
    assert dx[place] == pytest.approx(float(part.difference.computed))
    assert part.difference.computed != part.difference.exact


@pytest.mark.parametrize(
    ("file", "name"),
    [("right", "staged_backward"), ("right", "moments_backward"), ("right", "in_place_backward"), ("right", "loop_backward"),
     ("right", "layernorm_backward"), ("right", "spatial_core_backward"), ("right", "fixed_eps_backward"),
     ("wrong", "eps_outside_backward"), ("wrong", "not_summed_backward"), ("wrong", "unused_backward")],
)  # fmt: skip
def test_a_run_gives_the_same_answer(file: str, name: str) -> None:
    read = report(file, name)
    layout = {"layernorm_backward": "layernorm", "spatial_core_backward": "spatial"}.get(name, "batchnorm")
    shapes = ((2, 1, 1, 2), (1, 2, 2, 1)) if layout == "spatial" else ((3, 2), (2, 2), (1, 2))
    request = Request(name, layout=layout, shapes=shapes)
    ran = check_function(source(file), request, Running(source(file), 60))
    assert [(part.name, part.verdict) for part in ran.parts] == [(part.name, part.verdict) for part in read.parts]
    assert [finding.line for finding in ran.findings][:1] == [finding.line for finding in read.findings][:1]
