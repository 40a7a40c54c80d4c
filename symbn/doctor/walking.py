"""The statements of a test, followed once from the top: what its names stand for, and what is done with the layer."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from symbn.doctor.tools import NUMERIC, Tool, step_of_differences
from symbn.doctor.evaluating import evaluate, keyword, name_of
from symbn.doctor.setting import Loss
from symbn.doctor.values import Numbers, Output, Total, Value, combined, number

GRADCHECK = ("gradcheck",)
_LAYER = re.compile(r"\w*(norm|bn|forward|layer)\w*|f|fn|func|fx|fg|fb|model|net|apply", re.IGNORECASE)
_OTHER = re.compile(r"layer_?norm|group_?norm|instance_?norm|rms_?norm")
_TORCH = re.compile(r"BatchNorm[123]d")
_ROLES = {
    "x": ("x", "xs", "x_data", "inp", "input", "inputs"), "gamma": ("gamma", "weight", "scale", "w"),
    "beta": ("beta", "bias", "shift", "b"), "dout": ("dout", "dy", "grad_out", "grad_output", "upstream", "g", "dl_dy"),
}  # fmt: skip


# How sure it is that this is what is differentiated: a loss that has a name; one that is sent back; one that is moved.
_NAMED, _BACKWARD, _NUMERIC = 0, 1, 2


def fits(role: str, value: Value) -> bool:
    """Tell whether an array can play a role by its shape: gamma and beta are rows, dout is not."""
    if not isinstance(value, Numbers) or value.shape is None or role == "x":
        return True
    wide = sum(size > 1 for size in value.shape) > 1
    return not wide if role in ("gamma", "beta") else wide or len(value.shape) > 1


class Walk:
    """Follows the statements of one test. differentiated: how sure, on which line, a loss or an upstream gradient. tools: the
    functions of the file that take numeric gradients."""

    def __init__(
        self, name: str, line: int, names: dict[str, Value] | None = None, tools: Mapping[str, Tool] | None = None
    ) -> None:
        self.name, self.line, self.tools = name, line, tools or {}
        self.names: dict[str, Value] = names or {}
        self.roles: dict[str, Value] = {}
        self.marked: ast.Call | None = None
        self.differentiated: list[tuple[int, int, Value]] = []
        self.eps: float | None = None
        self.notes: list[str] = []
        self.written_out = False
        self.step: float | None = None
        self.follows = True
        self.checked: tuple[str, ...] = ()
        self.other: tuple[int, str, str] | None = None

    @property
    def is_test(self) -> bool:
        """Whether it takes a numeric gradient, or sends one back through PyTorch."""
        return self.marked is not None or self.written_out

    def is_layer(self, call: ast.Call) -> bool:
        """Tell whether a call is one of the layer: of a name like it, with the input among its arguments."""
        known = isinstance(call.func, ast.Name) and isinstance(self.names.get(call.func.id), Output)
        inputs = (evaluate(argument, self.names, lambda inner: False) for argument in call.args)
        named = _LAYER.fullmatch(name_of(call.func)) or isinstance(call.func, ast.Call)
        return known or (bool(named) and any(isinstance(value, Numbers) for value in inputs))

    def value(self, node: ast.expr | None) -> Value:
        return evaluate(node, self.names, self.is_layer)

    def statements(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.FunctionDef(name=name):
                self.names[name] = statement
                return
            case ast.ClassDef() | ast.AsyncFunctionDef():
                return
            case ast.For(target=target, iter=header):
                self.calls(header)
                self.bind(target, None)
                self.statements([*statement.body, *statement.orelse])
                return
            case ast.While(test=header):
                self.calls(header)
                self.statements([*statement.body, *statement.orelse])
                return
            case ast.If(test=header, body=body, orelse=other):
                self.calls(header)
                self.branches(body, other)
                return
            case ast.With(items=items):
                for item in items:
                    self.calls(item.context_expr)
                    if item.optional_vars is not None:
                        self.bind(item.optional_vars, None)
                self.statements(statement.body)
                return
            case ast.Try():
                self.statements([*statement.body, *statement.orelse, *statement.finalbody])
                return
            case ast.Assign(targets=targets, value=value):
                found = self.value(value) if not isinstance(value, ast.Lambda) else value
                self.calls(statement)
                for target in targets:
                    self.bind(target, found)
                return
            case ast.AnnAssign(target=target, value=value) if value is not None:
                self.calls(statement)
                self.bind(target, self.value(value))
                return
            case ast.AugAssign(target=target, op=operator, value=value):
                self.calls(statement)
                self.bind(target, combined(self.value(target), operator, self.value(value)))
                return
        self.calls(statement)

    def branches(self, body: list[ast.stmt], other: list[ast.stmt]) -> None:
        """Follow both branches; what they leave different is not known."""
        before, roles = dict(self.names), dict(self.roles)
        self.statements(body)
        if other:
            names, own = self.names, self.roles
            self.names, self.roles = before, roles
            self.statements(other)
            for mine, theirs in ((self.names, names), (self.roles, own)):
                for name in {*mine, *theirs}:
                    mine[name] = mine.get(name) if mine.get(name) == theirs.get(name) else None

    def bind(self, target: ast.expr, value: Value) -> None:
        match target:
            case ast.Name(id=name):
                self.names[name] = value
                if isinstance(value, Total):
                    self.differentiated.append((_NAMED, target.lineno, value))
                role = next((role for role, words in _ROLES.items() if name.lower() in words), None)
                if self.marked is None and role is not None and fits(role, value):
                    self.roles[role] = value  # also where it is not known: what the name was before is over
            case ast.Subscript(value=ast.Name() as whole):
                self.bind(whole, None)  # an entry of it is changed
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                if isinstance(value, Output):  # y, cache = forward(..)
                    value = (value, *(None for _ in parts[1:]))
                inner = value if isinstance(value, tuple) and len(value) == len(parts) else (None,) * len(parts)
                for part, own in zip(parts, inner, strict=True):
                    self.bind(part, own)

    def calls(self, statement: ast.stmt | ast.expr) -> None:
        """Look at every call of a statement or of its head: of the layer, of a numeric gradient, of a backward pass."""
        step = step_of_differences(statement)
        whole = isinstance(self.value(step), int)  # sum((y - t)**2) / (2 * N) is a loss
        if step is not None and not whole and isinstance(self.roles.get("x"), Numbers):
            self.written_out = True
            self.step = number(self.value(step))
        for call in (node for node in ast.walk(statement) if isinstance(node, ast.Call)):
            name = name_of(call.func)
            if self.is_layer(call) or "norm" in name.lower():
                self.layer(call)
            if name == "backward" and isinstance(call.func, ast.Attribute):
                self.marked = self.marked or call
                own = self.value(call.func.value)
                if isinstance(own, Total) or call.args:
                    of = own if isinstance(own, Total) else self.value(call.args[0])
                    self.differentiated.append((_BACKWARD, call.lineno, of))
            elif (NUMERIC.fullmatch(name) or name in self.tools) and self.follows:
                if self.marked is None or name_of(self.marked.func) == "backward":
                    self.marked = call
                self.numeric(call)
            elif name.endswith("backward") and call.args:
                self.differentiated.append((_BACKWARD, call.lineno, self.value(call.args[0])))

    def layer(self, call: ast.Call) -> None:
        """Read a call of the layer: what it is given, and its eps."""
        if _OTHER.search(name_of(call.func).lower()):
            self.other = (call.lineno, "layer", f"{name_of(call.func)[:60]} is no batch norm, and only that is examined")
        if _TORCH.fullmatch(name_of(call.func)):
            self.notes.append(f"line {call.lineno}: a new layer of PyTorch has gamma = 1 and beta = 0: --gamma 1 --beta 0")
        names = (
            ("x", "", "", "gamma", "beta")
            if name_of(call.func) == "batch_norm" and len(call.args) > 3
            else ("x", "gamma", "beta")
        )
        given = [*zip(names, call.args, strict=False), ("gamma", keyword(call, "gamma", "weight"))]
        for role, argument in (*given, ("beta", keyword(call, "beta", "bias"))):
            value = self.value(argument)
            if role and self.roles.get(role) is None and isinstance(value, Numbers) and fits(role, value):
                self.roles[role] = value
        sizes = [number(self.value(keyword(call, "eps", "epsilon")))]
        for argument in (*call.args[1:], keyword(call, "bn_param")):
            value = self.value(argument)
            if isinstance(value, dict):
                sizes.append(number(value.get("eps")))
                if value.get("mode") in ("test", "eval"):
                    self.other = (call.lineno, "layer", "it is in evaluation mode, and only training is examined")
            elif isinstance(argument, ast.Name) and argument.id.lower() in ("eps", "epsilon"):
                sizes.append(number(value))
        self.eps = next((size for size in (self.eps, *sizes) if size is not None), None)

    def numeric(self, call: ast.Call) -> None:
        """Read a numeric gradient: eval_numerical_gradient_array(f, x, dout), gradcheck(f, inputs)."""
        gradcheck = name_of(call.func) in GRADCHECK
        if len(call.args) > 2 and not gradcheck and number(self.value(call.args[2])) is None:
            self.differentiated.append((_NUMERIC, call.lineno, self.value(call.args[2])))
        function = call.args[0] if call.args else None
        known = self.names.get(function.id) if isinstance(function, ast.Name) else function
        inputs = self.value(call.args[1]) if len(call.args) > 1 else None
        arguments = inputs if isinstance(inputs, tuple) else (inputs,)
        if gradcheck:
            given = call.args[1] if len(call.args) > 1 else None
            parts = given.elts if isinstance(given, ast.Tuple | ast.List) else [given] * len(arguments)
            for role, part, value in zip(("x", "gamma", "beta"), parts, arguments, strict=False):
                if isinstance(value, Numbers):
                    word = part.id.lower() if isinstance(part, ast.Name) else ""
                    own = next((own for own, words in _ROLES.items() if word in words), role)
                    self.roles.setdefault(own, value)
                    self.checked = (*self.checked, own)
        result = self.returned(known, arguments)
        if gradcheck and not isinstance(known, ast.Lambda | ast.FunctionDef):
            self.notes.append(f"line {call.lineno}: the function that gradcheck is given is taken to return y")
            result = Output()
        if isinstance(result, Total) or gradcheck:
            of = Total(Loss("each")) if isinstance(result, Output) else result
            self.differentiated.append((_NUMERIC, call.lineno, of))

    def returned(self, function: Value | ast.expr, arguments: tuple[Value, ...]) -> Value:
        """Return what a function of the test returns."""
        if not isinstance(function, ast.Lambda | ast.FunctionDef):
            return None
        inner = Walk(self.name, self.line, dict(self.names), self.tools)
        inner.roles = self.roles
        inner.follows = False  # a function that checks itself would be followed for ever
        values = [*arguments, *(None for _ in function.args.args)]
        for argument, value in zip(function.args.args, values, strict=False):
            if value is not None:
                inner.names[argument.arg] = value
        if isinstance(function, ast.Lambda):
            self.eps = self.eps if self.eps is not None else _eps_of(inner, function.body)
            return inner.value(function.body)
        returns = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
        inner.statements([s for s in function.body if not isinstance(s, ast.FunctionDef)])
        self.eps = inner.eps if self.eps is None else self.eps
        return inner.value(returns[-1].value) if returns else None


def _eps_of(walk: Walk, body: ast.expr) -> float | None:
    walk.calls(ast.Expr(body))
    return walk.eps
