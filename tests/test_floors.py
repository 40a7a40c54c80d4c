"""The layout holds: imports go down only, the kernel stays small and alone, and nothing executes what a user wrote."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "symbn"
FLOORS = [
    "kernel", "diagnostic", "errors", "syntax", "layers", "elaboration", "symbolic", "decision", "answer", "catalogue",
    "document", "judging", "repairing", "following", "report", "checking", "cache", "running", "certificates", "testing",
    "cli", "__main__",
]  # fmt: skip
HEAVY = {"sympy", "numpy", "rich"}


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the direction"
            yield node, node.module or ""


def top_level(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        yield from (
            (name for _, name in imports(ast.Module([node], []))) if isinstance(node, ast.Import | ast.ImportFrom) else ()
        )


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_only(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        return
    for _, name in imports(ast.parse(path.read_text("utf-8"))):
        if name.startswith("symbn.") and (target := name.split(".")[1]) != here:
            assert FLOORS.index(target) < FLOORS.index(here), f"{here} imports {target}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "kernel").glob("*.py")), ids=lambda path: path.name)
def test_the_kernel_uses_the_standard_library_only(path: Path) -> None:
    for _, name in imports(ast.parse(path.read_text("utf-8"))):
        top = name.split(".")[0]
        assert top in sys.stdlib_module_names or name.startswith("symbn.kernel"), name


def test_the_kernel_has_at_most_a_thousand_lines() -> None:
    assert sum(len(path.read_text("utf-8").splitlines()) for path in (PACKAGE / "kernel").glob("*.py")) <= 1000


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_executes_text(path: Path) -> None:
    forbidden = {"eval", "exec", "compile", "sympify", "parse_expr", "parse_latex", "lambdify", "__import__", "S"}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = (
                node.func.id
                if isinstance(node.func, ast.Name)
                else node.func.attr
                if isinstance(node.func, ast.Attribute)
                else ""
            )
            module = (
                isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            )
            assert called not in forbidden or module, f"{path.name}:{node.lineno} calls {called}"


def test_no_heavy_import_at_the_top_of_what_verify_needs() -> None:
    for path in sources():
        if room(path) not in ("symbolic",):
            heavy = {name.split(".")[0] for name in top_level(ast.parse(path.read_text("utf-8")))} & HEAVY
            assert not heavy, f"{path.name} imports {heavy}"


@pytest.mark.parametrize("program", ["import symbn", "import symbn.cli; symbn.cli.main(['verify', '--quiet', 'm = m'])"])
def test_neither_import_nor_verify_loads_sympy_numpy_or_rich(program: str) -> None:
    code = f"{program}\nimport sys\nprint(sorted({{'sympy', 'numpy', 'rich'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_public_names_are_the_documented_ones() -> None:
    import symbn

    for name in symbn.__all__:
        assert getattr(symbn, name) is not None
    assert all(getattr(getattr(symbn, name), "__doc__", None) for name in symbn.__all__ if name != "__version__")
