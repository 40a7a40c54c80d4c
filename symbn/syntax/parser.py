r"""Tokens -> statements: chains of equations with the conditions that go with them.

    statements := statement ((, | row | \Rightarrow) statement | (, | gap | word) condition)*
    statement  := [REL] expression (REL expression)*
    condition  := i = k | i \neq k | ( i \neq k ) | \forall i, .. | i = 1, .., m            word: for, if, when, where, ..

A clause that looks like a condition is attached to its equation or refused: an equation is never judged without it.
"""

from __future__ import annotations

from symbn.diagnostic import Span
from symbn.errors import UnreadableError, unreadable
from symbn.syntax import latex, plain
from symbn.syntax.expressions import CONDITION_WORDS, Expressions
from symbn.syntax.tree import Additive, Name, Node, Number, Product, Relation, Scripted, Statement, children, number_value


def parse(text: str, dialect: str = "auto") -> list[Statement]:
    """Return the statements of a formula; its spans count the characters of `text`.

    dialect: `latex`, `plain`, or `auto`: LaTeX if there is a backslash. Raises: UnreadableError.
    """
    if dialect == "auto":
        dialect = "latex" if "\\" in text else "plain"
    tokens = latex.scan(text) if dialect == "latex" else plain.scan(text)
    try:
        return _Statements(tokens, dialect).statements()
    except RecursionError:
        raise unreadable("too-deep", "the formula is nested too deeply", Span(0, len(text))) from None


def sole_expression(text: str) -> Node | None:
    """Return the one expression that a text of LaTeX is; None if it is unreadable, or says something of several sides."""
    try:
        statements = parse(text, "latex")
    except UnreadableError:
        return None
    return statements[0].sides[0] if len(statements) == 1 and len(statements[0].sides) == 1 else None


class _Statements(Expressions):
    giving = False  # after `if gamma = 1`: what follows a comma is a condition too

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
        condition = _like_condition(statement)
        plain = self.is_condition(statement) and statement.relations[0] in ("=", "\\neq")
        giving = _gives_value(statement) and (separator == "word" or (separator == "list" and self.giving))
        if found and ((plain and separator in ("list", "word")) or giving):
            self.giving = self.giving or separator == "word"
            last, (left, right) = found[-1], statement.sides
            relation = Relation(statement.span, statement.relations[0], left, right)
            span = Span(last.span.start, self.previous_end())
            found[-1] = Statement(span, last.sides, last.relations, (*last.conditions, relation))
        elif separator == "word" or (condition and found):
            raise self.refused_condition(statement)
        elif len(found) == 1 and _like_condition(found[0]):
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
            elif self.at("word") and self.next.text in CONDITION_WORDS:
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
        return (self.at("word") and self.next.text in CONDITION_WORDS) or self.at("command", "\\forall")

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
        saved, opened = self.place, len(self.open)
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
        self.back_to(saved, opened)
        return None


def _is_index(node: Node) -> bool:
    return (isinstance(node, Name) and len(node.text) == 1 and node.text.isalpha()) or (
        isinstance(node, Number) and node.value.denominator == 1 and node.value > 0
    )


def _gives_value(statement: Statement) -> bool:
    """Tell whether the clause says what a name is equal to, as `gamma = 1` does."""
    left = statement.sides[0]
    named = isinstance(left, Name) or (isinstance(left, Scripted) and isinstance(left.base, Name) and not left.primes)
    return named and len(statement.sides) == 2 and statement.relations == ("=",)


def _of_indices(node: Node) -> bool:
    """Tell whether the node is made of bare letters and whole numbers only, as k = i + 1 is."""
    if isinstance(node, Additive | Product):
        return all(_of_indices(part) for part in children(node))
    return _is_index(node)


def _like_condition(statement: Statement) -> bool:
    """Tell whether the clause may be a condition of another one: k = i + 1, or eps = 0."""
    sides = statement.sides
    value = len(sides) == 2 and isinstance(sides[0], Name | Scripted) and number_value(sides[1]) is not None
    return value or (len(sides) > 1 and all(_of_indices(side) for side in sides))
