"""The C header compiles without a warning and passes its own test, which a wrong one fails."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from symbn.codegen.targets import PROGRAMS
from symbn.codegen.writing import Request, write
from tests.codegen.running import mutants, run

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wshadow", "-O2"]
pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")


def outcome(folder: Path, name: str, *options: str) -> str:
    """Compile the test of a header and return what it prints."""
    built = run("cc", *STRICT, *options, f"test_{name}.c", "-o", name, "-lm", folder=folder)
    assert built.returncode == 0, built.stderr
    done = run(f"./{name}", folder=folder)
    assert (done.returncode == 0) == (done.stdout == "all is well\n")
    return done.stdout


@pytest.mark.parametrize("real", ["double", "float"])
@pytest.mark.parametrize("target", PROGRAMS)
def test_the_generated_test_passes(target: str, real: str, tmp_path: Path) -> None:
    write(Request(target, "c", {"double": "float64", "float": "float32"}[real]), f"{tmp_path}/", with_test=True)
    assert outcome(tmp_path, target.replace("-", "_")) == "all is well\n"


@pytest.mark.parametrize("target", ["batchnorm", "layernorm", "spatial-batchnorm"])
def test_nothing_is_read_or_written_out_of_bounds(target: str, tmp_path: Path) -> None:
    write(Request(target, "c"), str(tmp_path / "layer.h"), with_test=True)
    probe = run("cc", "-fsanitize=address,undefined", "-x", "c", "-o", "probe", "-", folder=tmp_path)
    if "cannot find" in probe.stderr:
        pytest.skip("the compiler has no sanitizers")
    assert outcome(tmp_path, "layer", "-fsanitize=address,undefined", "-O1") == "all is well\n"


def test_the_generated_test_fails_what_is_wrong(tmp_path: Path) -> None:
    edits = {
        "- mean_dout": "+ mean_dout",
        "(double)gamma[d] * (double)inv_std[d] * rest": "(double)inv_std[d] * rest",
        "const double centred = moved - residual": "const double centred = moved + 0.0 * residual",
        "variance_here += centred * centred": "variance_here += (double)x[at] * (double)x[at] - mean_here * mean_here",
        "sqrt(variance_here + eps)": "sqrt(variance_here)",
        "dbeta_here += (double)dout[at]": "dbeta_here -= (double)dout[at]",
    }
    for name in mutants(tmp_path, "c", "batchnorm", edits):
        printed = outcome(tmp_path, name, "-Wno-unused")
        assert " is " in printed
        assert "all is well" not in printed


def test_other_compilers_warn_of_nothing(tmp_path: Path) -> None:
    write(Request("batchnorm", "c"), str(tmp_path / "layer.h"), with_test=True)
    for compiler in ("gcc", "clang"):
        if shutil.which(compiler):
            built = run(compiler, *STRICT, "-std=c11", "test_layer.c", "-o", "layer", "-lm", folder=tmp_path)
            assert built.returncode == 0, built.stderr
