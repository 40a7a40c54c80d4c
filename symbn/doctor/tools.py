"""Functions that take numeric gradients: by their name, or by the central differences that a file's own function has."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

NUMERIC = re.compile(r"\w*num\w*_?grad\w*|\w*grad\w*_num\w*|gradcheck|grad_?check\w*|check_grad\w*|approx_fprime|"
                      r"central_diff\w*|finite_diff\w*", re.IGNORECASE)  # fmt: skip
Tool = ast.expr | None  # the step that it takes if it is given none


def step_of_differences(node: ast.AST) -> ast.Name | None:
    """Return h where the differences (f(x + h) - f(x - h)) / (2 * h) are written out."""
    for inner in ast.walk(node):
        match inner:
            case ast.BinOp(
                left=top,
                op=ast.Div(),
                right=ast.BinOp(left=ast.Constant(value=2 | 2.0), op=ast.Mult(), right=ast.Name() as step)
                | ast.BinOp(left=ast.Name() as step, op=ast.Mult(), right=ast.Constant(value=2 | 2.0)),
            ) if any(isinstance(part, ast.Sub) for part in ast.walk(top)):
                return step
    return None


def tools(functions: list[ast.FunctionDef]) -> Mapping[str, Tool]:
    """Return the functions that take numeric gradients of a function they are given, whatever they are called."""
    found: dict[str, Tool] = {}
    for function in functions:
        step, arguments = step_of_differences(function), function.args
        named = {argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        called = {node.func.id for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        if step is not None and named & called:
            pairs = zip(reversed(arguments.args), reversed(arguments.defaults), strict=False)
            found[function.name] = next((default for argument, default in pairs if argument.arg == step.id), None)
    return found
