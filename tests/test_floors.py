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
    "kernel", "diagnostic", "errors", "syntax", "layers", "elaboration", "typesetting", "symbolic", "deriving", "publishing",
    "decision", "answer", "catalogue", "document", "judging", "repairing", "following", "report", "checking", "cache", "running", "certificates",
    "testing", "cli", "__main__",
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


# What turns text into code or into a process, whoever does it.
EXECUTING = frozenset(
    "eval exec compile sympify parse_expr parse_latex parse_mathematica lambdify __import__ S import_module run_module "
    "run_path execfile system popen Popen check_output getoutput getstatusoutput spawn fork forkpty unsafe_load full_load "
    "load_all breakpoint literal_eval input globals locals vars posix_spawn execv execve execl execlp execvp startfile".split()
)
# Modules that do nothing else, or read values that can name code.
UNSAFE = frozenset(
    "pickle cPickle dill cloudpickle marshal shelve yaml ruamel jsonpickle joblib subprocess pty code codeop runpy importlib "
    "imp ctypes cffi builtins xml.dom xml.sax webbrowser socket urllib.request http requests ftplib smtplib".split()
)
METHODS_OF_RE = frozenset({"compile"})
# The public names are imported when they are first asked for: each from the module that a table in the code has for it.
# coqc and latexmk run on files that symbn writes itself, from what it understood and never from what a user wrote.
ALLOWED = {
    "__init__.py": {"importlib", "import_module"},
    "certificates/auditing.py": {"subprocess", "Popen"},
    "certificates/writing.py": {"importlib", "importlib.resources"},
    "publishing/pdf.py": {"subprocess", "Popen"},
}


def executing(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield every place that can run what a user wrote: a call or a mere mention, an import, a shell."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="re"), attr=name) if name in METHODS_OF_RE:
                pass
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in EXECUTING:
                yield node.lineno, name
            case ast.keyword(arg="shell"):
                yield node.value.lineno, "shell="
            case ast.Constant(value="__builtins__" | "__globals__" | "__subclasses__" | "__reduce__" as name):
                yield node.lineno, name
    for statement, name in imports(tree):
        if any(name == bad or name.startswith(f"{bad}.") for bad in UNSAFE):
            yield statement.lineno, name
        if isinstance(statement, ast.ImportFrom):
            yield from ((statement.lineno, alias.name) for alias in statement.names if alias.name in EXECUTING)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_executes_text(path: Path) -> None:
    found = {name for _, name in executing(ast.parse(path.read_text("utf-8")))}
    assert found <= ALLOWED.get(str(path.relative_to(PACKAGE)), set())


def test_only_names_of_the_table_are_imported_late() -> None:
    import symbn

    for name in ("os", "nope", "__builtins__x", "kernel.term", "../x", "\0"):
        with pytest.raises(AttributeError):
            getattr(symbn, name)


@pytest.mark.parametrize(
    "code",
    [
        "eval(text)", "f = eval", "exec(text)", "compile(text, '', 'exec')", "sympy.sympify(text)", "from sympy import sympify",
        "__import__(name)", "import importlib", "from importlib import import_module", "import pickle", "import marshal",
        "import shelve", "import yaml", "from ruamel.yaml import YAML", "import os\nos.system(text)", "os.popen(text)",
        "import subprocess", "f(shell=True)", "f(shell=flag)", "import runpy", "globals()[name]()", "x.__class__.S(text)",
        "sympy.lambdify(x, text)", "import urllib.request", "getattr(x, '__globals__')",
    ],
)  # fmt: skip
def test_what_executes_text_is_found(code: str) -> None:
    assert list(executing(ast.parse(code)))


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
