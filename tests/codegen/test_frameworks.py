"""The modules for PyTorch and JAX pass their own tests, where the framework is installed; a wrong one fails."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from symbn.codegen.targets import PROGRAMS
from symbn.codegen.writing import DTYPES, Request, generate
from tests.codegen.running import failing_files, generated, lint, mutants, pytest_passes, types

FRAMEWORKS = ["torch", "jax"]


def body(text: str, function: str) -> list[str]:
    """Return the lines of a function, spelled as NumPy spells them."""
    tree = ast.parse(text)
    (found,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function)
    lines = [ast.unparse(statement) for statement in found.body]
    for theirs in ("torch.sqrt", "jnp.sqrt"):
        lines = [line.replace(theirs, "np.sqrt").replace("dim=", "axis=") for line in lines]
    return lines


@pytest.mark.parametrize("target", PROGRAMS)
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_framework_computes_what_numpy_does(framework: str, target: str) -> None:
    ours, theirs = (generate(Request(target, to)).text for to in ("numpy", framework))
    for function in ("forward", "backward"):
        name = f"{target.replace('-', '_')}_{function}"
        assert body(theirs, name) == body(ours, name)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_generated_tests_pass(framework: str, tmp_path: Path) -> None:
    pytest.importorskip(framework)
    generated(tmp_path, framework, PROGRAMS)
    pytest_passes(tmp_path)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_float32_passes(framework: str, tmp_path: Path) -> None:
    pytest.importorskip(framework)
    generated(tmp_path, framework, ["batchnorm-eval"], "float32")
    pytest_passes(tmp_path)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_generated_test_fails_what_is_wrong(framework: str, tmp_path: Path) -> None:
    pytest.importorskip(framework)
    edits = {
        "- mean_dout": "- 0 * mean_dout",
        "gamma * inv_std * rest": "inv_std * rest",
        "centred = moved - residual": "centred = moved",
    }
    names = mutants(tmp_path, framework, "batchnorm", edits)
    assert failing_files(tmp_path) == set(names)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_generated_python_is_linted(framework: str, dtype: str, tmp_path: Path) -> None:
    generated(tmp_path, framework, PROGRAMS, dtype)
    lint(tmp_path)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_generated_python_is_typed(framework: str, tmp_path: Path) -> None:
    pytest.importorskip(framework)
    generated(tmp_path, framework, PROGRAMS)
    types(tmp_path)
