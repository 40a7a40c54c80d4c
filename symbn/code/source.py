"""A file with Python functions, as its syntax tree: read, never imported."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from symbn.code.names import is_upstream, plain
from symbn.errors import UsageError

MAX_BYTES = 4_000_000
_BACKWARD = re.compile(r"backward|backprop|_bwd|bprop|_grad(?:ient)?s?(?:_|$)|^grad_|_vjp", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """text: of the file; of a notebook, its code cells one after the other. cells: the first line of every cell, if it is one.
    functions: those at the top, by name; of two with one name the last, as in Python."""

    path: str
    text: str
    module: ast.Module
    functions: Mapping[str, ast.FunctionDef]
    cells: tuple[int, ...] = ()

    def place(self, line: int) -> str:
        """Return where a line is: its number, or cell and line in a notebook."""
        if not self.cells:
            return f"line {line}"
        cell = max(number for number, first in enumerate(self.cells, 1) if first <= line)
        return f"line {line - self.cells[cell - 1] + 1} of cell {cell}"


def load(path: str) -> Source:
    """Return the file's functions. Raises: UsageError, with the place, if it cannot be read or is no Python."""
    try:
        raw = Path(path).read_bytes() if Path(path).stat().st_size <= MAX_BYTES else None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    if raw is None:
        raise UsageError(f"{path}: larger than {MAX_BYTES // 1_000_000} MB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 at byte {error.start}: save it as UTF-8") from None
    cells: tuple[int, ...] = ()
    if path.endswith(".ipynb"):
        text, cells = code_of_notebook(text, path)
    return parsed(text, path, cells)


def parsed(text: str, path: str, cells: tuple[int, ...] = ()) -> Source:
    """Return the functions of a text. Raises: UsageError if it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an escape such as "\s" in somebody's text is none of our business
            module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        where = f":{error.lineno}:{error.offset}" if isinstance(error, SyntaxError) and error.lineno else ""
        what = error.msg if isinstance(error, SyntaxError) else str(error) or type(error).__name__
        raise UsageError(f"{path}{where}: this is not Python: {what}") from None
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    return Source(path, text, module, functions, cells)


def code_of_notebook(text: str, path: str) -> tuple[str, tuple[int, ...]]:
    """Return the code cells, one after the other, and the line on which each begins. Lines for IPython (%, !, ?) are blank."""
    try:
        cells = json.loads(text)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        texts = ["".join(source) for source in sources]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise UsageError(f"{path}: this is not a notebook of the format 4") from None
    lines: list[str] = []
    first = []
    for cell in texts:
        first.append(len(lines) + 1)
        own = cell.split("\n")
        magic = own[0].lstrip().startswith("%%")
        lines += [
            "" if magic or line.lstrip().startswith(("%", "!", "?")) or line.rstrip().endswith("?") else line for line in own
        ]
    return "\n".join(lines) + "\n", tuple(first)


def backward_functions(source: Source) -> Iterator[str]:
    """Yield the functions that look like the backward pass of a normalisation: by name, and by a parameter dout."""
    for name, function in source.functions.items():
        names = parameters(function)
        if _BACKWARD.search(name) and len(names) > 1 and any(is_upstream(parameter) for parameter in names):
            yield name


def forward_of(source: Source, backward: str) -> str | None:
    """Return the function that looks like the forward pass of a backward one: batchnorm_forward of batchnorm_backward_alt."""
    stem = _BACKWARD.sub("", backward, count=1)
    wanted = plain(re.sub(r"_?(alt|alternative|fast|simple|slow|v\d+|new|old|vectorized|naive|\d+)$", "", stem))
    best = None
    for name in source.functions:
        if re.search(r"forward|_fwd|fprop", name, re.IGNORECASE):
            own = plain(re.sub(r"forward|_fwd|fprop", "", name, count=1, flags=re.IGNORECASE))
            if own == plain(stem):
                return name
            if own == wanted:
                best = name
    return best


def parameters(function: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]


def defaults(function: ast.FunctionDef) -> set[str]:
    """Return the parameters that have a default value."""
    arguments = function.args
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    last = positional[len(positional) - len(arguments.defaults) :]
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return {*last, *(argument.arg for argument, value in named if value is not None)}


def own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes of a function's own body, without those of functions and classes in it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting = [*ast.iter_child_nodes(node), *waiting]


def returned(function: ast.FunctionDef) -> ast.expr | None:
    """Return the expression of the last return, a name that is bound once to a tuple or dict written out."""
    found = [node.value for node in own_nodes(function) if isinstance(node, ast.Return) and node.value is not None]
    if not found:
        return None
    last = found[-1]
    if isinstance(last, ast.Name):
        values = [
            node.value
            for node in own_nodes(function)
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == last.id for t in node.targets)
        ]
        if len(values) == 1 and isinstance(values[0], ast.Tuple | ast.List | ast.Dict):
            return values[0]
    return last
