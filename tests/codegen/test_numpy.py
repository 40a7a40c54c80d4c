"""The generated NumPy passes its own test, which a wrong one fails; it is typed, and it keeps its digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from symbn.cli import main
from symbn.codegen.targets import PROGRAMS
from symbn.codegen.writing import DTYPES, Request, generate, write
from tests.codegen.running import failing_files, generated, lint, mutants, pytest_passes, types
from tests.codegen.test_exact import module_of

BOTH = {
    "- mean_dout": "- 0 * mean_dout",
    "- xhat * projection": "+ xhat * projection",
    "projection = dgamma / count": "projection = dgamma / (count - 1 + (count == 1))",
    "gamma * inv_std * rest": "inv_std * rest",
    "np.sqrt(variance + eps)": "np.sqrt(variance) + eps**0.5",
    "dgamma = (dout * xhat)": "dgamma = dout",
    "y = gamma * xhat + beta": "y = gamma * xhat - beta",
    "centred = moved - residual": "centred = moved",
    "variance = (centred**2).mean(axis=0)": "variance = (x**2).mean(axis=0) - mean**2",
    "dbeta = dout.sum(axis=0)": "dbeta = dout.sum(axis=0, dtype=np.float64)[None]",
}


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_generated_tests_pass(dtype: str, tmp_path: Path) -> None:
    generated(tmp_path, "numpy", PROGRAMS, dtype)
    pytest_passes(tmp_path)


@pytest.mark.parametrize("target", ["batchnorm", "layernorm", "spatial-batchnorm"])
def test_symbn_code_proves_it_for_every_size(target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(Request(target, "numpy"), str(tmp_path / "layer.py"), with_test=False)
    assert main(["code", str(tmp_path / "layer.py")]) == 0
    printed = capsys.readouterr().out
    for name in ("dx", "dgamma", "dbeta"):
        assert f"proved  {name} for every N" in printed
    assert "whose y is proved to be that of the layer" in " ".join(printed.split())


def test_symbn_code_refutes_what_is_wrong(tmp_path: Path) -> None:
    (name,) = mutants(tmp_path, "numpy", "batchnorm", {"gamma * inv_std * rest": "gamma * rest"})
    assert main(["code", str(tmp_path / f"{name}.py")]) == 1


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_generated_python_is_linted_and_typed(dtype: str, tmp_path: Path) -> None:
    generated(tmp_path, "numpy", PROGRAMS, dtype)
    lint(tmp_path)
    types(tmp_path)


def test_the_generated_test_fails_what_is_wrong(tmp_path: Path) -> None:
    names = mutants(tmp_path, "numpy", "batchnorm", BOTH)
    assert failing_files(tmp_path) == set(names)


def test_it_keeps_its_digits_at_a_large_offset(tmp_path: Path) -> None:
    """The error at an offset of 1e4 in float32 is that of float32 itself, where a mean that is rounded once has 5e-4."""
    layer = module_of(generate(Request("batchnorm", "numpy", "float32")).text, tmp_path)
    random = np.random.default_rng(0)
    x = (random.normal(size=(256, 8)) + 1e4).astype(np.float32)
    gamma, beta = np.ones(8, np.float32), np.zeros(8, np.float32)
    y, _ = layer.batchnorm_forward(x, gamma, beta, 1e-5)
    wide = x.astype(np.float64)
    wanted = (wide - wide.mean(axis=0)) / np.sqrt(wide.var(axis=0) + 1e-5)
    assert y.dtype == np.float32
    assert np.abs(y - wanted).max() < 2e-6
    once = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + np.float32(1e-5))
    assert np.abs(once - wanted).max() > 1e-4
