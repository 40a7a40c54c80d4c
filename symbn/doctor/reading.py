"""A test file -> the settings of its numeric gradient tests, by its syntax tree: nothing of it is ever executed.

A test is a function (or the top level of a file or notebook) that takes numeric gradients: `eval_numerical_gradient_array`,
`gradcheck`, a function of its own with such a name or with central differences in it, or `.backward()` of PyTorch. Its names
are followed from the top, each statement once. What is not understood is said, with its line, and stays open: options fill
it in. A function that compares what a backward pass returns with something else is said to be not understood, too.
"""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Iterator

from symbn.doctor.evaluating import name_of
from symbn.doctor.tools import NUMERIC, tools
from symbn.doctor.understanding import Found, understood, without_reference
from symbn.doctor.walking import Walk
from symbn.errors import SymbnError, UsageError

MAX_SOURCE = 2_000_000


class NotUnderstoodError(SymbnError):
    """The file is no Python, or has no numeric gradient test that is recognised."""


def read_tests(path: str, source: str, function: str | None = None) -> tuple[Found, ...]:
    """Return the numeric gradient tests of a file, or the one that is named. Raises: NotUnderstoodError, UsageError."""
    try:
        tree = _parsed(path, source)
        found = tuple(_tests(tree, function))
    except RecursionError:
        raise NotUnderstoodError(f"{path}: this is nested too deeply to be read") from None
    if not found:
        raise NotUnderstoodError(
            f"{path}: no numeric gradient test was recognised in it; say which function it is: {path}:FUNCTION"
        )
    return found


def _parsed(path: str, source: str) -> ast.Module:
    if len(source) > MAX_SOURCE:
        raise NotUnderstoodError(f"{path}: longer than {MAX_SOURCE} characters, which is no test")
    try:
        if path.endswith(".ipynb"):
            source = _cells(source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, TypeError, KeyError, AttributeError, MemoryError, OverflowError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        said = error.msg if isinstance(error, SyntaxError) else "it is no notebook" if path.endswith(".ipynb") else str(error)
        raise NotUnderstoodError(f"{path}{line}: this cannot be read as Python: {said}") from None


def _cells(text: str) -> str:
    """Return the code of a notebook, its magics blanked."""
    cells = [cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    lines = "\n".join("".join(cell) for cell in cells).split("\n")
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)


def _tests(tree: ast.Module, function: str | None) -> Iterator[Found]:
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    numeric = tools(functions)
    top = Walk("the top level", 1, tools=numeric)
    single = not any(
        name_of(node.func) == "set_default_dtype" and any(name_of(a) in ("float64", "double") for a in node.args)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )
    top.statements(tree.body)
    if function is not None:
        functions = [n for n in functions if n.name == function]
        if not functions:
            raise UsageError(f"there is no function {function[:60]} in the file")
    elif top.is_test:
        yield understood(top, tree.body, single)
    for node in functions:
        # A function that takes numeric gradients of what it is given is a tool of the tests, and no test.
        tool = (NUMERIC.fullmatch(node.name) or node.name in numeric) and not node.name.startswith("test")
        walk = Walk(node.name, node.lineno, dict(top.names), numeric)
        arguments = node.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            walk.names[argument.arg] = None  # a fixture, or a parameter: not what the file has under this name
        for argument, default in zip(reversed(arguments.args), reversed(arguments.defaults), strict=False):
            walk.names[argument.arg] = walk.value(default)
        walk.statements(node.body)
        if (walk.is_test and not tool) or function is not None:
            yield understood(walk, node.body, single)
        elif (unknown := without_reference(walk, node.body)) is not None and not tool:
            yield unknown
