"""What the names in a function depend on, as far as assignments tell."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from symbn.code.source import own_nodes, parameters


def names_given(function: ast.FunctionDef) -> set[str]:
    """Return the names that are only taken out of a parameter: x, gamma = cache. What they are is not the function's doing."""
    own = set(parameters(function))
    taken: set[str] = set(own)
    computed: set[str] = set()
    for node in own_nodes(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                names = {name for target in targets for name in _bound(target)}
                (taken if _taken(value, own) else computed).update(names)
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                computed.update(_bound(target))
            case _:
                pass
    return taken - computed


def _taken(value: ast.expr, parameters: set[str]) -> bool:
    match value:
        case ast.Name(id=name):
            return name in parameters
        case ast.Subscript(value=inner) | ast.Call(func=ast.Attribute(value=inner, attr="get" | "pop")):
            return _taken(inner, parameters)
        case ast.Tuple(elts=parts):
            return all(_taken(part, parameters) for part in parts)
        case _:
            return False


@dataclass(frozen=True, slots=True)
class Uses:
    """sources: each name -> those in what is assigned to it. ends: the names in what is returned, tested, looped over or called
    for its own sake, and those that are written to in place: another name may stand for the same memory."""

    sources: Mapping[str, frozenset[str]]
    ends: frozenset[str]

    def closure(self, names: Iterable[str]) -> set[str]:
        """Return the names, and every name on which they depend, as far as assignments tell."""
        waiting, found = list(names), set(names)
        while waiting:
            for name in self.sources.get(waiting.pop(), frozenset()) - found:
                found.add(name)
                waiting.append(name)
        return found


def uses(function: ast.FunctionDef) -> Uses:
    sources: dict[str, set[str]] = {}
    ends: set[str] = set()
    for node in own_nodes(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    for name in _bound(target):
                        sources.setdefault(name, set()).update(_names(value), _names(target) - {name})
            case ast.AugAssign(target=target, value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                for name in _bound(target):
                    sources.setdefault(name, set()).update(_names(value), _names(target) - {name})
            case ast.Return(value=ast.expr() as value) | ast.Expr(value=value):
                ends |= _names(value)
            case ast.If(test=test) | ast.While(test=test) | ast.Assert(test=test):
                ends |= _names(test)
            case ast.For(target=target, iter=over):
                ends |= _names(over)
                for name in _bound(target):
                    sources.setdefault(name, set()).update(_names(over))
            case ast.FunctionDef() | ast.Lambda():
                ends |= _names(node)
            case _:
                pass
    return Uses({name: frozenset(own) for name, own in sources.items()}, frozenset(ends | names_changed(function)))


def read_behind(function: ast.FunctionDef, name: str, line: int) -> bool:
    """Tell whether a name may be read after a line: below it, or above it in a loop or a function that comes back to it."""
    for node in own_nodes(function):
        back = isinstance(node, ast.For | ast.While | ast.FunctionDef | ast.Lambda)
        if (back and name in _names(node)) or (
            isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load) and node.lineno > line
        ):
            return True
    return False


def names_changed(function: ast.FunctionDef) -> set[str]:
    """Return the names whose memory an assignment changes: dx[0] = .., dx += .."""
    found: set[str] = set()
    for node in own_nodes(function):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            found |= set(_bound(node))
        elif isinstance(node, ast.AugAssign):
            found |= set(_bound(node.target))
    return found


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _bound(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for element in elements:
                yield from _bound(element)
        case ast.Subscript(value=inner) | ast.Attribute(value=inner) | ast.Starred(value=inner):
            yield from _bound(inner)
        case _:
            return
