"""Imports, and what a statement of the file that cannot be read leaves in doubt.

NumPy and math are known, by tables; nothing is ever imported. Any other import binds a name that stops the code
when it is used.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction

from symbn.code.model import StoppedError
from symbn.code.reading import containers
from symbn.code.reading.names import assigned
from symbn.code.reading.space import Space
from symbn.code.reading.values import Builtin, Function, Library, Scope, Text, Unread, outside

# With these, code reaches names without naming them.
_WORDS = "globals locals vars exec eval compile setattr delattr sys importlib builtins __builtins__ inspect gc"
_REACHING = frozenset(_WORDS.split())


def run(node: ast.Import | ast.ImportFrom, scope: Scope, library: Callable[[str], object]) -> None:
    """Bind what an import binds. Raises: StoppedError for an import of everything."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            if alias.name == "*":
                raise outside("an import of everything (import *)")
            if node.module != "__future__":
                scope.names[alias.asname or alias.name] = _member(node, alias.name, library)
        else:
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            known = name in containers.MODULES
            scope.names[alias.asname or name] = Library(name) if known else Unread(f"{name} is not imported")


def _member(node: ast.ImportFrom, name: str, library: Callable[[str], object]) -> object:
    module = node.module or ""
    if node.level == 0 and module == "builtins" and name in containers.BUILTINS:
        return Builtin(name)
    if node.level or module not in containers.MODULES:
        return Unread(f"{'.' * node.level}{module} is not imported")
    try:
        return library(f"{module}.{name}")
    except StoppedError as error:
        return Unread(str(error))


def doubt(statement: ast.stmt, file: Scope, space: Space, reason: str) -> bool:
    """Take out of the file's scope whatever the statement may have bound or changed. Return True if that may be any name."""
    nodes = list(ast.walk(statement))
    stars = any(isinstance(n, ast.ImportFrom) and any(alias.name == "*" for alias in n.names) for n in nodes)
    everything = stars or any(isinstance(n, ast.Name) and n.id in _REACHING for n in nodes)
    stored = {_base(n) for n in nodes if isinstance(n, ast.Attribute | ast.Subscript) and not isinstance(n.ctx, ast.Load)}
    # np.sqrt(2) leaves NumPy as it is; patch(np) may not.
    read_from = {id(n.value) for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)}
    passed = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and id(n) not in read_from}
    for name, value in file.names.items():
        patched = isinstance(value, Library) and name in passed
        if everything or patched or name in stored or _changeable(value, file, space):
            file.names[name] = Unread(reason)
    file.names.update((name, Unread(reason)) for name in assigned([statement]))
    return everything


def _changeable(value: object, file: Scope, space: Space) -> bool:
    """Tell whether code that holds the value can change it, or what it remembers."""
    match value:
        case tuple():
            return any(_changeable(each, file, space) for each in value)
        case Function(scope=scope, defaults=defaults, keyword_defaults=named):
            return scope is not file or any(_changeable(each, file, space) for each in (*defaults, *named.values()))
        case None | int() | Fraction() | str() | Text() | Library() | Builtin() | Unread():
            return False
        case _:
            return True


def _base(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
