"""The layout holds: imports go down only, the kernel stays small and alone, and nothing executes what a user wrote."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "symbn"
FLOORS = [
    "kernel", "diagnostic", "errors", "syntax", "layers", "elaboration", "typesetting", "symbolic", "deriving", "publishing",
    "decision", "answer", "catalogue", "document", "judging", "repairing", "equivocation", "following", "report", "checking",
    "cache", "running", "processes", "certificates", "scale", "numeric", "code", "codegen", "doctor", "testing", "plugin",
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


# What turns text into code or into a process, whoever does it.
EXECUTING = frozenset(
    "eval exec compile sympify parse_expr parse_latex parse_mathematica lambdify __import__ S import_module run_module "
    "run_path execfile system popen Popen check_output getoutput getstatusoutput spawn fork forkpty unsafe_load full_load "
    "load_all breakpoint literal_eval input globals locals vars posix_spawn posix_spawnp startfile create_subprocess_shell "
    "create_subprocess_exec execv execve execl execle execlp execlpe execvp execvpe spawnl spawnle spawnlp spawnlpe spawnv "
    "spawnve spawnvp spawnvpe Template Formatter vformat format_map".split()
)
# Modules that do nothing else, or read values that can name code.
UNSAFE = frozenset(
    "pickle cPickle dill cloudpickle marshal shelve yaml ruamel jsonpickle joblib subprocess pty code codeop runpy importlib "
    "imp ctypes cffi builtins xml.dom xml.sax webbrowser socket urllib.request http requests ftplib smtplib".split()
)
METHODS_OF_RE = frozenset({"compile"})
LOADERS = frozenset({"load", "loads", "loadtxt", "genfromtxt", "fromfile", "memmap"})
ARRAYS = frozenset({"numpy", "np"})
# The public names are imported when they are first asked for: each from the module that a table in the code has for it.
# coqc and latexmk run on files that symbn writes itself, from what it understood and never from what a user wrote.
# The benchmark starts its peers, and lets SymPy read the project's own documents.
# symbn/scale starts itself, as a worker, with constant arguments: what a user wrote goes to its standard input.
# An attribute that is looked up by its name is a field of a class of ours, or a stream of sys.
ALLOWED = {
    "symbn/__init__.py": {"importlib", "import_module", "getattr", "setattr"},
    "symbn/cache.py": {"getattr"},
    "symbn/diagnostic.py": {"getattr"},
    "symbn/symbolic.py": {"getattr"},
    "symbn/cli/command.py": {"getattr", "setattr"},
    "symbn/certificates/auditing.py": {"subprocess", "Popen"},
    "symbn/publishing/pdf.py": {"subprocess", "Popen"},
    "symbn/scale/asking.py": {"subprocess", "Popen"},
    # The one place where a user's code runs: a process of its own, that `symbn code --run` starts when a person says so. The
    # process that waits starts it; what is inside compiles and runs the file, and makes system calls to shut itself in.
    "symbn/code/sandbox/running.py": {"subprocess", "Popen"},
    "symbn/code/sandbox/loading.py": {"exec", "compile", "builtins", "__import__", "__builtins__"},
    "symbn/code/sandbox/walls.py": {"ctypes"},
    "symbn/code/sandbox/filters.py": {"ctypes"},
    "symbn/certificates/writing.py": {"importlib.resources"},
    "scripts/benching/measuring.py": {"subprocess", "Popen"},
    "scripts/benching/readers.py": {"parse_latex"},
    "scripts/attacking/spelling.py": {"format"},
    "scripts/fuzzing/cases.py": {"format"},
    "scripts/fuzzing/grammar.py": {"format"},
}


def constant(template: ast.expr) -> bool:
    """Tell whether a format is one of ours: with a text of the user's, `{0.__class__}` would look into our objects."""
    match template:
        case ast.Constant() | ast.JoinedStr():
            return isinstance(template, ast.Constant)
        case ast.Name(id=name):
            return name.isupper()
        case ast.Subscript(value=table):
            return constant(table)
        case _:
            return False


def executing(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield every place that can run what a user wrote: a call or a mere mention, an import, a shell."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="re"), attr=name) if name in METHODS_OF_RE:
                pass
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in EXECUTING:
                yield node.lineno, name
            case ast.Attribute(value=ast.Name(id=library), attr=name) if library in ARRAYS and name in LOADERS:
                yield node.lineno, f"{library}.{name}"
            case ast.Call(func=ast.Name(id="getattr" | "setattr" | "delattr" as name), args=[_, field, *_]):
                if not isinstance(field, ast.Constant):
                    yield node.lineno, name
            case ast.Call(func=ast.Attribute(value=template, attr="format")) if not constant(template):
                yield node.lineno, "format"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="subprocess")), args=[command, *_]):
                if not isinstance(command, ast.List):
                    yield node.lineno, "a command that is no list"
            case ast.keyword(arg="shell"):
                yield node.value.lineno, "shell="
            case ast.Constant(value="__builtins__" | "__globals__" | "__subclasses__" | "__reduce__" as name):
                yield node.lineno, name
            case _:
                pass
    for statement, name in imports(tree):
        if any(name == bad or name.startswith(f"{bad}.") for bad in UNSAFE):
            yield statement.lineno, name
        if isinstance(statement, ast.ImportFrom):
            yield from ((statement.lineno, alias.name) for alias in statement.names if alias.name in EXECUTING)


@pytest.mark.parametrize(
    "path", [*sources(), *sorted((ROOT / "scripts").rglob("*.py"))], ids=lambda path: str(path.relative_to(ROOT))
)
def test_nothing_executes_text(path: Path) -> None:
    found = {name for _, name in executing(ast.parse(path.read_text("utf-8")))}
    assert found <= ALLOWED.get(path.relative_to(ROOT).as_posix(), set())


def test_every_exception_is_needed() -> None:
    for name, allowed in ALLOWED.items():
        assert allowed == {found for _, found in executing(ast.parse((ROOT / name).read_text("utf-8")))}, name


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
        "getattr(x, name)", "setattr(x, name, 1)", "text.format(1)", "f'{text}'.format(1)", "(a + b).format(1)",
        "string.Template(text)", "text.format_map(x)", "subprocess.run(text)", "subprocess.run('ls ' + name)", "np.load(text)",
        "numpy.load(text, allow_pickle=True)", "os.execvpe(a, b, c)", "os.spawnlp(a, b)", "yaml.unsafe_load(text)",
        "from os import system", "from pickle import loads", "asyncio.create_subprocess_shell(text)",
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


@pytest.mark.parametrize("arguments", [["verify", "--quiet", "m = m"], ["--version"]])
def test_what_only_judges_typesets_nothing(arguments: list[str]) -> None:
    code = f"import symbn.cli.command as c, contextlib, sys\nwith contextlib.suppress(SystemExit):\n    c.main({arguments!r})\n"
    code += "print([name for name in sys.modules if name.startswith('symbn.typesetting')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_public_names_are_the_documented_ones() -> None:
    import symbn

    for name in symbn.__all__:
        assert getattr(symbn, name) is not None
    assert all(getattr(getattr(symbn, name), "__doc__", None) for name in symbn.__all__ if name != "__version__")


def test_every_file_that_is_no_source_is_package_data() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = table["tool"]["setuptools"]["package-data"]["symbn"]
    named = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    others = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert others == named
