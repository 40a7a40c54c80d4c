r"""Expressions, by recursive descent. A method's docstring is its line of the grammar.

    expression := [sign] term (sign term)*
    term       := factor ((* | / | \odot | juxtaposed) [-] factor)*   one level, left to right; a big operator or a derivative
                                                                   that is applied takes the rest of the term, not past + or -
    factor     := atom (_ script | ^ script | ')*
    atom       := number | name | word | word ( expressions ) | ( expression ) | \frac.. | \sqrt.. | big | derivative | cases
                | indicator

A name is never given a meaning here, and no token is ignored: what is left over is an error with its place.
"""

from __future__ import annotations

from fractions import Fraction as Rational

from symbn.diagnostic import Span
from symbn.errors import unreadable
from symbn.syntax.derivatives import Derivatives, Differential
from symbn.syntax.latex import ACCENT_COMMANDS, STYLES
from symbn.syntax.tokens import Token
from symbn.syntax.tree import (
    BARE_ELLIPSIS,
    ELLIPSIS,
    Additive,
    Big,
    Call,
    Cases,
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
)

CALLED = frozenset({"E", "\\mathbb E", "Var", "Std", "Mean", "var", "std", "mean", "sum", "delta", "\\delta"})
ELLIPSES = ("\\ldots", "\\cdots", "\\dots")
LAYER = "BN"  # BN(x_i) is the layer's output y_i
CONDITION_WORDS = frozenset({"for", "if", "when", "where", "for all", "with", "otherwise", "else", "and"})


class Expressions(Derivatives):
    def expression(self) -> Node:
        """expression := [sign] term (sign term)*"""
        start = self.next.span.start
        signs, terms = [1], []
        while self.at("mark", "+", "-"):
            signs[0] *= -1 if self.take().text == "-" else 1
        terms.append(self.term())
        while self.continues("+", "-") or self.after_ellipsis(terms):
            sign = 1
            if self.at("mark", "+", "-"):
                sign = -1 if self.take().text == "-" else 1
            else:
                terms[-1] = Name(terms[-1].span, BARE_ELLIPSIS)
            if self.at("mark", "+", "-"):
                raise self.expected("a term")
            signs.append(sign)
            terms.append(self.ellipsis() if self.at("command", *ELLIPSES) else self.term())
        if len(terms) == 1 and signs == [1]:
            return terms[0]
        return Additive(self.since(start), tuple(signs), tuple(terms))

    def ellipsis(self) -> Name:
        token = self.take()
        return Name(token.span, ELLIPSIS)

    def after_ellipsis(self, terms: list[Node]) -> bool:
        """a + .. b: the sign after the dots is often forgotten."""
        last = terms[-1]
        return isinstance(last, Name) and last.text == ELLIPSIS and self.starts_factor()

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
        """term := factor ((* | / | \\odot | juxtaposed) [-] factor)*"""
        start = self.next.span.start
        factors: list[Node] = [self.operand()]
        operators: list[str] = []
        while True:
            if self.continues("*", "/", "\\odot"):
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
            return token.text not in CONDITION_WORDS
        return token.kind == "command" and token.text not in (
            "\\endcases",
            "\\over",
            *ELLIPSES,
            "\\forall",
        )

    def operand(self) -> Node:
        """A factor, or a big operator or derivative applied to the rest of the term."""
        if self.at("command", "\\sum", "\\prod") and not self.plain_call():
            return self.big()
        start = self.next.span.start
        left = self.differential_or_factor()
        if isinstance(left, Differential):
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
        """script := one token | { listing } | { \\odot number }; in plain text also a signed number, and x_ij for x_{ij}"""
        with self.deeper():
            if self.at("open", "{") or (self.at("open", "(") and (self.dialect == "plain" or not bounds)):
                opener = self.take()
                self.open.append(opener)
                items = [self.entrywise_power() if self.at("mark", "\\odot") else self.listed(bounds)]
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
            if self.at("mark", "-", "+", "*", "\\odot", "'"):
                raise self.expected("a script in braces")
            return self.atom()

    def entrywise_power(self) -> Node:
        """entrywise := \\odot number, as in x^{\\circ 2}"""
        sign = self.take()
        power = self.listed(bounds=False)
        return Call(sign.span.to(power.span), Name(sign.span, "\\odot"), (power,))

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

    def atom(self) -> Node:
        """atom := number | name | word | call | group | \\frac | \\sqrt | styled | cases | indicator"""
        token = self.next
        if token.kind == "number":
            return self.number()
        if token.kind == "open":
            return self.group()
        if token.kind in ("name", "word"):
            if token.kind == "word" and token.text in CONDITION_WORDS:
                raise self.expected("a formula")
            self.take()
            name = Name(token.span, token.text)
            if token.kind == "name" and token.text == "1":
                return Number(token.span, Rational(1))
            if token.text == LAYER and (self.at("mark", "_") or self.at("open", "(")):
                return self.layer(name)
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

    def layer(self, name: Name) -> Node:
        """layer := BN [_{\\gamma, \\beta}] ( expression )"""
        if self.at("mark", "_"):
            self.take()
            script = self.script()
            known = {
                item.text for item in (script.items if isinstance(script, Listing) else (script,)) if isinstance(item, Name)
            }
            if not known <= {"\\gamma", "\\beta"}:
                raise unreadable(
                    "unknown-name", "the layer carries its parameters only", script.span, "write BN_{\\gamma, \\beta}"
                )
        if not self.at("open", "("):
            raise self.expected("what the layer is applied to, in brackets")
        return self.call(name)

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
        if isinstance(inner, Number) and token.text in ("\\mathbb", "\\mathbf", "\\boldsymbol", "\\bm", "\\vec", "\\pmb"):
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
        if self.tokens[place].text == "_":
            place += 1
        if self.tokens[place].kind != "open":
            return False
        # Without a relation it is a vector of ones: \\mathbf 1_{N}, or one beside a bracket.
        inside = self.tokens[place + 1 : self.after_argument(place)]
        return any(token.kind == "relation" for token in inside)

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
                while self.at("gap") or self.at("mark", ",") or (self.at("word") and self.next.text in CONDITION_WORDS):
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
