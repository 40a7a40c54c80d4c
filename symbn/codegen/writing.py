"""From a target to files: proved first, then printed, then written, each file whole or not at all."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from symbn.codegen.c_check import c_test
from symbn.codegen.cheader import header
from symbn.codegen.frameworks import jax_module, numpy_module, torch_module
from symbn.codegen.jax_check import jax_test
from symbn.codegen.listing import listing
from symbn.codegen.numpy_check import numpy_test
from symbn.codegen.program import Program
from symbn.codegen.proving import Claim, prove_program
from symbn.codegen.targets import program_of
from symbn.codegen.torch_check import torch_test
from symbn.codegen.wording import MARK
from symbn.errors import UsageError
from symbn.publishing.files import write_whole

LANGUAGES = ("numpy", "torch", "jax", "c", "latex")
DTYPES = ("float64", "float32")
ENDINGS = {"numpy": ".py", "torch": ".py", "jax": ".py", "c": ".h", "latex": ".tex"}
_TEST_ENDINGS = {**ENDINGS, "c": ".c"}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
# What the generated modules call something else.
_TAKEN = frozenset(
    ["annotations", "jax", "jnp", "np", "npt", "numpy", "partial", "pytest", "symbn", "torch", "once_differentiable"]
)
_HEAD = 4096  # characters of a file in which the mark stands

_MODULES: dict[str, Callable[[Program, str, str, tuple[Claim, ...]], str]] = {
    "numpy": numpy_module,
    "torch": torch_module,
    "jax": jax_module,
    "c": header,
    "latex": lambda program, name, dtype, proved: listing(program, proved),
}
_TESTS: dict[str, Callable[[Program, str, str, str], str]] = {
    "numpy": numpy_test,
    "torch": torch_test,
    "jax": jax_test,
    "c": lambda program, name, dtype, module: c_test(program, name, module),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. name: of the functions; None: after the target."""

    target: str
    to: str
    dtype: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        if self.to not in LANGUAGES:
            raise UsageError(f"unknown language {self.to[:40]!r}: choose from {', '.join(LANGUAGES)}")
        if self.dtype is not None and self.dtype not in DTYPES:
            raise UsageError(f"unknown type {self.dtype[:40]!r}: choose from {', '.join(DTYPES)}")
        if self.dtype is not None and self.to == "latex":
            raise UsageError("--dtype is for code: in LaTeX numbers are real")
        if self.name is not None:
            check_name(self.name, "--name")

    @property
    def function(self) -> str:
        return self.name or self.target.replace("-", "_")


@dataclass(frozen=True, slots=True)
class Generated:
    """claims: what was proved of what was written. test: None where there is none."""

    text: str
    test: str | None
    claims: tuple[Claim, ...]


def check_name(name: str, where: str) -> None:
    """Refuse what cannot name a module and its functions. Raises: UsageError."""
    if not _NAME.fullmatch(name) or keyword.iskeyword(name) or name in _TAKEN or name in sys.stdlib_module_names:
        raise UsageError(
            f"{where} has to be of small letters, digits and underscores, at most 40, and no word that Python or a library has "
            f"taken: got {name[:40]!r}"
        )


def generate(request: Request, module: str | None = None) -> Generated:
    """Return the code and its test, once every stage is proved. module: how the test calls the file; None: as the functions.

    Raises: UsageError, UnprovedProgramError.
    """
    program = program_of(request.target)
    claims = prove_program(program)
    dtype, name = request.dtype or DTYPES[0], request.function
    test = _TESTS[request.to](program, name, dtype, module or name) if request.to in _TESTS else None
    return Generated(_MODULES[request.to](program, name, dtype, claims), test, claims)


def write(request: Request, output: str, with_test: bool) -> tuple[tuple[Path, ...], tuple[Claim, ...]]:
    """Write the code to a file, or into a folder, and its test beside it. Return the files and what was proved.

    A file that the user has not named is replaced only if symbn has written it. Raises: UsageError, UnprovedProgramError.
    """
    ending, place = ENDINGS[request.to], Path(output)
    is_folder = place.is_dir() or output.endswith(("/", "\\")) or not place.suffix
    code = place / f"{request.function}{ending}" if is_folder else place
    if code.suffix != ending:
        raise UsageError(f"{code.name[:60]} is no name for {request.to}: it has to end in {ending}, or be a folder")
    with_test = with_test and request.to in _TESTS
    if with_test:
        check_name(code.stem, "without --no-test, the name of the file")
    made = generate(request, code.stem)
    files = [(code, made.text)]
    if with_test and made.test is not None:
        files.append((code.with_name(f"test_{code.stem}{_TEST_ENDINGS[request.to]}"), made.test))
    for path, _ in files:
        if (is_folder or path != code) and not _is_ours(path):
            raise UsageError(f"{path} is there, and symbn has not written it: choose another --name, folder or --no-test")
    if is_folder:
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot make the folder {output}: {error.strerror or error}") from None
    for path, text in files:
        write_whole(path, text)
    return tuple(path for path, _ in files), made.claims


def _is_ours(path: Path) -> bool:
    """Tell whether the place is free, or holds what symbn has written."""
    if not path.exists():
        return not path.is_symlink()
    try:
        with open(path, encoding="utf-8") as stream:
            return MARK in stream.read(_HEAD)
    except (OSError, UnicodeDecodeError):
        return False
