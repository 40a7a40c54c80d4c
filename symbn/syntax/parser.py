r"""Tokens -> tree, by recursive descent. A method's docstring is its line of the grammar.

    statements := statement (separator statement)*         separator: , ; a row, a gap, `for`, `if`, `when`, `where`
    statement  := [REL] expression (REL expression)* [conditions]
    expression := [sign] term (sign term)*
    term       := factor ((* | / | juxtaposed) [-] factor)*        one level, left to right; a big operator or a derivative
                                                                   that is applied takes the rest of the term, not past + or -
    factor     := atom (_ script | ^ script | ')*
    atom       := number | name | word | word ( expressions ) | ( expression ) | \frac.. | \sqrt.. | big | derivative | cases
    | indicator

A name is never given a meaning here, and no token is ignored: what is left over is an error with its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction as Rational

from symbn.diagnostic import Span
from symbn.errors import UnreadableError, unreadable
from symbn.syntax import latex, plain
from symbn.syntax.latex import ACCENT_COMMANDS, STYLES
from symbn.syntax.tokens import MAX_DEPTH, Token
from symbn.syntax.tree import (
    Additive,
    Big,
    Call,
    Cases,
    Derivative,
    Fraction,
    Group,
    Indicator,
    Listing,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Root,
    Scripted,
    Statement,
    children,
    number_value,
)

CLOSING = {"(": ")", "[": "]", "{": "}"}
CALLED = frozenset({"E", "\\mathbb E", "Var", "Std", "Mean", "var", "std", "mean", "sum", "delta", "\\delta"})
_CONDITION_WORDS = frozenset({"for", "if", "when", "where", "for all", "with", "otherwise", "else", "and"})
MAX_DIGITS = 200


@dataclass(frozen=True, slots=True)
class _Differential:
    """d^order of an operand: half a derivative, which must find its other half."""

    span: Span
    sign: str
    order: int
    operand: Node | None


def parse(text: str, dialect: str = "auto") -> list[Statement]:
    """Return the statements of a formula; its spans count the characters of `text`.

    dialect: `latex`, `plain`, or `auto`: LaTeX if there is a backslash. Raises: UnreadableError.
    """
    if dialect == "auto":
        dialect = "latex" if "\\" in text else "plain"
    tokens = latex.scan(text) if dialect == "latex" else plain.scan(text)
    try:
        return _Parser(tokens, dialect).statements()
    except RecursionError:
        raise unreadable("too-deep", "the formula is nested too deeply", Span(0, len(text))) from None


class _Parser:
    def __init__(self, tokens: list[Token], dialect: str) -> None:
        self.tokens, self.dialect = tokens, dialect
        self.place = 0
        self.depth = 0
        self.open: list[Token] = []

    # ------------------------------------------------------------------ tokens

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.tokens[self.place]
        if token.kind != "end":
            self.place += 1
        return token

    def at(self, kind: str, *texts: str) -> bool:
        return self.next.kind == kind and (not texts or self.next.text in texts)

    def previous_end(self) -> int:
        return self.tokens[self.place - 1].span.end if self.place else 0

    def since(self, start: int) -> Span:
        return Span(start, max(start, self.previous_end()))

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise unreadable(
                "too-deep", f"more than {MAX_DEPTH} levels of brackets and fractions", self.next.span, "split the formula"
            )
        yield
        self.depth -= 1

    def expected(self, what: str) -> UnreadableError:
        token = self.next
        if token.kind in ("end", "relation") and self.open:
            opener = self.open[-1]
            return unreadable(
                "unbalanced", f"this {opener.text} is never closed", opener.span, f"add the closing {CLOSING[opener.text]}"
            )
        found = "the end of the formula" if token.kind == "end" else f"`{token.text}`"
        if token.kind == "close":
            return unreadable("unbalanced", f"{found} closes nothing here; expected {what}", token.span)
        return unreadable("unexpected", f"expected {what}, found {found}", token.span)

    # ------------------------------------------------------------------ statements

    def statements(self) -> list[Statement]:
        """statements := statement ((, | row | \\Rightarrow) statement | (, | gap | word) condition)*"""
        found: list[Statement] = []
        separator = self.separator()
        if separator == "word":
            raise self.unsupported_condition("a condition before its equation")
        while not self.at("end"):
            start = self.next.span.start
            statement = self.statement(bool(found))
            if statement is not None:
                self.place_statement(statement, separator, found)
            after = self.separator()
            if after == "implies" and found and self.is_condition(found[-1]):
                raise self.unsupported_condition("a condition before \\Rightarrow")
            separator = after
            if self.next.span.start == start and not self.at("end"):
                raise self.expected("a formula")
        if not found:
            raise unreadable("empty", "there is no formula here", Span(0, max(self.next.span.end, 0)), "write an equation")
        return found

    def place_statement(self, statement: Statement, separator: str, found: list[Statement]) -> None:
        """Put a clause where it belongs: a condition on indices to its equation, anything else on its own.

        An equation must never be judged without a condition that goes with it, so what looks like one is attached or refused.
        """
        condition = len(statement.sides) > 1 and all(_of_indices(side) for side in statement.sides)
        plain = self.is_condition(statement) and statement.relations[0] in ("=", "\\neq")
        if found and plain and separator in ("list", "word"):
            last, (left, right) = found[-1], statement.sides
            relation = Relation(statement.span, statement.relations[0], left, right)
            span = Span(last.span.start, self.previous_end())
            found[-1] = Statement(span, last.sides, last.relations, (*last.conditions, relation))
        elif separator == "word" or (condition and found):
            raise self.refused_condition(statement)
        elif found and len(found) == 1 and all(_of_indices(side) for side in found[0].sides) and found[0].relations:
            raise self.refused_condition(found[0])
        else:
            found.append(statement)

    def refused_condition(self, statement: Statement) -> UnreadableError:
        return unreadable(
            "unsupported-condition",
            "this condition is outside what symbn reads",
            statement.span,
            "write i = k or i \\neq k after the equation and a comma; another equation wants a formula of its own",
        )

    def unsupported_condition(self, what: str) -> UnreadableError:
        return unreadable(
            "unsupported-condition",
            f"{what} is not read",
            self.next.span,
            "write the condition i = k or i \\neq k after the equation",
        )

    def is_condition(self, statement: Statement) -> bool:
        return len(statement.sides) == 2 and all(_is_index(side) for side in statement.sides)

    def separator(self) -> str:
        """Skip what separates clauses, and say what it was: row, list (a comma, a gap), word (for, if), implies or nothing."""
        kinds: set[str] = set()
        while True:
            if self.at("mark", ";", ".", ":") or self.at("row"):
                kinds.add("row")
            elif self.at("mark", ",") or self.at("gap"):
                kinds.add("list")
            elif self.at("word") and self.next.text in _CONDITION_WORDS:
                kinds.add("word")
            elif self.at("relation", "\\Rightarrow"):
                kinds.add("implies")
            else:
                break
            self.take()
        if "word" in kinds and self.at("end"):
            raise self.unsupported_condition("a condition that is not there")
        return next((kind for kind in ("word", "implies", "row", "list") if kind in kinds), "")

    def statement(self, later: bool) -> Statement | None:
        """statement := [REL] expression (REL expression)*"""
        start = self.next.span.start
        if self.at("command", "\\forall") or (self.at("word", "all") and later):
            self.quantifier()
            return None
        if self.at("open", "(") and later and (inside := self.bracketed_condition()) is not None:
            return inside
        sides: list[Node] = []
        relations: list[str] = []
        if self.at("relation"):
            raise unreadable(
                "no-left-side", "the equation has no left side", self.next.span, "write what the right side is equal to"
            )
        sides.append(self.expression())
        while self.relation_ahead():
            while self.at("row") or self.at("gap"):
                self.take()
            relations.append(self.take().text)
            if self.at("command", "\\ldots", "\\cdots", "\\dots"):
                raise unreadable("unsupported", "an ellipsis is not read", self.next.span, "write a sum sign")
            sides.append(self.expression())
            if self.at("mark", ",") and later and self.tokens[self.place + 1].text in ("\\ldots", "\\cdots", "\\dots"):
                self.range_remark(sides, relations)
                return None
        ends = self.at("end") or self.at("row") or self.at("gap") or self.at("mark", ",", ";", ".", ":")
        if not (ends or self.at("relation", "\\Rightarrow") or self.starts_condition()):
            raise self.expected("an operator, a relation or the end of the formula")
        return Statement(self.since(start), tuple(sides), tuple(relations), ())

    def relation_ahead(self) -> bool:
        place = self.place
        while self.tokens[place].kind in ("row", "gap"):
            place += 1
        return self.tokens[place].kind == "relation" and self.tokens[place].text != "\\Rightarrow"

    def quantifier(self) -> None:
        """\\forall i, k says that the letters are any indices, which they are anyway."""
        self.take()
        while True:
            if not (self.at("name") and len(self.next.text) == 1):
                raise self.expected("an index after the quantifier")
            self.take()
            following = self.tokens[min(self.place + 2, len(self.tokens) - 1)]
            if not self.at("mark", ",") or following.text not in (",", ":", ".", ""):
                break
            self.take()
        if not (self.at("end") or self.at("gap") or self.at("row") or self.at("mark", ",", ":", ".", ";")):
            raise unreadable("unsupported-condition", "only bare letters are read after a quantifier", self.next.span)

    def starts_condition(self) -> bool:
        return (self.at("word") and self.next.text in _CONDITION_WORDS) or self.at("command", "\\forall")

    def range_remark(self, sides: list[Node], relations: list[str]) -> None:
        """i = 1, .., m says that i is any index, which it is anyway."""
        start = sides[0].span.start
        while self.at("mark", ",") or self.at("command", "\\ldots", "\\cdots", "\\dots"):
            self.take()
        last = self.factor()
        index = _is_index(sides[0]) and isinstance(sides[0], Name) and relations == ["="]
        if not index or number_value(sides[1]) != 1 or not isinstance(last, Name):
            raise unreadable("unsupported", "an ellipsis is read in i = 1, .., m only", self.since(start), "write a sum sign")

    def bracketed_condition(self) -> Statement | None:
        """( i \\neq k ) after an equation."""
        saved = self.place
        self.take()
        try:
            start = self.next.span.start
            left, relation, right = self.expression(), self.take().text, self.expression()
            statement = Statement(self.since(start), (left, right), (relation,), ())
            if self.at("close", ")") and self.is_condition(statement):
                self.take()
                return statement
        except UnreadableError:
            pass
        self.place = saved
        return None

    # ------------------------------------------------------------------ expressions

    def expression(self) -> Node:
        """expression := [sign] term (sign term)*"""
        start = self.next.span.start
        signs, terms = [1], []
        while self.at("mark", "+", "-"):
            signs[0] *= -1 if self.take().text == "-" else 1
        terms.append(self.term())
        while self.continues("+", "-"):
            sign = -1 if self.take().text == "-" else 1
            if self.at("mark", "+", "-"):
                raise self.expected("a term")
            signs.append(sign)
            terms.append(self.term())
        if len(terms) == 1 and signs == [1]:
            return terms[0]
        return Additive(self.since(start), tuple(signs), tuple(terms))

    def continues(self, *marks: str) -> bool:
        """Tell whether a sign comes next, over the end of a row too: `= a \\\\ + b` goes on, `= a \\\\ -b = c` does not."""
        place = self.place
        while self.tokens[place].kind in ("row", "gap"):
            place += 1
        if self.tokens[place].kind != "mark" or self.tokens[place].text not in marks:
            return False
        if place > self.place:
            depth, ahead = 0, place
            while self.tokens[ahead].kind not in ("end", "row") and depth >= 0:
                if self.tokens[ahead].kind == "relation" and depth == 0:
                    return False
                depth += (self.tokens[ahead].kind == "open") - (self.tokens[ahead].kind == "close")
                ahead += 1
            self.place = place
        return True

    def term(self) -> Node:
        """term := factor ((* | / | juxtaposed) [-] factor)*"""
        start = self.next.span.start
        factors: list[Node] = [self.operand()]
        operators: list[str] = []
        while True:
            if self.continues("*", "/"):
                operator = self.take().text
                if self.at("mark", "-", "+"):
                    sign = self.take()
                    inner = self.operand()
                    if sign.text == "-":
                        inner = Additive(sign.span.to(inner.span), (-1,), (inner,))
                else:
                    inner = self.operand()
            elif self.starts_factor():
                if self.at("number") and self.tokens[self.place - 1].kind == "number":
                    raise unreadable("unexpected", "two numbers side by side", self.next.span, "write a sign between them")
                operator, inner = "", self.operand()
            elif self.at("command", "\\over"):
                raise unreadable("unsupported", "\\over is not read", self.next.span, "write \\frac{..}{..}")
            else:
                break
            operators.append(operator)
            factors.append(inner)
        if len(factors) == 1:
            return factors[0]
        return Product(self.since(start), tuple(factors), tuple(operators))

    def starts_factor(self) -> bool:
        token = self.next
        if token.kind in ("number", "name", "open"):
            return not (token.kind == "open" and self.place and self.tokens[self.place - 1].kind == "gap")
        if token.kind == "word":
            return token.text not in _CONDITION_WORDS
        return token.kind == "command" and token.text not in (
            "\\endcases",
            "\\over",
            "\\ldots",
            "\\cdots",
            "\\dots",
            "\\forall",
        )

    def operand(self) -> Node:
        """A factor, or a big operator or derivative applied to the rest of the term."""
        if self.at("command", "\\sum", "\\prod") and not self.plain_call():
            return self.big()
        start = self.next.span.start
        left = self.differential_or_factor()
        if isinstance(left, _Differential):
            return self.whole_derivative(left, start)
        return left

    def plain_call(self) -> bool:
        """In plain text sum(x) is a call, as mean(x) is: what follows its bracket is outside. sum (x) y is not."""
        bracket = self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        touches = bracket.text == "(" and bracket.span.start == self.next.span.end
        return self.dialect == "plain" and self.next.text == "\\sum" and touches

    def big(self) -> Node:
        """big := (\\sum | \\prod) bounds [-] term"""
        with self.deeper():
            start = self.next.span.start
            operator = self.take().text[1:]
            lower = upper = None
            while self.at("mark", "_", "^"):
                which = self.take().text
                if (which == "_" and lower is not None) or (which == "^" and upper is not None):
                    raise self.expected("the summand")
                if which == "_":
                    lower = self.script(bounds=True)
                else:
                    upper = self.script()
            if self.dialect == "plain" and self.at("mark", ":", ","):
                self.take()
            sign = None
            if self.at("mark", "-"):
                sign = self.take()
            body = self.term()
            if sign is not None:
                body = Additive(sign.span.to(body.span), (-1,), (body,))
            return Big(self.since(start), operator, lower, upper, body)

    # ------------------------------------------------------------------ derivatives

    def differential_or_factor(self) -> Node | _Differential:
        token = self.next
        if token.kind == "command" and token.text == "\\partial":
            return self.differential("\\partial")
        if token.kind == "word" and len(token.text) > 1 and token.text[0] == "d" and self.dialect == "plain":
            return self.perhaps_differential()
        if token.kind == "name" and token.text == "d":
            return self.perhaps_differential()
        return self.factor()

    def differential(self, sign: str) -> _Differential:
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
        return _Differential(self.since(token.span.start), sign, order, operand)

    def perhaps_differential(self) -> Node | _Differential:
        """dL/dx_i is a derivative; d alone, or dbeta/m, is not."""
        saved = self.place
        try:
            top = self.differential("d")
            if self.at("mark", "/") and self.is_d(self.tokens[self.place + 1]):
                return top
            if top.operand is not None and isinstance(_base(top.operand), Name) and top.order == 1:
                self.place = saved
                token = self.take()
                if token.kind == "name":
                    # d\gamma on its own is the name of the gradient by gamma.
                    named = self.atom()
                    assert isinstance(named, Name)
                    return self.scripts(Name(token.span.to(named.span), "d" + named.text))
                return self.scripts(Name(token.span, token.text))
        except UnreadableError:
            pass
        self.place = saved
        return self.factor()

    def is_d(self, token: Token) -> bool:
        if token.kind == "command":
            return token.text == "\\partial"
        return (token.kind == "name" and token.text == "d") or (
            token.kind == "word" and token.text[0] == "d" and self.dialect == "plain"
        )

    def whole_derivative(self, top: _Differential, start: int) -> Node:
        """derivative := \\partial a / \\partial b, \\partial / \\partial b term, \\partial_b term"""
        if top.operand is None and self.at("mark", "_"):
            self.take()
            by = self.script()
            return self.applied(start, (by,) * top.order)
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

    def joined(self, top: _Differential, bottoms: list[_Differential], start: int) -> Node:
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
            return self.applied(start, tuple(by))
        return Derivative(self.since(start), top.operand, tuple(by))

    def applied(self, start: int, by: tuple[Node, ...]) -> Node:
        if not (self.starts_factor() or self.at("command")):
            raise self.expected("what the derivative is taken of")
        body = self.term()
        return Derivative(self.since(start), body, by)

    # ------------------------------------------------------------------ factors

    def factor(self) -> Node:
        """factor := atom (_ script | ^ script | ')*"""
        return self.scripts(self.atom())

    def scripts(self, base: Node) -> Node:
        sub = sup = None
        primes = 0
        while self.at("mark", "_", "^", "'"):
            token = self.take()
            if token.text == "'":
                primes += 1
            elif token.text == "_":
                if sub is not None:
                    raise unreadable("unexpected", "a second subscript", token.span, "write x_{i,j}")
                sub = self.script()
            else:
                if sup is not None:
                    raise unreadable("unexpected", "a second superscript", token.span, "put brackets around the first power")
                sup = self.script()
        if sub is None and sup is None and not primes:
            return base
        return Scripted(self.since(base.span.start), base, sub, sup, primes)

    def script(self, bounds: bool = False) -> Node:
        """script := one token | { listing }; in plain text also a signed number, and x_ij for x_{ij}"""
        with self.deeper():
            if self.at("open", "{") or (self.at("open", "(") and (self.dialect == "plain" or not bounds)):
                opener = self.take()
                self.open.append(opener)
                items = [self.listed(bounds)]
                while self.at("mark", ",", ";"):
                    self.take()
                    items.append(self.listed(bounds))
                self.close(opener)
                inner = items[0] if len(items) == 1 else Listing(self.since(opener.span.start), tuple(items))
                if opener.text == "(":
                    return Group(self.since(opener.span.start), "(", inner)
                return inner
            if self.dialect == "plain":
                start = self.next.span.start
                if self.at("mark", "-"):
                    self.take()
                    number = self.number()
                    return Number(self.since(start), -number.value)
                if self.at("word"):
                    return self.letters()
                return self.number() if self.at("number") else self.atom()
            if self.at("number") and len(self.next.text) > 1:
                # TeX: x^12 is x^1 times 2.
                token = self.next
                first = Span(token.span.start, token.span.start + 1)
                self.tokens[self.place] = Token("number", token.text[1:], Span(first.end, token.span.end))
                return Number(first, Rational(int(token.text[0])) if token.text[0].isdigit() else self.bad_number(token))
            if self.at("mark", "-", "+", "*", "'"):
                raise self.expected("a script in braces")
            return self.atom()

    def letters(self) -> Listing:
        """In a script of plain text a word is a row of letters: x_ij is x_{i,j}."""
        token = self.take()
        names = [Name(Span(token.span.start + p, token.span.start + p + 1), c) for p, c in enumerate(token.text)]
        return Listing(token.span, tuple(names))

    def listed(self, bounds: bool) -> Node:
        if self.dialect == "plain" and self.at("word") and self.tokens[self.place + 1].text in ("}", ",", ")"):
            return self.letters()
        left = self.expression()
        if bounds and self.at("relation"):
            operator = self.take().text
            right = self.expression()
            if self.at("relation"):
                # 1 \le i \le m
                second = self.take().text
                return Relation(
                    self.since(left.span.start), operator + second, left, Listing(right.span, (right, self.expression()))
                )
            return Relation(self.since(left.span.start), operator, left, right)
        return left

    def close(self, opener: Token) -> None:
        if not self.at("close", CLOSING[opener.text]):
            if self.at("close"):
                raise unreadable(
                    "unbalanced",
                    f"this {opener.text} is closed by {self.next.text}",
                    opener.span.to(self.next.span),
                    f"close it with {CLOSING[opener.text]} first",
                )
            raise self.expected(f"the closing {CLOSING[opener.text]}")
        self.take()
        self.open.pop()

    def bad_number(self, token: Token) -> Rational:
        raise unreadable("unexpected", "not a number", token.span)

    def number(self) -> Number:
        token = self.take()
        if token.kind != "number":
            self.place -= token.kind != "end"
            raise self.expected("a number")
        if len(token.text) > MAX_DIGITS:
            raise unreadable("too-long", f"a number of more than {MAX_DIGITS} digits", token.span)
        return Number(token.span, Rational(token.text))

    def atom(self) -> Node:
        """atom := number | name | word | call | group | \\frac | \\sqrt | styled | cases | indicator"""
        token = self.next
        if token.kind == "number":
            return self.number()
        if token.kind == "open":
            return self.group()
        if token.kind in ("name", "word"):
            if token.kind == "word" and token.text in _CONDITION_WORDS:
                raise self.expected("a formula")
            self.take()
            name = Name(token.span, token.text)
            if token.kind == "name" and token.text == "1":
                return Number(token.span, Rational(1))
            if token.text in CALLED and (self.at("open", "(", "[")):
                return self.call(name)
            return name
        if token.kind == "command":
            return self.command()
        raise self.expected("a formula" if token.kind == "end" else "a number, a name or a bracket")

    def call(self, function: Node) -> Node:
        with self.deeper():
            opener = self.take()
            self.open.append(opener)
            arguments = [self.expression()]
            while self.at("mark", ","):
                self.take()
                arguments.append(self.expression())
            self.close(opener)
            return Call(self.since(function.span.start), function, tuple(arguments))

    def group(self) -> Node:
        with self.deeper():
            opener = self.take()
            self.open.append(opener)
            body = self.expression()
            self.close(opener)
            return Group(self.since(opener.span.start), opener.text, body)

    def command(self) -> Node:
        token = self.next
        name = token.text[1:]
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            return self.fraction()
        if name == "sqrt":
            self.take()
            with self.deeper():
                degree = None
                if self.at("open", "[") and self.dialect == "latex":
                    opener = self.take()
                    self.open.append(opener)
                    degree = self.expression()
                    self.close(opener)
                radicand = self.argument()
                return Root(self.since(token.span.start), radicand, degree)
        if name in ("sum", "prod"):
            if self.plain_call():
                self.take()
                return self.call(Name(token.span, "sum"))
            return self.big()
        if name == "partial":
            start = token.span.start
            return self.whole_derivative(self.differential("\\partial"), start)
        if name == "nabla":
            return self.gradient()
        if name in STYLES or name in ACCENT_COMMANDS:
            return self.styled()
        if name in ("underbrace", "overbrace"):
            self.take()
            inner = self.argument()
            if self.at("mark", "_", "^"):
                self.take()
                self.script()
            return inner
        if name == "begincases":
            return self.cases()
        raise self.expected("a formula")

    def argument(self) -> Node:
        """What TeX takes as one argument: a group, or one token."""
        if self.at("open", "{"):
            opener = self.take()
            self.open.append(opener)
            with self.deeper():
                body = self.expression()
            self.close(opener)
            return Group(self.since(opener.span.start), "{", body)
        if self.dialect == "latex" and self.at("number") and len(self.next.text) > 1:
            return self.script()
        return self.atom()

    def fraction(self) -> Node:
        """fraction := \\frac argument argument, a derivative if both begin with the same differential sign"""
        token = self.take()
        with self.deeper():
            signs = (self.sign_ahead(self.place), self.sign_ahead(self.after_argument(self.place)))
            if "\\partial" in signs and signs[0] != signs[1]:
                lacking = self.next if signs[0] is None else self.tokens[self.after_argument(self.place)]
                raise unreadable(
                    "half-derivative",
                    "half a derivative: one part of the fraction has a differential sign, the other has none",
                    lacking.span.to(self.tokens[self.after_argument(self.after_argument(self.place)) - 1].span)
                    if signs[0] is not None
                    else lacking.span,
                    "write the sign on both parts: \\frac{\\partial a}{\\partial b}",
                )
            if signs[0] is not None and signs[0] == signs[1]:
                (top,) = self.differentials(signs[0], single=True)
                bottoms = self.differentials(signs[0], single=False)
                return self.joined(top, bottoms, token.span.start)
            above, below = self.argument(), self.argument()
            return Fraction(self.since(token.span.start), above, below)

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

    def differentials(self, sign: str, single: bool) -> list[_Differential]:
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

    def styled(self) -> Node:
        """styled := \\hat argument | \\mathcal argument: one name, with its own scripts if it has any"""
        token = self.take()
        if token.text in ("\\mathbb", "\\mathbf") and self.indicator_ahead():
            return self.indicator(token)
        with self.deeper():
            if self.at("name"):
                bare = self.take()
                inner: Node = Name(bare.span, bare.text)
            else:
                inner = self.argument()
        span = self.since(token.span.start)
        while isinstance(inner, Group) and inner.bracket == "{":
            inner = inner.body
        prefix = ACCENT_COMMANDS.get(token.text[1:], token.text[1:])
        if isinstance(inner, Number) and token.text in ("\\mathbb", "\\mathbf", "\\boldsymbol", "\\bm"):
            return Name(span, f"\\{prefix} {inner.value}")
        if token.text[1:] in ACCENT_COMMANDS and isinstance(inner, Scripted) and inner.sup is not None:
            # The bar of \\overline{x^2} is over the square, not over x.
            raise unreadable(
                "unsupported", f"{token.text} is not read over a power", span, "write \\hat x^2, or the average as E[x^2]"
            )
        if isinstance(inner, Scripted) and isinstance(inner.base, Name):
            return Scripted(span, Name(span, f"\\{prefix} {inner.base.text}"), inner.sub, inner.sup, inner.primes)
        if not isinstance(inner, Name):
            raise unreadable("unsupported", f"{token.text} is read over a single name only", span)
        name = Name(span, f"\\{prefix} {inner.text}")
        if name.text in CALLED and self.at("open", "(", "["):
            return self.call(name)
        return name

    def indicator_ahead(self) -> bool:
        place = self.place
        while self.tokens[place].text in ("{", "}"):
            place += 1
        if self.tokens[place].text != "1":
            return False
        place += 1
        while self.tokens[place].text == "}":
            place += 1
        return self.tokens[place].text in ("[", "(", "_", "{")

    def indicator(self, token: Token) -> Node:
        """indicator := \\mathbb 1 [ i = k ], \\mathbb 1_{i = k}, \\mathbb 1 \\{ i = k \\}"""
        self.argument()
        if self.at("mark", "_"):
            self.take()
        opener = self.take()
        if opener.kind != "open":
            raise self.expected("a condition in brackets")
        self.open.append(opener)
        condition = self.listed(bounds=True)
        self.close(opener)
        if not isinstance(condition, Relation):
            raise unreadable("unexpected", "an indicator needs a relation such as i = k", condition.span)
        return Indicator(self.since(token.span.start), condition)

    def cases(self) -> Node:
        """cases := \\begin{cases} value [,] condition (row value [,] condition)* \\end{cases}"""
        token = self.take()
        values: list[Node] = []
        conditions: list[Node | None] = []
        with self.deeper():
            while not self.at("command", "\\endcases"):
                values.append(self.expression())
                condition: Node | None = None
                while self.at("gap") or self.at("mark", ",") or (self.at("word") and self.next.text in _CONDITION_WORDS):
                    self.take()
                if not (self.at("row") or self.at("command", "\\endcases")):
                    condition = self.listed(bounds=True)
                    if not isinstance(condition, Relation):
                        raise unreadable("unexpected", "a case needs a condition such as i = k", condition.span)
                conditions.append(condition)
                while self.at("row") or self.at("mark", ",", "."):
                    self.take()
                if self.at("end"):
                    raise unreadable("unbalanced", "this cases environment is never closed", token.span, "add \\end{cases}")
            self.take()
        if not values:
            raise unreadable("empty", "a cases environment without a case", token.span)
        return Cases(self.since(token.span.start), tuple(values), tuple(conditions))


def _base(node: Node) -> Node:
    return node.base if isinstance(node, Scripted) else node


def _is_index(node: Node) -> bool:
    return (isinstance(node, Name) and len(node.text) == 1 and node.text.isalpha()) or (
        isinstance(node, Number) and node.value.denominator == 1 and node.value > 0
    )


def _of_indices(node: Node) -> bool:
    """Tell whether the node is made of bare letters and whole numbers only, as k = i + 1 is."""
    if isinstance(node, Additive | Product):
        return all(_of_indices(part) for part in children(node))
    return _is_index(node)
