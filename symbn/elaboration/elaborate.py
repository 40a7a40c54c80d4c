"""Tree -> meaning: one equation as meant for each admissible reading.

The language's own rules: a sum ends before the next + or -; a letter that no sum binds is a free index, and the equation is claimed for
all its values; a derivative between inner nodes is total. What departs from them is a reading, asked of `Choices` and named.
Nothing is ignored: a name without a role, an index without a slot, a power that is no number are errors with their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction as Rational

from symbn.diagnostic import Span
from symbn.elaboration.meaning import (
    LOCAL,
    TOTAL,
    Constant,
    Meaning,
    OutsideError,
    Plus,
    Quantity,
    Raised,
    Same,
    Slope,
    SumOver,
    Times,
    free,
    show,
    to_term,
)
from symbn.elaboration.notation import Notation, key_of
from symbn.elaboration.readings import Choices, Reading, explore
from symbn.elaboration.scope import ARRAYS, PER_FEATURE, Resolved, Scope, bound_names, excluded_names, kronecker, resolve
from symbn.errors import unreadable
from symbn.kernel.goal import Condition, Goal
from symbn.kernel.term import BATCH, FEATURE, Index
from symbn.layers.batchnorm import EVALUATION, batch_norm
from symbn.layers.graph import Graph
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
)

MAX_EXPONENT = 64
_REPEATED = "{} is summed over the batch although no sum sign says so: write \\sum_{}"
_EXTENT = "the sum over {} reaches to the end of its row or bracket: write brackets around the whole summand"


@dataclass(frozen=True, slots=True)
class Equation:
    """One step as meant. unmatched: indices that stand free on one side only, with a place where they are written."""

    left: Meaning
    right: Meaning
    conditions: tuple[Condition, ...]
    graph: Graph
    batch: int | None
    reading: Reading
    unmatched: tuple[tuple[str, Span], ...] = ()

    def goal(self) -> Goal:
        """Return the goal for the kernel. Raises: OutsideError."""
        left, right = to_term(self.left, self.graph), to_term(self.right, self.graph)
        return Goal(left, right, self.conditions, self.graph.positive, self.batch)

    def statement(self) -> str:
        """Return the claim in plain text, with every quantifier."""
        indices = sorted(
            {str(i.name) for i in free(self.left) | free(self.right) if isinstance(i.name, str)}
            | {str(i.name) for c in self.conditions for i in (c.left, c.right) if isinstance(i.name, str)}
        )
        explicit = [i.name for i in free(self.left) | free(self.right) if isinstance(i.name, int)]
        size = f"m = {self.batch}" if self.batch is not None else f"all m >= {max([1, *explicit])}"
        text = f"for {size}" + (f" and all {', '.join(indices)}" if indices else "")
        if self.conditions:
            signs = [f"{c.left.name} {'=' if c.equal else '!='} {c.right.name}" for c in self.conditions]
            text += f" with {' and '.join(signs)}"
        mode = " (mean and variance are constants)" if self.graph == batch_norm(EVALUATION, "n" in _sizes(self.graph)) else ""
        return f"{text}{mode}: {show(self.left)} = {show(self.right)}"


def _sizes(graph: Graph) -> str:
    return "mn" if len(graph.nodes["x"].slots) == 2 else "m"


def readings(
    left: Node, right: Node, conditions: tuple[Relation, ...], notation: Notation, batch: int | None = None
) -> Iterator[Equation]:
    """Yield the equation under every admissible reading, the language's own rule first.

    Raises: UnreadableError, OutsideError, TooManyReadingsError.
    """
    scope = Scope.of((left, right), conditions, notation)
    graph = batch_norm(notation.mode, scope.wide)

    def run(choices: Choices) -> Equation:
        return _Elaboration(scope, graph, choices, notation, batch).equation(left, right, conditions)

    for equation, reading in explore(run):
        yield Equation(
            equation.left, equation.right, equation.conditions, graph, equation.batch, reading, equation.unmatched
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Inside:
    """Where we are: the indices bound around, and the index that an omitted one stands for (`averaged`: by definition, as in E[x])."""

    bound: tuple[tuple[str, Index], ...] = ()
    default: Index | None = None
    averaged: bool = False

    def with_bound(self, name: str, index: Index, averaged: bool = False) -> _Inside:
        default = index if index.axis == BATCH else self.default
        return _Inside((*self.bound, (name, index)), default, averaged)

    def index(self, name: str) -> Index | None:
        return dict(self.bound).get(name)


class _Elaboration:
    def __init__(self, scope: Scope, graph: Graph, choices: Choices, notation: Notation, batch: int | None) -> None:
        self.scope, self.graph, self.choices, self.notation = scope, graph, choices, notation
        self.batch = batch
        self.fresh: set[str] = set()
        self.filled: Index | None = None

    def equation(self, left: Node, right: Node, conditions: tuple[Relation, ...]) -> Equation:
        meant = [self.meaning(side, _Inside()) for side in (left, right)]
        indices = [free(meaning) for meaning in meant]
        for side in (0, 1):
            meant[side] = self.with_repeated(meant[side], indices[side] - indices[1 - side], f"{side}")
        where = tuple(self.condition(condition) for condition in conditions)
        compared = {i for c in where for i in (c.left, c.right)}
        lone = (free(meant[0]) ^ free(meant[1])) - compared
        unmatched = tuple(
            (str(i.name), self.scope.spans[str(i.name)])
            for i in sorted(lone, key=lambda i: str(i.name))
            if isinstance(i.name, str) and str(i.name) in self.scope.spans
        )
        return Equation(meant[0], meant[1], where, self.graph, self.batch, Reading(), unmatched)

    def condition(self, relation: Relation) -> Condition:
        left, right = (
            self.scope.index(node) if isinstance(node, Name | Number) else Index("?") for node in (relation.left, relation.right)
        )
        if left.axis != right.axis:
            raise unreadable("two-roles", "the condition compares an example with a feature", relation.span)
        return Condition(left, right, relation.operator == "=")

    def with_repeated(self, meaning: Meaning, alone: frozenset[Index], side: str) -> Meaning:
        """Offer to sum an index that stands free on this side only, and twice in one product (Einstein's convention)."""
        terms = meaning.terms if isinstance(meaning, Plus) else (meaning,)
        result = []
        for place, term in enumerate(terms):
            for index in sorted(alone & free(term), key=lambda i: str(i.name)):
                factors = _factors(term)
                if sum(index in free(factor) for factor in factors) >= 2 and index.axis == BATCH:
                    words = _REPEATED.format(index.name, index.name)
                    if self.choices.pick(f"repeated {side} {place} {index.name}", [None, words]):
                        term = SumOver(index, (), term)
            result.append(term)
        return Plus(tuple(result)) if isinstance(meaning, Plus) else result[0]

    # ------------------------------------------------------------------ expressions

    def meaning(self, node: Node, inside: _Inside) -> Meaning:
        match node:
            case Number(value=value):
                return Constant(value)
            case Name() | Scripted():
                return self.quantity(node, inside)
            case Group(body=body):
                return self.meaning(body, inside)
            case Fraction(top=top, bottom=bottom):
                return _times(self.meaning(top, inside), Raised(self.meaning(bottom, inside), Rational(-1)))
            case Root(radicand=radicand, degree=degree):
                power = Rational(2) if degree is None else self.constant(degree)
                if power.denominator != 1 or not 2 <= power <= MAX_EXPONENT:
                    raise unreadable("unsupported", "the degree of a root is a whole number from 2", node.span)
                return Raised(self.meaning(radicand, inside), 1 / power)
            case Product(factors=factors, operators=operators):
                meant = [self.meaning(factors[0], inside)]
                for operator, factor in zip(operators, factors[1:], strict=True):
                    inner = self.meaning(factor, inside)
                    meant.append(Raised(inner, Rational(-1)) if operator == "/" else inner)
                return _times(*meant)
            case Additive():
                return self.additive(node, inside)
            case Big():
                return self.big(node, inside)
            case Derivative():
                return self.derivative(node, inside)
            case Call():
                return self.call(node, inside)
            case Indicator(condition=condition):
                return self.indicator(condition, inside)
            case Cases():
                return self.cases(node, inside)
            case Relation() | Listing():
                raise unreadable("unexpected", "a relation or a list cannot stand here", node.span)

    def additive(self, node: Additive, inside: _Inside) -> Meaning:
        for place, term in enumerate(node.terms[:-1]):
            big = _open_sum(term)
            if big is not None and big.operator == "sum":
                letters = [name.text for name in bound_names(big.lower)]
                rest = node.terms[place + 1 :]
                escapes = any(_mentions(later, letter) for later in rest for letter in letters if inside.index(letter) is None)
                words = _EXTENT.format(", ".join(letters) or "the batch")
                if escapes:
                    # The bound letter is used after the sum's end, so that the wide reading is the plainer one.
                    taken = self.choices.pick(f"extent {big.span.start}", [words, f"{letters[0]} is free after the sum"])
                    wide = taken == 0
                else:
                    wide = self.choices.pick(f"extent {big.span.start}", [None, words]) == 1
                if wide:
                    body = Additive(
                        big.body.span.to(rest[-1].span), (1, *node.signs[place + 1 :]), (big.body, *rest)
                    )  # fmt: skip
                    widened = Big(big.span.to(body.span), big.operator, big.lower, big.upper, body)
                    last = _with_open_sum(term, widened)
                    shorter = (*node.terms[:place], last)
                    return _plus(
                        *(self.signed(sign, t, inside) for sign, t in zip(node.signs[: place + 1], shorter, strict=True))
                    )  # fmt: skip
        return _plus(*(self.signed(sign, term, inside) for sign, term in zip(node.signs, node.terms, strict=True)))

    def signed(self, sign: int, term: Node, inside: _Inside) -> Meaning:
        inner = self.meaning(term, inside)
        return inner if sign > 0 else _times(Constant(Rational(-1)), inner)

    # ------------------------------------------------------------------ names

    def quantity(self, node: Name | Scripted, inside: _Inside) -> Meaning:
        found = resolve(node, self.notation)
        if found is None:
            return self.other_name(node, inside)
        if found.adjoint:
            by = self.named(Resolved(found.role, found.key, found.indices, found.label, None), node.span, inside)
            assert isinstance(by, Quantity)
            return self.powered(Slope(Quantity("L"), by, TOTAL), found.power, node.span)
        return self.powered(self.named(found, node.span, inside), found.power, node.span)

    def named(self, found: Resolved, span: Span, inside: _Inside) -> Meaning:
        if found.free:
            self.choices.note(f"{found.key} is any real number")
            return Quantity(found.role, tuple(self.index(i, inside) for i in found.indices))
        if found.role == "deviation":
            inner = self.named(Resolved("var", found.key, found.indices, found.label, None), span, inside)
            return Raised(inner, Rational(1, 2))
        written = self.scope.slots(found)
        if found.role in ("eps", "L") and written:
            raise unreadable("bad-index", f"{found.key} has no index", span, "leave the index out, or rename the quantity")
        if found.role in PER_FEATURE and written and not self.scope.wide:
            raise unreadable(
                "bad-index",
                f"{found.key} has one value for each feature, so {_text(written[0][0])} counts features, but x has one index only",
                span,
                "give the entries two indices, as in x_{ij}, or leave the feature index out everywhere",
            )
        if found.role in ARRAYS and len(written) > 2:
            raise unreadable("bad-index", f"{found.key} has at most two indices, example and feature", span)
        if inside.averaged and self.scope.wide and found.role in ARRAYS and len(written) == 1:
            written = [(written[0][0], FEATURE)]
        slots = self.graph.nodes[found.role].slots
        indices = []
        for axis in slots:
            own = [index for index, of in written if of == axis]
            indices.append(self.index(own[0], inside, axis) if own else self.omitted(found, axis, span, inside))
        return Quantity(found.role, tuple(indices))

    def index(self, written: Name | Number, inside: _Inside, axis: str | None = None) -> Index:
        if isinstance(written, Name) and (bound := inside.index(written.text)) is not None:
            return bound
        return self.scope.index(written, axis)

    def omitted(self, found: Resolved, axis: str, span: Span, inside: _Inside) -> Index:
        """Fill an index that is left out: the one of the sum around, or the one free index of the equation."""
        if axis == BATCH and inside.default is not None:
            if not inside.averaged:
                self.choices.note(f"{found.key} without an index stands for {found.key}_{inside.default.name}", caveat=True)
            return inside.default
        return self.neighbour(found.key, axis, span)

    def neighbour(self, key: str, axis: str, span: Span) -> Index:
        letters = [letter for letter in self.scope.free if self.scope.axes.get(letter, BATCH) == axis]
        if len(letters) > 1:
            raise unreadable(
                "missing-index", f"{key} lacks an index, and it may be {' or '.join(letters)}", span, f"write {key}_{letters[0]}"
            )
        if axis == FEATURE:
            index = Index(letters[0] if letters else "c", axis)
        elif letters:
            index = Index(letters[0].lstrip("\\"), axis)
        else:
            if self.filled is None:
                self.filled = Index(self.scope.letter(), axis)
            index = self.filled
        self.choices.note(f"{key} without an index stands for {key}_{index.name}", caveat=True)
        return index

    def other_name(self, node: Name | Scripted, inside: _Inside) -> Meaning:
        if isinstance(node, Scripted) and (pair := kronecker(node)) is not None:
            return self.powered(self.same(*pair, node.span, inside), node.sup, node.span)
        base = node.base if isinstance(node, Scripted) else node
        key = key_of(base)
        plain = isinstance(node, Name) or (node.sub is None and not node.primes)
        if key in (self.scope.batch, self.scope.features) and plain:
            size = Quantity("m" if key == self.scope.batch else "n")
            return self.powered(size, node.sup if isinstance(node, Scripted) else None, node.span)
        if isinstance(node, Scripted) and key in ("\\mathbb 1", "\\mathbf 1"):
            raise unreadable("unsupported", "vectors of ones are not read yet", node.span, "write the sum out")
        if isinstance(node, Scripted) and not isinstance(base, Name):
            if node.sub is not None or node.primes:
                raise unreadable("bad-index", "only a name can carry an index or a prime", node.span)
            return self.powered(self.meaning(base, inside), node.sup, node.span)
        shown = key_of(node) or key or "this"
        raise unreadable(
            "unknown-name",
            f"unknown name {shown}",
            node.span,
            f"say what it is, for example --let normalised='{shown}', or --let free='{shown}' for any real number",
        )

    def powered(self, base: Meaning, power: Node | Rational | None, span: Span) -> Meaning:
        if power is None:
            return base
        if isinstance(power, Name) and power.text in ("\\top", "T", "\\intercal", "*"):
            raise unreadable("unsupported", "transposes are not read yet", span, "write the sum over the index out")
        exponent = power if isinstance(power, Rational) else self.constant(power)
        return Raised(base, exponent)

    def constant(self, node: Node) -> Rational:
        """Return the value of an exponent. Raises: UnreadableError if it is not a number, or too large."""
        value = _constant(node)
        if value is None:
            raise unreadable("bad-exponent", "an exponent must be a number", node.span, "write the power as a number such as -3/2")
        if abs(value.numerator) > MAX_EXPONENT or value.denominator > MAX_EXPONENT:
            raise unreadable("bad-exponent", f"exponents are read up to {MAX_EXPONENT}", node.span)
        return value

    # ------------------------------------------------------------------ sums

    def big(self, node: Big, inside: _Inside) -> Meaning:
        if node.operator != "sum":
            raise unreadable("unsupported", "products over the batch are outside what symbn decides", node.span)
        names = bound_names(node.lower)
        if not names:
            if node.lower is not None:
                raise unreadable("bad-bounds", "these bounds of a sum are not read", node.lower.span, "write \\sum_{j=1}^{m}")
            return self.anonymous(node.body, inside)
        self.check_bounds(node)
        excluded = tuple(self.index(other, inside) for other in excluded_names(node.lower))
        indices = []
        for name in names:
            index = self.scope.index(name, self.axis_of(node))
            if inside.index(name.text) is not None or (name.text in self.scope.free and index in excluded):
                index = Index(self.new_letter(), index.axis)
            indices.append(index)
            inside = inside.with_bound(name.text, index)
        body = self.meaning(node.body, inside)
        for place, index in reversed(list(enumerate(indices))):
            skip = tuple(e for e in excluded if e.axis == index.axis) if place == 0 else ()
            if any(other == index for other in skip):
                raise unreadable("bad-bounds", "a sum cannot leave out the index it runs over", node.span)
            body = SumOver(index, skip, body)
        return body

    def axis_of(self, node: Big) -> str | None:
        return FEATURE if node.upper is not None and key_of(node.upper) == self.scope.features else None

    def check_bounds(self, node: Big) -> None:
        """A sum runs over the whole batch (or all features); anything else is refused."""
        lowest = Rational(1)
        for item in node.lower.items if isinstance(node.lower, Listing) else (node.lower,):
            if isinstance(item, Relation) and item.operator == "=":
                start = _constant(item.right)
                if start is None or start not in (0, 1):
                    raise unreadable("bad-bounds", "a sum starts at 1 (or at 0)", item.span, "write \\sum_{j=1}^{m}")
                lowest = start
            elif isinstance(item, Relation) and item.operator in ("\\le\\le", "<<", "\\le<"):
                if _constant(item.left) != 1 or key_of(_last(item.right)) not in (self.scope.batch, self.scope.features):
                    raise unreadable("bad-bounds", "these bounds of a sum are not read", item.span, "write \\sum_{j=1}^{m}")
        if node.upper is None:
            return
        upper: Node = node.upper
        if lowest == 0 and isinstance(upper, Additive) and upper.signs == (1, -1) and _constant(upper.terms[1]) == 1:
            upper = upper.terms[0]
        elif lowest == 0:
            raise unreadable("bad-bounds", "a sum from 0 to m has m + 1 terms", node.upper.span, "write \\sum_{j=1}^{m}")
        size = _constant(upper)
        if size is not None and size.denominator == 1 and size >= 1:
            if self.batch is None:
                self.batch = int(size)
                self.choices.note(f"the sums end at {size}, so the batch size is {size}")
            if self.batch != size:
                raise unreadable("bad-bounds", f"the batch size is {self.batch}, but this sum ends at {size}", upper.span)
        elif key_of(upper) not in (self.scope.batch, self.scope.features):
            raise unreadable(
                "bad-bounds", "a sum ends at the batch size", upper.span, f"write {self.scope.batch}, or say --let batch=..."
            )

    def anonymous(self, body: Node, inside: _Inside) -> Meaning:
        index = Index(self.new_letter())
        return SumOver(index, (), self.meaning(body, inside.with_bound("", index, averaged=True)))

    def new_letter(self) -> str:
        letter = self.scope.letter(frozenset(self.fresh) | ({str(self.filled.name)} if self.filled else set()))
        self.fresh.add(letter)
        return letter

    def call(self, node: Call, inside: _Inside) -> Meaning:
        function = key_of(node.function)
        if function in ("delta", "\\delta") and len(node.arguments) == 2:
            pair = node.arguments
            if isinstance(pair[0], Name | Number) and isinstance(pair[1], Name | Number):
                return self.same(pair[0], pair[1], node.span, inside)
        if len(node.arguments) != 1:
            raise unreadable("unexpected", f"{function} takes one argument", node.span)
        (argument,) = node.arguments
        if function == "\\delta":
            return _times(self.quantity(Name(node.function.span, "\\delta"), inside), self.meaning(argument, inside))
        if function == "sum":
            return self.anonymous(argument, inside)
        named = resolve(argument, self.notation) if isinstance(argument, Name | Scripted) else None
        if named is not None and named.role == "x" and named.power is None and not (named.indices and not self.scope.wide):
            role = {"E": "mu", "\\mathbb E": "mu", "Mean": "mu", "mean": "mu"}.get(function or "", "var")
            own = (*named.indices, *([named.label] if named.label else []))
            if len(own) <= 1:
                found = Resolved(role, function or "", own, None, None)
                value = self.named(found, node.span, inside)
                return Raised(value, Rational(1, 2)) if function in ("Std", "std") else value
        if named is not None and named.indices and not self.scope.wide:
            raise unreadable(
                "bad-index", "an average runs over the batch, so that the index would be bound", argument.span,
                "leave the index out, or write the sum",
            )  # fmt: skip
        mean = self.average(argument, inside)
        if function in ("E", "\\mathbb E", "Mean", "mean"):
            return mean
        square = self.average(Scripted(argument.span, Group(argument.span, "(", argument), None, Number(argument.span, Rational(2))), inside)
        variance = Plus((square, _times(Constant(Rational(-1)), Raised(mean, Rational(2)))))
        return Raised(variance, Rational(1, 2)) if function in ("Std", "std") else variance

    def average(self, body: Node, inside: _Inside) -> Meaning:
        return _times(Raised(Quantity("m"), Rational(-1)), self.anonymous(body, inside))

    # ------------------------------------------------------------------ conditions

    def same(self, left: Name | Number, right: Name | Number, span: Span, inside: _Inside) -> Same:
        pair = Same(self.index(left, inside), self.index(right, inside))
        if pair.left.axis != pair.right.axis:
            raise unreadable("two-roles", "this compares an example with a feature", span, "use indices of one kind")
        return pair

    def indicator(self, condition: Node, inside: _Inside) -> Meaning:
        if isinstance(condition, Relation) and condition.operator in ("=", "\\neq"):
            pair = (condition.left, condition.right)
            if isinstance(pair[0], Name | Number) and isinstance(pair[1], Name | Number):
                same = self.same(pair[0], pair[1], condition.span, inside)
                if condition.operator == "=":
                    return same
                return Plus((Constant(Rational(1)), _times(Constant(Rational(-1)), same)))
        raise unreadable("unsupported", "only conditions i = k and i \\neq k are read", condition.span)

    def cases(self, node: Cases, inside: _Inside) -> Meaning:
        first = node.conditions[0]
        if len(node.values) != 2 or first is None:
            raise unreadable("unsupported", "two cases are read: i = k and i \\neq k (or otherwise)", node.span)
        holds = self.indicator(first, inside)
        second = node.conditions[1]
        fails = Plus((Constant(Rational(1)), _times(Constant(Rational(-1)), holds)))
        if second is not None:
            other = self.indicator(second, inside)
            opposite = isinstance(first, Relation) and isinstance(second, Relation) and first.operator != second.operator
            if not opposite or not {frozenset(free(holds))} == {frozenset(free(other))}:
                raise unreadable("unsupported", "the two conditions must be opposite", second.span, "write i = k and i \\neq k")
        values = [self.meaning(value, inside) for value in node.values]
        return Plus((_times(holds, values[0]), _times(fails, values[1])))

    # ------------------------------------------------------------------ derivatives

    def derivative(self, node: Derivative, inside: _Inside) -> Meaning:
        of_node, by_nodes = node.of, node.by
        of_name = resolve(of_node, self.notation) if isinstance(of_node, Name | Scripted) else None
        result: Meaning
        if of_name is not None and of_name.role == "L" and of_name.power is None:
            if of_name.indices or of_name.label:
                raise unreadable("bad-index", "the loss has no index", node.of.span)
            if len(by_nodes) > 1:
                raise OutsideError("the second derivative of the loss is not determined by its gradient")
            result = Quantity("L")
        elif self.both_omitted(of_name, by_nodes):
            return self.jacobian(of_name, by_nodes[0], node.span, inside)
        else:
            result = self.meaning(of_node, inside)
        for by_node in by_nodes:
            by = self.variable(by_node, inside)
            result = Slope(result, by, self.kind(result, by) if len(by_nodes) == 1 else TOTAL)
        return result

    def both_omitted(self, of: Resolved | None, by_nodes: tuple[Node, ...]) -> bool:
        by = resolve(by_nodes[0], self.notation) if isinstance(by_nodes[0], Name | Scripted) else None
        return (
            len(by_nodes) == 1
            and of is not None
            and by is not None
            and all(r.role in ARRAYS and not r.indices and r.label is None and r.power is None for r in (of, by))
        )

    def jacobian(self, of: Resolved | None, by_node: Node, span: Span, inside: _Inside) -> Meaning:
        assert of is not None
        assert isinstance(by_node, Name | Scripted)
        by = resolve(by_node, self.notation)
        assert by is not None
        if inside.default is not None or self.scope.wide:
            raise unreadable("missing-index", "this derivative lacks its indices", span, f"write {of.key}_i and {by.key}_k")
        name = f"d{of.key}/d{by.key}"
        options = [
            f"{name} without indices is the whole Jacobian, entry by entry",
            f"{name} without indices takes the same index on both",
            f"{name} without indices is the sum of all entries of the Jacobian: write \\sum_i \\sum_k",
        ]
        taken = self.choices.pick(f"jacobian {of.role} {by.role}", options)
        if taken == 1:
            index = self.neighbour(of.key, BATCH, span)
            target = Quantity(by.role, (index,))
            of_meaning = Quantity(of.role, (index,))
            return Slope(of_meaning, target, self.kind(of_meaning, target))
        row, column = self.jacobian_letters()
        entry = Quantity(of.role, (row,))
        target = Quantity(by.role, (column,))
        slope = Slope(entry, target, self.kind(entry, target))
        return slope if taken == 0 else SumOver(row, (), SumOver(column, (), slope))

    def jacobian_letters(self) -> tuple[Index, Index]:
        # The same two letters for every such derivative of the equation, so that both sides speak of one entry.
        first = self.scope.letter()
        return Index(first), Index(self.scope.letter(frozenset({first})))

    def variable(self, node: Node, inside: _Inside) -> Quantity:
        meaning = self.meaning(node, inside)
        if isinstance(meaning, Quantity) and meaning.name not in ("L", "m", "n", "g"):
            return meaning
        raise unreadable(
            "bad-derivative", "a derivative is taken by a quantity of the layer or a free number", node.span, "name one quantity"
        )

    def kind(self, of: Meaning, by: Quantity) -> str:
        """Choose between the total and the local derivative, where they may differ."""
        if not isinstance(of, Quantity) or of.name not in self.graph.nodes or by.name not in self.graph.nodes:
            return TOTAL
        own = self.graph.own_term(self.graph.leaf(of.name, of.indices), by.name)
        if own is None or of.name == by.name:
            return TOTAL
        others = [name for name in self.graph.nodes if name != by.name and _names(own, name) and self.graph.depends(name, by.name)]
        if not others:
            return TOTAL
        name = f"d{of.name}/d{by.name}"
        held = " and ".join(others)
        options = [f"{name} is the total derivative", f"{name} is the local derivative, with {held} held fixed"]
        return (TOTAL, LOCAL)[self.choices.pick(f"derivative {of.name} {by.name}", options)]


def _names(term: object, name: str) -> bool:
    from symbn.kernel.term import Entry, Var, subterms

    return any(isinstance(t, Var | Entry) and t.name == name for t in subterms(term))  # type: ignore[arg-type]


def _times(*factors: Meaning) -> Meaning:
    flat: list[Meaning] = []
    for factor in factors:
        flat.extend(factor.factors if isinstance(factor, Times) else (factor,))
    return flat[0] if len(flat) == 1 else Times(tuple(flat))


def _plus(*terms: Meaning) -> Meaning:
    return terms[0] if len(terms) == 1 else Plus(tuple(terms))


def _factors(meaning: Meaning) -> tuple[Meaning, ...]:
    return meaning.factors if isinstance(meaning, Times) else (meaning,)


def _constant(node: Node | None) -> Rational | None:
    """Return the value of an expression of numbers only, or None."""
    match node:
        case Number(value=value):
            return value
        case Group(body=body):
            return _constant(body)
        case Fraction(top=top, bottom=bottom):
            above, below = _constant(top), _constant(bottom)
            return None if above is None or not below else above / below
        case Additive(signs=signs, terms=terms):
            values = [_constant(term) for term in terms]
            if any(v is None for v in values):
                return None
            return sum((s * v for s, v in zip(signs, values, strict=True) if v is not None), Rational(0))
        case Product(factors=factors, operators=operators):
            values = [_constant(factor) for factor in factors]
            total = values[0]
            for operator, value in zip(operators, values[1:], strict=True):
                if total is None or value is None or (operator == "/" and value == 0):
                    return None
                total = total / value if operator == "/" else total * value
            return total
        case _:
            return None


def _open_sum(node: Node) -> Big | None:
    """Return the sum that the node ends with, if no bracket closes it."""
    match node:
        case Big():
            return node
        case Product(factors=(*_, last)):
            return _open_sum(last)
        case _:
            return None


def _with_open_sum(node: Node, put: Big) -> Node:
    if isinstance(node, Product):
        factors = (*node.factors[:-1], _with_open_sum(node.factors[-1], put))
        return Product(node.span.to(put.span), factors, node.operators)
    return put


def _mentions(node: Node, letter: str) -> bool:
    """Tell whether the letter is used as an index in the node without being bound there."""
    from symbn.syntax.tree import children

    if isinstance(node, Big) and letter in {name.text for name in bound_names(node.lower)}:
        return False
    if isinstance(node, Name):
        return node.text == letter
    return any(_mentions(child, letter) for child in children(node))


def _last(node: Node) -> Node:
    return node.items[-1] if isinstance(node, Listing) else node


def _text(index: Name | Number) -> str:
    return index.text if isinstance(index, Name) else str(index.value)
