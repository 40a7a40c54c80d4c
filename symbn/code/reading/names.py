"""Which names a piece of code assigns, by Python's rules of scope."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from symbn.code.reading.values import outside

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_UNREAD = (ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that belong to the scope itself, and the definitions of inner scopes without what is in them."""
    pending = [node]
    while pending:
        each = pending.pop()
        yield each
        if not isinstance(each, _SCOPES):
            pending.extend(ast.iter_child_nodes(each))


def assigned(statements: Sequence[ast.stmt]) -> frozenset[str]:
    """Return the names that the statements bind."""
    return frozenset(name for statement in statements for node in _inside(statement) for name in _bound(node))


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in aliases)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case _:
            pass


def parameters(arguments: ast.arguments) -> tuple[str, ...]:
    more = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return tuple(each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *more))


def own_names(function: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
    """Return the names that are local to a function. Raises: StoppedError if it makes some otherwise, or is a generator."""
    body = function.body if isinstance(function, ast.FunctionDef) else [ast.Expr(function.body)]
    for statement in body:
        for node in _inside(statement):
            if isinstance(node, _UNREAD):
                error = outside(f"{type(node).__name__} is not read")
                error.line = node.lineno
                raise error
    return _without_comprehensions(body) | frozenset(parameters(function.args))


def _without_comprehensions(body: Sequence[ast.stmt]) -> frozenset[str]:
    """Return the names bound by the statements; the targets of a comprehension stay inside it."""
    hidden = {
        id(n)
        for s in body
        for c in _inside(s)
        if isinstance(c, _COMPREHENSIONS)
        for g in c.generators
        for n in ast.walk(g.target)
    }
    return frozenset(name for s in body for node in _inside(s) if id(node) not in hidden for name in _bound(node))
