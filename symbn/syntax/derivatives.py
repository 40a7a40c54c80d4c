r"""The spellings of a derivative.

    derivative := \frac{d a}{d b ..} | d a / d b | \frac{d}{d b} term | d/d b term | \partial_b term | \nabla_b factor

where d is \partial, an upright or italic d, or \delta, the same in both parts. Half a derivative is an error, never a symbol.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from symbn.diagnostic import Span, Value
from symbn.errors import UnreadableError, unreadable
from symbn.syntax import plain
from symbn.syntax.stream import Stream
from symbn.syntax.tokens import Token
from symbn.syntax.tree import Derivative, Name, Node, Number, Scripted


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Differential(Value):
    """d^order of an operand: half a derivative, which must find its other half."""

    span: Span
    sign: str
    order: int
    operand: Node | None


class Derivatives(Stream, ABC):
    """The part of the parser that reads derivatives; the other expressions are given to it by `Expressions`."""

    @abstractmethod
    def term(self) -> Node: ...

    @abstractmethod
    def factor(self) -> Node: ...

    @abstractmethod
    def atom(self) -> Node: ...

    @abstractmethod
    def scripts(self, base: Node) -> Node: ...

    @abstractmethod
    def script(self, bounds: bool = False) -> Node: ...

    @abstractmethod
    def starts_factor(self) -> bool: ...

    def differential_or_factor(self) -> Node | Differential:
        token = self.next
        if token.kind == "command" and token.text == "\\partial":
            return self.differential("\\partial")
        if token.kind == "word" and len(token.text) > 1 and token.text[0] == "d" and self.dialect == "plain":
            return self.perhaps_differential()
        if token.kind == "name" and token.text == "d":
            return self.perhaps_differential()
        return self.factor()

    def differential(self, sign: str) -> Differential:
        """differential := \\partial [^n] [factor], or \\partial_x"""
        token = self.take()
        order = 1
        if self.at("mark", "^"):
            self.take()
            count = self.script()
            if not isinstance(count, Number) or count.value not in (1, 2, 3, 4):
                raise unreadable("unsupported", "a derivative of this order is not read", count.span)
            order = int(count.value)
        operand: Node | None = None
        if token.kind == "word":
            # dL, dxhat: the scanner cannot tell the d from the name.
            inner = Token("name", token.text[1:], Span(token.span.start + 1, token.span.end))
            rest = plain.scan(inner.text)[:-1]
            if len(rest) != 1 or rest[0].kind not in ("name", "word"):
                raise self.expected("the name after d")
            base: Node = Name(inner.span, rest[0].text)
            operand = self.scripts(base)
        elif self.starts_factor() and not self.at("command", "\\partial", "\\sum", "\\prod", "\\frac"):
            operand = self.factor()
        return Differential(self.since(token.span.start), sign, order, operand)

    def perhaps_differential(self) -> Node | Differential:
        """dL/dx_i is a derivative; d alone, or dbeta/m, is not."""
        saved, opened = self.place, len(self.open)
        try:
            top = self.differential("d")
            if self.at("mark", "/") and self.is_d(self.tokens[self.place + 1]):
                return top
            if top.operand is not None and isinstance(_base(top.operand), Name) and top.order == 1:
                self.back_to(saved, opened)
                token = self.take()
                if token.kind == "name":
                    # d\gamma on its own is the name of the gradient by gamma.
                    named = self.atom()
                    if not isinstance(named, Name):
                        raise self.expected("the name after d")
                    return self.scripts(Name(token.span.to(named.span), "d" + named.text))
                return self.scripts(Name(token.span, token.text))
        except UnreadableError:
            pass
        self.back_to(saved, opened)
        return self.factor()

    def is_d(self, token: Token) -> bool:
        if token.kind == "command":
            return token.text == "\\partial"
        return (token.kind == "name" and token.text == "d") or (
            token.kind == "word" and token.text[0] == "d" and self.dialect == "plain"
        )

    def whole_derivative(self, top: Differential, start: int) -> Node:
        """derivative := \\partial a / \\partial b, \\partial / \\partial b term, \\partial_b term"""
        if top.operand is None and self.at("mark", "_"):
            self.take()
            by = self.script()
            return self.applied(start, (by,) * top.order, top.sign)
        if not (self.at("mark", "/") and self.is_d(self.tokens[self.place + 1])):
            raise unreadable(
                "half-derivative",
                "half a derivative: the other half has no differential sign",
                top.span,
                "write \\frac{\\partial a}{\\partial b}",
            )
        self.take()
        bottoms = [self.differential(top.sign)]
        while self.at("command", "\\partial") and len(bottoms) < top.order:
            bottoms.append(self.differential(top.sign))
        return self.joined(top, bottoms, start)

    def joined(self, top: Differential, bottoms: list[Differential], start: int) -> Node:
        by: list[Node] = []
        for bottom in bottoms:
            if bottom.operand is None:
                raise unreadable("half-derivative", "a derivative by nothing", bottom.span, "name the variable after the sign")
            operand, count = bottom.operand, bottom.order
            if (
                isinstance(operand, Scripted)
                and isinstance(operand.sup, Number)
                and operand.sup.value == top.order > len(bottoms)
            ):
                base = operand.base if operand.sub is None else Scripted(operand.span, operand.base, operand.sub, None)
                operand, count = base, top.order
            by += [operand] * count
        if len(by) != top.order:
            raise unreadable(
                "half-derivative", f"a derivative of order {top.order} by {len(by)} variables", Span(start, self.previous_end())
            )
        if top.operand is None:
            return self.applied(start, tuple(by), top.sign)
        return Derivative(self.since(start), top.operand, tuple(by), top.sign)

    def applied(self, start: int, by: tuple[Node, ...], sign: str) -> Node:
        if not (self.starts_factor() or self.at("command")):
            raise self.expected("what the derivative is taken of")
        body = self.term()
        return Derivative(self.since(start), body, by, sign)

    def sign_ahead(self, place: int) -> str | None:
        """Return the differential sign that the argument at the place begins with."""
        if self.tokens[place].text == "{" and place + 1 < len(self.tokens):
            place += 1
        token = self.tokens[place]
        if token.kind == "command" and token.text == "\\partial":
            return "\\partial"
        return token.text if token.kind == "name" and token.text in ("d", "\\delta") else None

    def after_argument(self, place: int) -> int:
        depth = 0
        while place < len(self.tokens) - 1:
            token = self.tokens[place]
            depth += (token.kind == "open") - (token.kind == "close")
            place += 1
            if depth <= 0:
                break
        return place

    def differentials(self, sign: str, single: bool) -> list[Differential]:
        opener = self.next if self.at("open", "{") else None
        if opener is not None:
            self.take()
            self.open.append(opener)
        found = [self.differential(sign)]
        while not single and opener is not None and self.next.text == sign:
            found.append(self.differential(sign))
        if opener is not None:
            if not self.at("close"):
                raise unreadable(
                    "half-derivative",
                    "a part of a derivative holds more than a sign and one factor",
                    self.next.span,
                    "put brackets around what is differentiated",
                )
            self.close(opener)
        return found

    def gradient(self) -> Node:
        """gradient := \\nabla_x factor: the derivative of a scalar by every entry of x"""
        token = self.take()
        if not self.at("mark", "_"):
            raise self.expected("what the gradient is taken by, as in \\nabla_x L")
        self.take()
        by = self.script()
        of = self.factor()
        return Derivative(self.since(token.span.start), of, (by,))


def _base(node: Node) -> Node:
    return node.base if isinstance(node, Scripted) else node
