"""Expressions: Python's own are worked out here, NumPy's in the space. A name is looked up in scopes and in tables of ours."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from fractions import Fraction
from time import monotonic

from symbn.code.model import StoppedError
from symbn.code.reading import containers, plain
from symbn.code.reading.space import Space
from symbn.code.reading.values import Builtin, Function, Library, Method, Scope, Text, Unread, described, outside, raised

STEPS = 200_000
SECONDS = 20.0


class Expressions(ABC):
    """The half of the interpreter that gives values; the other half does statements and calls."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.readings: dict[str, None] = {}
        self.steps = 0
        self.deadline = monotonic() + SECONDS
        # A star import may have put any name into the file, and another thing in the place of a known one.
        self.unknown_names = False

    @abstractmethod
    def call(self, function: Function, arguments: Sequence[object], keywords: Mapping[str, object]) -> object:
        """Return what a function of the file gives."""

    @abstractmethod
    def defined(self, node: ast.FunctionDef | ast.Lambda, scope: Scope) -> Function:
        """Return the function that a definition binds."""

    @abstractmethod
    def bind(self, target: ast.expr, value: object, scope: Scope) -> None:
        """Assign a value to a target."""

    def step(self) -> None:
        self.steps += 1
        if self.steps > STEPS or (self.steps % 64 == 0 and monotonic() > self.deadline):
            raise StoppedError("limit", "the code takes too long")

    def value(self, node: ast.expr, scope: Scope) -> object:
        self.step()
        match node:
            case ast.Constant(value=constant):
                return self.constant(constant, node.lineno)
            case ast.Name(id=name):
                return self.looked_up(name, scope)
            case ast.BinOp(left=left, op=op, right=right):
                return self.binary(plain.OPERATORS.get(type(op), "&"), self.value(left, scope), self.value(right, scope))
            case ast.UnaryOp(op=op, operand=operand):
                return self.unary(op, self.value(operand, scope))
            case ast.BoolOp(op=op, values=parts):
                return self.joined(isinstance(op, ast.And), parts, scope)
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self.chain(left, ops, others, scope)
            case ast.IfExp(test=test, body=body, orelse=other):
                return self.value(body if self.truth(self.value(test, scope)) else other, scope)
            case ast.Tuple(elts=parts):
                return tuple(self.spread(parts, scope))
            case ast.List(elts=parts):
                return list(self.spread(parts, scope))
            case ast.Dict(keys=keys, values=values):
                return self.dictionary(keys, values, scope)
            case ast.Attribute(value=owner, attr=name):
                return self.attribute(self.value(owner, scope), name)
            case ast.Subscript(value=owner, slice=key):
                return self.item(self.value(owner, scope), self.value(key, scope))
            case ast.Slice(lower=lower, upper=upper, step=step):
                return slice(*(None if part is None else self.value(part, scope) for part in (lower, upper, step)))
            case ast.Call():
                return self.called(node, scope)
            case ast.Lambda():
                return self.defined(node, scope)
            case ast.ListComp(elt=element, generators=generators):
                return [self.value(element, inner) for inner in self.comprehension(generators, scope)]
            case ast.GeneratorExp(elt=element, generators=generators):
                return self.generator(element, generators, scope)
            case ast.DictComp(key=key, value=value, generators=generators):
                inners = self.comprehension(generators, scope)
                return {plain.key_of(self.value(key, inner)): self.value(value, inner) for inner in inners}
            case ast.JoinedStr(values=parts):
                return self.text(parts, scope)
            case _:
                raise outside(f"{type(node).__name__} expressions are not read")

    def constant(self, constant: object, line: int) -> object:
        value = plain.literal(constant)
        if isinstance(value, Fraction) and not plain.short_dyadic(value):
            self.readings[f"{constant} on line {line} is taken as {value}"] = None
        return value

    def looked_up(self, name: str, scope: Scope) -> object:
        inside: Scope | None = scope
        while inside is not None:
            if name in inside.names:
                found = inside.names[name]
                if isinstance(found, Unread):
                    raise outside(f"{name} is not known: {found.reason}")
                return found
            if name in inside.own:
                raise raised(f"UnboundLocalError: {name} has no value yet")
            inside = inside.parent
        if self.unknown_names:
            raise outside(f"{name} may come from an import of everything (import *)")
        if name in containers.BUILTINS:
            return Builtin(name)
        if name in containers.UNREAD_BUILTINS:
            raise outside(f"{name} is not read")
        raise raised(f"NameError: name '{name}' is not defined")

    def binary(self, operator: str, left: object, right: object) -> object:
        if self.space.owns(left) or self.space.owns(right):
            return self.space.binary(operator, left, right)
        return plain.binary(operator, left, right, self.space.root)

    def unary(self, op: ast.unaryop, value: object) -> object:
        match op:
            case ast.Not():
                return not self.truth(value)
            case ast.USub() if self.space.owns(value):
                return self.space.negative(value)
            case ast.USub() | ast.UAdd() if isinstance(value, int | Fraction):
                return -value if isinstance(op, ast.USub) else +value
            case _:
                raise outside(f"{type(op).__name__} of {described(value)}")

    def joined(self, all_of: bool, parts: Sequence[ast.expr], scope: Scope) -> object:
        """Return the first part that settles the answer, as `and` and `or` do."""
        for part in parts[:-1]:
            found = self.value(part, scope)
            if self.truth(found) != all_of:
                return found
        return self.value(parts[-1], scope)

    def chain(self, left: ast.expr, ops: Sequence[ast.cmpop], others: Sequence[ast.expr], scope: Scope) -> bool:
        before = self.value(left, scope)
        for op, other in zip(ops, others, strict=True):
            after = self.value(other, scope)
            if not self.compare(plain.OPERATORS[type(op)], before, after):
                return False
            before = after
        return True

    def compare(self, operator: str, left: object, right: object) -> bool:
        self.step()
        if operator in ("is", "is not"):
            if not any(each is None or isinstance(each, bool) for each in (left, right)):
                raise outside("`is` between two objects")
            return (left is right) == (operator == "is")
        if operator in ("in", "not in"):
            return plain.compare(operator, left, right, self.compare)
        if self.space.owns(left) or self.space.owns(right):
            if operator in ("==", "!=") and (left is None or right is None or isinstance(left, str) or isinstance(right, str)):
                raise outside(f"{operator} between an array and {described(left if self.space.owns(right) else right)}")
            return self.space.compare(operator, left, right)
        return plain.compare(operator, left, right, self.compare)

    def truth(self, value: object) -> bool:
        if self.space.owns(value):
            return self.space.truth(value)
        return plain.truth(value)

    def spread(self, parts: Sequence[ast.expr], scope: Scope) -> Iterator[object]:
        for part in parts:
            if isinstance(part, ast.Starred):
                yield from self.elements(self.value(part.value, scope))
            else:
                yield self.value(part, scope)

    def elements(self, value: object) -> Iterator[object]:
        """Yield what a loop over the value goes through, one by one as Python does: a list may grow meanwhile."""
        if self.space.owns(value):
            yield from self.space.entries(value)
            return
        if not isinstance(value, tuple | list | dict | range | str | Iterator | KeysView | ItemsView | ValuesView):
            raise outside(f"a loop over {described(value)}")
        rounds = iter(value)
        while True:
            self.step()
            try:
                each = next(rounds)
            except StopIteration:
                return
            except RecursionError:
                raise
            except (RuntimeError, ValueError) as error:  # a dict that changed its size, zip(strict=True), a generator in itself
                raise raised(f"{type(error).__name__}: {error}") from error
            yield each

    def dictionary(self, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], scope: Scope) -> dict[object, object]:
        made: dict[object, object] = {}
        for key, node in zip(keys, values, strict=True):
            if key is not None:
                name = plain.key_of(self.value(key, scope))
                made[name] = self.value(node, scope)
            elif isinstance(more := self.value(node, scope), dict):
                made |= more
            else:
                raise outside(f"** of {described(more)}")
        return made

    def attribute(self, owner: object, name: str) -> object:
        if isinstance(owner, Library):
            return self.library(f"{owner.path}.{name}")
        if self.space.owns(owner):
            return Method(owner, name) if self.space.has_method(owner, name) else self.space.attribute(owner, name)
        if name in containers.methods(owner):
            return Method(owner, name)
        raise outside(f"the attribute .{name} of {described(owner)}")

    def library(self, path: str) -> object:
        """Return what a dotted name of NumPy or math stands for."""
        top, _, name = path.partition(".")
        if path == "numpy.newaxis":
            return None
        if path in containers.TYPES and path != "numpy.float64":
            self.readings[f"{path} is taken to be exact"] = None
        if path in containers.TYPES or path in containers.MODULES or (top == "math" and name in containers.MATH):
            return Library(path)
        if top == "numpy" and self.space.knows(name):
            return Library(path)
        raise outside(f"{path} is not known")

    def item(self, owner: object, key: object) -> object:
        if self.space.owns(owner):
            return self.space.item(owner, key)
        return containers.item(owner, key)

    def called(self, node: ast.Call, scope: Scope) -> object:
        function = self.value(node.func, scope)
        arguments = tuple(self.spread(node.args, scope))
        keywords: dict[str, object] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value, scope)
            more = {keyword.arg: value} if keyword.arg is not None else value
            if not isinstance(more, dict) or not all(isinstance(key, str) for key in more):
                raise outside(f"** of {described(more)}")
            if repeated := keywords.keys() & more.keys():
                raise raised(f"TypeError: got multiple values for keyword argument '{min(repeated)}'")
            keywords |= more
        return self.apply(function, arguments, keywords)

    def apply(self, function: object, arguments: Sequence[object], keywords: Mapping[str, object]) -> object:
        match function:
            case Function():
                return self.call(function, arguments, keywords)
            case Library(path=path):
                return containers.library_call(self.space, path, arguments, keywords)
            case Builtin(name=name):
                return containers.builtin(self.tools(), name, arguments, keywords)
            case Method(owner=owner, name=name) if self.space.owns(owner):
                return self.space.method(owner, name, arguments, keywords)
            case Method(owner=owner, name=name):
                return containers.method(self.tools(), owner, name, arguments, keywords)
            case _:
                raise outside(f"a call of {described(function)}")

    def tools(self) -> containers.Tools:
        return containers.Tools(self.space, self.elements, self.apply, self.binary, self.compare)

    def comprehension(self, generators: Sequence[ast.comprehension], scope: Scope) -> Iterator[Scope]:
        """Return the scope of each round. The first sequence is worked out outside and at once, the others inside, as in
        Python."""
        own = frozenset(n.id for g in generators for n in ast.walk(g.target) if isinstance(n, ast.Name))
        if any(generator.is_async for generator in generators):
            raise outside("async comprehensions are not read")
        return self.rounds(generators, self.value(generators[0].iter, scope), Scope({}, own, scope))

    def rounds(self, generators: Sequence[ast.comprehension], values: object, inner: Scope) -> Iterator[Scope]:
        for each in self.elements(values):
            self.bind(generators[0].target, each, inner)
            if not all(self.truth(self.value(test, inner)) for test in generators[0].ifs):
                continue
            if len(generators) == 1:
                yield inner
            else:
                yield from self.rounds(generators[1:], self.value(generators[1].iter, inner), inner)

    def generator(self, element: ast.expr, generators: Sequence[ast.comprehension], scope: Scope) -> Iterator[object]:
        """Return what works when it is asked, and once only."""
        inners = self.comprehension(generators, scope)
        return (self.value(element, inner) for inner in inners)

    def text(self, parts: Sequence[ast.expr], scope: Scope) -> object:
        """Return a text nobody looks into. What stands in its braces is worked out all the same: it may stop the code."""
        for part in parts:
            if isinstance(part, ast.FormattedValue):
                value = self.value(part.value, scope)
                if part.format_spec is not None and not (plain.is_number(value) and plain.formats_numbers(part.format_spec)):
                    raise outside(f"a format for {described(value)}")
        if all(isinstance(part, ast.Constant) for part in parts):
            return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
        return Text()
