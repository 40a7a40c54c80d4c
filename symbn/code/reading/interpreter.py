"""An interpreter of straight-line NumPy code that executes nothing: it walks the tree of a function and works on exact values.

What is known is what stands in its tables and cases; anything else stops it, with the line. It answers what Python would
compute in exact arithmetic, or nothing: where an answer would hang on a comparison of values that are not known, on memory that
is shared or not depending on a length, or on anything it does not model, it stops.

The statements of the file around the functions are read too, as far as they can be: a statement that cannot be read takes the
names it binds with it, and everything that it could have changed.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symbn.code.model import Binding, Call, StoppedError, Trace
from symbn.code.reading import containers, importing, plain
from symbn.code.reading.border import Border
from symbn.code.reading.calling import matched
from symbn.code.reading.expressions import Expressions
from symbn.code.reading.names import own_names
from symbn.code.reading.space import Space
from symbn.code.reading.values import Function, Scope, outside, raised

DEPTH, MOST_BINDINGS = 40, 5_000


def read(module: ast.Module, calls: Sequence[Call], space: Space) -> Trace:
    """Return what the calls give, in this order, in one session of the file. Raises: StoppedError, and nothing else."""
    try:
        return Interpreter(space).session(module, calls)
    except StoppedError as error:
        if error.kind == "outside":
            raise StoppedError("outside", f"{error.reason}; --run may help", error.line) from error
        raise
    except (RecursionError, MemoryError) as error:
        raise StoppedError("limit", "the code is nested too deeply") from error


@dataclass(frozen=True, slots=True)
class _Returned:
    value: object


_BREAK, _CONTINUE = object(), object()


class Interpreter(Expressions):
    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self.depth = 0
        self.recording = False
        self.bindings: list[Binding] = []
        self.border = Border(space)

    def session(self, module: ast.Module, calls: Sequence[Call]) -> Trace:
        file = Scope({"__name__": "the file"}, frozenset())
        for statement in module.body:
            self.top_level(statement, file)
        for place, call in enumerate(calls, start=1):
            self.steps = 0
            function = self.looked_up(call.function, file)
            arguments = [self.border.entering(argument) for argument in call.arguments]
            keywords = {name: self.border.entering(value) for name, value in call.keywords.items()}
            self.recording = place == len(calls)
            self.border.live.append(self.apply(function, arguments, keywords))
        results = tuple(self.border.leaving(value) for value in self.border.live)
        return Trace(results, tuple(self.bindings), tuple(self.readings))

    def top_level(self, statement: ast.stmt, file: Scope) -> None:
        """Do a statement of the file if that is possible, and else forget what it may have changed."""
        self.steps, before = 0, dict(self.readings)
        try:
            self.run([statement], file)
        except (StoppedError, RecursionError) as error:
            self.readings = before
            reason = f"line {statement.lineno} could not be read ({error})"
            self.unknown_names |= importing.doubt(statement, file, self.space, reason)

    # Statements

    def run(self, statements: Sequence[ast.stmt], scope: Scope) -> object:
        """Do the statements. Return None, or what ends them early: a return, a break, a continue."""
        for statement in statements:
            try:
                signal = self.statement(statement, scope)
            except StoppedError as error:
                error.line = error.line or statement.lineno
                raise
            if signal is not None:
                return signal
        return None

    def statement(self, node: ast.stmt, scope: Scope) -> object:
        self.step()
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return None
            case ast.Expr(value=value):
                self.value(value, scope)
            case ast.Assign(targets=targets, value=value):
                found = self.value(value, scope)
                for target in targets:
                    self.bind(target, found, scope)
            case ast.AnnAssign(target=target, value=value):
                if value is not None:
                    self.bind(target, self.value(value, scope), scope)
            case ast.AugAssign():
                self.augmented(node, scope)
            case ast.Return(value=value):
                return _Returned(None if value is None else self.value(value, scope))
            case ast.If(test=test, body=body, orelse=other):
                return self.run(body if self.truth(self.value(test, scope)) else other, scope)
            case ast.For():
                return self.loop(node, scope)
            case ast.Break():
                return _BREAK
            case ast.Continue():
                return _CONTINUE
            case ast.FunctionDef(name=name):
                scope.names[name] = self.defined(node, scope)
            case ast.Assert():
                self.assertion(node, scope)
            case ast.Raise(exc=error):
                raise raised(_spelled(error))
            case ast.Import() | ast.ImportFrom():
                importing.run(node, scope, self.library)
            case ast.Delete(targets=[ast.Name(id=name)]):
                self.looked_up(name, Scope(scope.names, frozenset({name})))
                del scope.names[name]
            case _:
                raise outside(f"{type(node).__name__} statements are not read")
        return None

    def loop(self, node: ast.For, scope: Scope) -> object:
        for each in self.elements(self.value(node.iter, scope)):
            self.bind(node.target, each, scope)
            signal = self.run(node.body, scope)
            if signal is _BREAK:
                return None
            if isinstance(signal, _Returned):
                return signal
        return self.run(node.orelse, scope)

    def assertion(self, node: ast.Assert, scope: Scope) -> None:
        """Refuse what is surely false; what cannot be told is taken to hold, and reported."""
        try:
            holds = self.truth(self.value(node.test, scope))
        except StoppedError as error:
            calls = [call.func for call in ast.walk(node.test) if isinstance(call, ast.Call)]
            harmless = all(isinstance(called, ast.Name) and called.id in ("len", "isinstance") for called in calls)
            if error.kind not in ("outside", "inexact") or not harmless:
                raise
            self.readings[f"the assertion on line {node.lineno} is taken to hold"] = None
            return
        if not holds:
            raise raised("AssertionError")

    def augmented(self, node: ast.AugAssign, scope: Scope) -> None:
        operator = plain.OPERATORS.get(type(node.op), "&")
        match node.target:
            case ast.Name(id=name):
                before = self.looked_up(name, Scope(scope.names, frozenset({name})))
                after = self.in_place(operator, before, self.value(node.value, scope))
                self.bind(node.target, after, scope)
            case ast.Subscript(value=owner, slice=key):
                holder, place = self.value(owner, scope), self.value(key, scope)
                before = self.item(holder, place)
                after = self.in_place(operator, before, self.value(node.value, scope))
                self.put(holder, place, after)
                self.note_owner(owner, scope)
            case _:
                raise outside("an assignment to an attribute")

    def in_place(self, operator: str, before: object, value: object) -> object:
        if self.space.owns(before):
            return self.space.in_place(operator, before, value)
        if isinstance(before, list):
            if operator != "+":
                raise outside(f"{operator}= on a list")
            containers.appended(before, self.elements(value))
            return before
        return self.binary(operator, before, value)

    # Binding

    def bind(self, target: ast.expr, value: object, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                scope.names[name] = value
                self.note(name, target.lineno, scope)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                self.unpack(parts, value, scope)
            case ast.Subscript(value=owner, slice=key):
                self.put(self.value(owner, scope), self.value(key, scope), value)
                self.note_owner(owner, scope)
            case _:
                raise outside("an assignment to an attribute")

    def unpack(self, parts: Sequence[ast.expr], value: object, scope: Scope) -> None:
        values = list(self.elements(value))
        stars = [place for place, part in enumerate(parts) if isinstance(part, ast.Starred)]
        if len(values) != len(parts) and not (stars and len(values) >= len(parts) - 1):
            raise raised(f"ValueError: {len(values)} values to unpack where {len(parts)} are expected")
        if stars:
            first, many = stars[0], len(values) - len(parts) + 1
            values = [*values[:first], values[first : first + many], *values[first + many :]]
        for part, each in zip(parts, values, strict=True):
            self.bind(part.value if isinstance(part, ast.Starred) else part, each, scope)

    def put(self, owner: object, key: object, value: object) -> None:
        if self.space.owns(owner):
            self.space.put(owner, key, value)
        else:
            containers.put(owner, key, value)

    def note_owner(self, owner: ast.expr, scope: Scope) -> None:
        if isinstance(owner, ast.Name):
            self.note(owner.id, owner.lineno, scope)

    def note(self, name: str, line: int, scope: Scope) -> None:
        """Record what a name of the last function holds now, if that is an array or an exact number."""
        value = scope.names.get(name)
        if not scope.recorded or not (self.space.owns(value) or isinstance(value, Fraction)):
            return
        if len(self.bindings) >= MOST_BINDINGS:
            raise StoppedError("limit", "too many assignments")
        array = self.border.array(value)
        if array is not None:
            self.bindings.append(Binding(name, line, array))

    # Functions

    def defined(self, node: ast.FunctionDef | ast.Lambda, scope: Scope) -> Function:
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            raise outside("a decorated function")
        defaults = tuple(self.value(each, scope) for each in node.args.defaults)
        named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        keywords = {each.arg: self.value(default, scope) for each, default in named if default is not None}
        name = node.name if isinstance(node, ast.FunctionDef) else "lambda"
        return Function(name, node, scope, defaults, keywords, own_names(node))

    def call(self, function: Function, arguments: Sequence[object], keywords: Mapping[str, object]) -> object:
        if self.depth >= DEPTH:
            raise StoppedError("limit", f"{function.name} calls itself too often")
        names = matched(function, arguments, keywords)
        recorded, self.recording = self.recording, False
        scope = Scope(names, function.own, function.scope, recorded)
        self.depth += 1
        try:
            if isinstance(function.node, ast.Lambda):
                return self.value(function.node.body, scope)
            signal = self.run(function.node.body, scope)
        finally:
            self.depth -= 1
        return signal.value if isinstance(signal, _Returned) else None


def _spelled(error: ast.expr | None) -> str:
    """Return what a raise statement says, as far as it stands there."""
    match error:
        case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]):
            return f"{name}: {text}"
        case ast.Call(func=ast.Name(id=name)) | ast.Name(id=name):
            return name
        case _:
            return "an exception"
