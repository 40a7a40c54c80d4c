"""How a user's module is changed before it runs, so that its arithmetic stays exact. Nothing is executed here.

    1e-5              __symbn__.number("1e-05", "1e-5", line)     a float literal is read by its shortest decimal
    a / b, a ** b     __symbn__.over(a, b), __symbn__.power(a, b)     exact for whole numbers too
    a /= b            a = __symbn__.over_in_place(a, b)           an array stays the same array
    float(a)          __symbn__.real(a)
    dx = ..           dx = ..; __symbn__.bind(line, "dx", dx)     in the function that is recorded, also dx += .., dx[..] = ..
    except E: ..      except E: __symbn__.passing(); ..           a refusal of ours is not for the code to catch: also in
                                                                  `finally`, and at the end of what is inside `with`
    import a          try: import a / except ImportError: a = __symbn__.absent("a", ..)        at the top of the module

In a notebook only definitions, imports and assignments stay: its other lines try things out.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Sequence
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
HELPER = "__symbn__"
_OPERATORS: dict[type[ast.operator], str] = {ast.Div: "over", ast.Pow: "power"}


def rewrite(tree: ast.Module, text: str, recorded: str | None = None, notebook: bool = False) -> ast.Module:
    """Return the module as it is run. text: what it was parsed from. recorded: the function whose assignments are told."""
    body: list[ast.stmt] = []
    lines = re.split(r"\r\n|\r|\n", text)
    for statement in tree.body:
        inside = isinstance(statement, ast.FunctionDef) and statement.name == recorded
        changed: list[ast.stmt] | ast.stmt = _Rewriting(lines, inside).visit(statement)
        listed = changed if isinstance(changed, list) else [changed]
        match statement:
            case ast.Import() | ast.ImportFrom():
                body += _tolerant(statement)
            case ast.Assign() | ast.AnnAssign() if notebook:
                body += _skippable(statement, listed)
            case ast.FunctionDef() | ast.ClassDef():
                body += listed
            case _:
                body += [] if notebook else listed
    return ast.fix_missing_locations(ast.Module(body, tree.type_ignores))


def definitions(tree: ast.Module) -> ast.Module:
    """Return a notebook's module with its definitions and imports alone, unchanged."""
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    kept: list[ast.stmt] = [node for node in tree.body if isinstance(node, kinds)]
    return ast.Module(kept, tree.type_ignores)


class _Rewriting(ast.NodeTransformer):
    def __init__(self, lines: Sequence[str], recording: bool) -> None:
        self.lines = lines
        self.recording = recording
        self.depth = 0

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, float) and math.isfinite(node.value):
            # Places in a line are counted in bytes.
            written = self.lines[node.lineno - 1].encode()[node.col_offset : node.end_col_offset].decode()
            words = (ast.Constant(repr(node.value)), ast.Constant(written), ast.Constant(node.lineno))
            return _at(node, _call("number", *words))
        return node

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.MatchValue:
        return node  # only a literal may stand in a pattern

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
        return node  # what is only printed

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        name = _OPERATORS.get(type(node.op))
        return node if name is None else _at(node, _call(name, node.left, node.right))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Name(id="float"), args=[value], keywords=[]):
                return _at(node, _call("real", value))
            case ast.Call(func=ast.Name(id="pow"), args=[base, exponent], keywords=[]):
                return _at(node, _call("power", base, exponent))
            case _:
                return node

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        self.generic_visit(node)
        name = _OPERATORS.get(type(node.op))
        changed: ast.stmt = node
        match node.target:
            case ast.Name(id=target) if name:
                value = _call(f"{name}_in_place", ast.Name(target, ast.Load()), node.value)
                changed = _at(node, ast.Assign([node.target], value))
            case ast.Subscript(value=array, slice=place) if name:
                # The array and the place are evaluated once, as `a[i()] /= b` does.
                key = ast.Subscript(_helper("key"), place, ast.Load())
                changed = _at(node, ast.Expr(_call(f"{name}_item", array, key, node.value)))
        return [changed, *self.bindings(node, [node.target])]

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        self.generic_visit(node)
        return [node, *self.bindings(node, node.targets)]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> list[ast.stmt]:
        if node.value is not None:
            node.value = self.visit(node.value)
        return [node, *(self.bindings(node, [node.target]) if node.value is not None else [])]

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        self.generic_visit(node)
        node.body.insert(0, _at(node, ast.Expr(_call("passing"))))
        return node

    def visit_Try(self, node: ast.Try) -> ast.Try:
        self.generic_visit(node)
        if node.finalbody:
            node.finalbody.insert(0, _at(node.finalbody[0], ast.Expr(_call("passing"))))  # it may hold a `return`
        return node

    def visit_With(self, node: ast.With) -> ast.With:
        self.generic_visit(node)
        # What the code enters may swallow what is raised inside, as contextlib.suppress does.
        node.body = [_at(node.body[0], ast.Try(node.body, [], [], [ast.Expr(_call("passing"))]))]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        return self.inner(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        return self.inner(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        return self.inner(node)

    def inner(self, node: Node) -> Node:
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node

    def bindings(self, statement: ast.stmt, targets: Sequence[ast.expr]) -> list[ast.stmt]:
        """Return the statements that tell what was assigned: in the recorded function itself, not in one inside it."""
        if not self.recording or self.depth != 1:
            return []
        names = dict.fromkeys(name for target in targets for name in _names(target))
        return [
            _at(
                statement,
                ast.Expr(_call("bind", ast.Constant(statement.lineno), ast.Constant(name), ast.Name(name, ast.Load()))),
            )
            for name in names
        ]


def _names(target: ast.expr) -> list[str]:
    match target:
        case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)):
            return [name]
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return [name for part in parts for name in _names(part)]
        case ast.Starred(value=part):
            return _names(part)
        case _:
            return []


def _skippable(statement: ast.stmt, changed: list[ast.stmt]) -> list[ast.stmt]:
    """Return the assignment of a notebook, which may fail: it often makes random data for a trial."""
    skipped = ast.Expr(_call("skipped", ast.Constant(statement.lineno)))
    handler = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [skipped])
    return [_at(statement, ast.Try(changed, [handler], [], []))]


def _tolerant(node: ast.Import | ast.ImportFrom) -> list[ast.stmt]:
    """Return the import with a stand-in for what is not there: plotting at the top of a file is no reason to give up."""
    module = node.module or "" if isinstance(node, ast.ImportFrom) else None
    if module == "__future__" or any(alias.name == "*" for alias in node.names):
        return [node]
    error = f"{HELPER}error"
    stand_ins: list[ast.stmt] = []
    for alias in node.names:
        name = alias.asname or (alias.name.partition(".")[0] if module is None else alias.name)
        whole = alias.name if module is None else f"{module}.{alias.name}"
        value = _call("absent", ast.Constant(whole), ast.Constant(node.lineno), ast.Name(error, ast.Load()))
        stand_ins.append(ast.Assign([ast.Name(name, ast.Store())], value))
    handler = ast.ExceptHandler(ast.Name("ImportError", ast.Load()), error, stand_ins)
    return [_at(node, ast.Try([node], [handler], [], []))]


def _helper(name: str) -> ast.expr:
    return ast.Attribute(ast.Name(HELPER, ast.Load()), name, ast.Load())


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(_helper(name), list(arguments), [])


def _at(place: ast.AST, node: Node) -> Node:
    """Return the node with the line of another, and all that is new in it too: a traceback names the user's line."""
    return ast.fix_missing_locations(ast.copy_location(node, place))
