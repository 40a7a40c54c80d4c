r"""Equation -> claim: what Coq is asked to believe, from the author's own tree.

    forall m x g .. i k, 0 < m -> i < m -> .. -> 0 < eps -> left = right

A derivative is a real one, `derivable_pt_lim f a d`: f is the node as a function of the perturbed variable t, by every path
(total) or in its own definition (local). Where one side is a lone derivative the other is what it equals; else the claim is
that there *are* derivatives D1, D2, .. with which the equation holds, as there is at most one of each. The loss is any L that
is differentiable at y with gradient g.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from symbn.certificates.expressions import (
    Expression,
    Leaf,
    NotCertified,
    expression_of,
    rebuilt,
    reindexed,
    within,
)
from symbn.certificates.letters import fresh, hygienic
from symbn.certificates.rules import MARK, TIME
from symbn.certificates.spelling import OF_BATCH, PRIME, RESERVED, Moved, check_letter, unfolded, whole_array
from symbn.elaboration.elaborate import Equation
from symbn.elaboration.meaning import (
    LOCAL,
    Constant,
    Meaning,
    Plus,
    Quantity,
    Raised,
    Same,
    Slope,
    SumOver,
    Times,
    free,
    names,
)
from symbn.elaboration.meaning import parts as inner
from symbn.kernel.goal import Condition
from symbn.kernel.term import BATCH, Delta, Entry, Index, Power, Sum, Term, Var, add, mul, num
from symbn.layers.graph import Graph


@dataclass(frozen=True, slots=True)
class Derivative:
    """d function / d t at the point. formal: the indices that it depends on. loss: the index j of y_j = function, of which the
    loss is taken; None where there is no loss. batchwise: it is a function of the batch, since its own derivative is taken."""

    formal: tuple[Index, ...]
    function: Expression
    moved: Moved
    point: Expression
    loss: Index | None
    batchwise: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """An equation for Coq. direct: left is the lone derivative. nonzero: what must not be 0, by hypothesis. given: the inputs
    to which a condition gives a value; what is said of an entry is said of every entry."""

    mode: str
    left: Expression
    right: Expression
    derivatives: tuple[Derivative, ...]
    direct: bool
    letters: tuple[Index, ...]
    positions: tuple[int, ...]
    conditions: tuple[Condition, ...]
    nonzero: tuple[Expression, ...]
    batch: int | None
    given: tuple[tuple[Leaf, Expression], ...] = ()

    @property
    def functions(self) -> tuple[str, ...]:
        """Return the functions of a rule, in order."""
        sides = (self.left, self.right, *(derivative.function for derivative in self.derivatives))
        leaves = {part.name.removesuffix(PRIME) for side in sides for part in within(side) if isinstance(part, Leaf)}
        return tuple(sorted(name.removesuffix(MARK) for name in leaves if name.endswith(MARK)))

    @property
    def with_loss(self) -> bool:
        return any(derivative.loss is not None for derivative in self.derivatives)


def witness(place: int) -> str:
    """Return the name of a derivative in a claim."""
    return f"D{place + 1}"


def batchwise(place: int) -> str:
    """Return the name of a derivative as a function of the batch."""
    return f"{witness(place)}{OF_BATCH}"


def claim_of(equation: Equation, nonzero: tuple[Term, ...] = ()) -> Claim:
    """Return the claim that an equation makes. Raises: NotCertified."""
    if any(len(node.slots) > 1 for node in equation.graph.nodes.values()):
        raise NotCertified("features are not certified yet")
    compared = {i for c in equation.conditions for i in (c.left, c.right)}
    known = frozenset[Index]().union(*(free(value) - set(fixed.indices) for fixed, value in equation.given))
    indices = free(equation.left) | free(equation.right) | compared | known
    for index in indices:
        check_letter(index)
    letters = {i: i for i in sorted(indices, key=str) if isinstance(i.name, str)}
    for index in letters:
        if str(index.name) in RESERVED or not str(index.name).isidentifier() or not str(index.name).isascii():
            letters[index] = fresh({*letters, *letters.values()})
    meanings = (equation.left, equation.right, *(value for _, value in equation.given))
    every = {i for side in meanings for part in _all(side) for i in free(part)}
    build = _Builder(equation.graph, equation.mode, {*letters, *letters.values(), *every})
    given = tuple(_given(build, fixed, value, letters) for fixed, value in equation.given)
    sides = [hygienic(reindexed(build.side(side), letters), letters.values()) for side in (equation.left, equation.right)]
    direct = _lone(sides[0]) or _lone(sides[1])
    if _lone(sides[1]) and not _lone(sides[0]):
        sides.reverse()
    direct = direct and len(build.found) == 1 and not any(_is_witness(part) for part in within(sides[1]))
    if direct:
        # Stated at the indices of the equation themselves.
        leaf, (derivative,) = sides[0], build.found
        assert isinstance(leaf, Leaf)
        put = dict(zip(derivative.formal, leaf.indices, strict=True))
        build.found[:] = [at_indices(derivative, put, letters.values())]
        sides[0] = Leaf(leaf.name)
    conditions = tuple(
        Condition(letters.get(c.left, c.left), letters.get(c.right, c.right), c.equal) for c in equation.conditions
    )
    positions = tuple(sorted({int(i.name) for i in indices if not isinstance(i.name, str)}))
    where = tuple(hygienic(expression_of(_folded(term, equation.graph)), letters.values()) for term in nonzero)
    return Claim(
        equation.mode, sides[0], sides[1], tuple(build.found), direct, tuple(letters.values()), positions, conditions,
        tuple(unfolded(e, equation.mode, statement=True) for e in where), equation.batch, given,
    )  # fmt: skip


def _given(build: _Builder, fixed: Quantity, value: Meaning, letters: Mapping[Index, Index]) -> tuple[Leaf, Expression]:
    """Return an input and its value. Raises: NotCertified."""
    graph = build.graph
    if any(isinstance(part, Slope) for part in _all(value)) or any(graph.depends(name, fixed.name) for name in names(value)):
        raise NotCertified("a condition gives an input a value that depends on it, or holds a derivative")
    formal = {index: fresh([*build.letters, *letters.values()]) for index in fixed.indices}
    if len(formal) > 1 or any(index.axis != BATCH for index in formal):
        raise NotCertified("features are not certified yet")
    side = reindexed(build.side(value), {**letters, **formal})
    return Leaf(fixed.name, tuple(formal.values())), hygienic(side, (*letters.values(), *formal.values()))


def _lone(side: Expression) -> bool:
    return _is_witness(side)


def _is_witness(part: Expression) -> bool:
    return isinstance(part, Leaf) and part.name.startswith("D") and part.name[1:].isdigit()


def at_indices(derivative: Derivative, put: Mapping[Index, Index], letters: Iterable[Index]) -> Derivative:
    """Return the derivative with other indices, in the place of its own."""
    moved = derivative.moved
    index = None if moved.index is None else put.get(moved.index, moved.index)
    function = reindexed(hygienic(derivative.function, (*letters, *put.values())), put)
    return Derivative((), function, Moved(moved.name, index, moved.array), reindexed(derivative.point, put), derivative.loss)


def _folded(term: Term, graph: Graph) -> Term:
    """Return the term with the mean and the variance named again."""
    for name in ("var", "mu"):
        if graph.nodes[name].definition is not None and term == graph.expand(Var(name)):
            return Var(name)
    match term:
        case Sum(index=index, body=body, excluding=excluding):
            return Sum(index, _folded(body, graph), excluding)
        case Power(base=base, exponent=exponent):
            return Power(_folded(base, graph), exponent)
        case _ if hasattr(term, "terms"):
            return add(*(_folded(t, graph) for t in term.terms))
        case _ if hasattr(term, "factors"):
            return mul(*(_folded(f, graph) for f in term.factors))
        case _:
            return term


class _Builder:
    """Turns meanings into expressions, and keeps the derivatives that it meets."""

    def __init__(self, graph: Graph, mode: str, letters: Iterable[Index]) -> None:
        self.graph, self.mode = graph, mode
        self.letters = tuple(letters)
        self.found: list[Derivative] = []
        self.inside = False  # a derivative

    def side(self, meaning: Meaning) -> Expression:
        return unfolded(expression_of(self.term(meaning)), self.mode, statement=True)

    def term(self, meaning: Meaning) -> Term:
        match meaning:
            case Constant(value=value):
                return num(value)
            case Quantity(name=name, indices=indices):
                if name == "n":
                    raise NotCertified("the number of features")
                if name == self.graph.loss:
                    raise NotCertified("the value of the loss")
                plain = name.removesuffix(MARK).isalpha() and name.isascii() and (name not in RESERVED or name.endswith(MARK))
                if name not in self.graph.nodes and name != "m" and not plain:
                    raise NotCertified(f"the name {name}")
                return Entry(name, indices) if indices else Var(name)
            case SumOver(index=index, excluding=excluding, body=body):
                return Sum(index, self.term(body), excluding)
            case Same(left=left, right=right):
                return Delta(left, right)
            case Plus(terms=terms):
                return add(*map(self.term, terms))
            case Times(factors=factors):
                return mul(*map(self.term, factors))
            case Raised(base=base, exponent=exponent):
                return Power(self.term(base), exponent)
            case Slope():
                return self.slope(meaning)
            case _:
                assert_never(meaning)

    def slope(self, slope: Slope) -> Term:
        """Return the leaf that stands for a derivative."""
        nested = any(isinstance(part, Slope) for part in _all(slope.of))
        if nested and (slope.by.name != "x" or slope.kind == LOCAL or self.inside):
            raise NotCertified("a derivative of a derivative, other than twice by the input")
        if slope.by.name == self.graph.upstream or len(slope.by.indices) > 1:
            raise NotCertified("a derivative by the upstream gradient or by features")
        actual = tuple(sorted((i for i in free(slope) if isinstance(i.name, str)), key=str))
        formal: list[Index] = []
        for _ in actual:
            formal.append(fresh([*formal, *self.letters]))
        put = dict(zip(actual, formal, strict=True))
        if nested:
            inner, self.inside = self.inside, True
            derivative = self.derivative(slope, put, tuple(formal))
            self.inside = inner
        else:
            derivative = replace(self.derivative(slope, put, tuple(formal)), batchwise=self.inside)
        if self.inside and derivative.loss is not None:
            raise NotCertified("a derivative of a derivative of the loss")
        if derivative not in self.found:
            self.found.append(derivative)
        name = (batchwise if self.inside else witness)(self.found.index(derivative))
        return Entry(name, actual) if actual else Var(name)

    def derivative(self, slope: Slope, put: dict[Index, Index], formal: tuple[Index, ...]) -> Derivative:
        graph, by = self.graph, slope.by
        index = put.get(by.indices[0], by.indices[0]) if by.indices else None
        loss = isinstance(slope.of, Quantity) and slope.of.name == graph.loss
        out = fresh([*formal, *put, *self.letters]) if loss else None
        if out is not None:
            term: Term = Entry("y", (out,))
        else:
            if names(slope.of) & {graph.upstream}:
                raise NotCertified("the derivative of an upstream gradient")
            term = self.term(slope.of)
        if slope.kind == LOCAL and isinstance(slope.of, Quantity):
            own = graph.own_term(graph.leaf(slope.of.name, slope.of.indices), by.name)
            assert own is not None
            function = perturbed(expression_of(own), {by.name})
        elif by.name == "x":
            inner = {batchwise(place) for place in range(len(self.found))}
            function = perturbed(expression_of(term), {*inner, *(n for n in graph.nodes if graph.depends(n, "x"))})
        else:
            kept = frozenset(n for n in graph.nodes if n == by.name or not graph.depends(n, by.name))
            moving = {n for n in names(slope.of) if n.endswith(MARK)} if by.name == TIME else set()
            function = perturbed(expression_of(graph.expand(term, kept)), {by.name, *moving})
        taken = (*put, *formal, *self.letters, *(() if out is None else (out,)))
        function = hygienic(reindexed(hygienic(function, taken), put), taken)
        point = unfolded(reindexed(Leaf(by.name, by.indices), put), self.mode, statement=True)
        array = whole_array(by.name, self.mode) if index is not None else ""
        function = unfolded(function, self.mode, frozenset({by.name + PRIME}), statement=True)
        return Derivative(formal, function, Moved(by.name, index, array), point, out)


def perturbed(expression: Expression, moved: set[str]) -> Expression:
    """Return the expression with the leaves of those names marked as moved."""

    def put(part: Expression) -> Expression | None:
        return Leaf(part.name + PRIME, part.indices) if isinstance(part, Leaf) and part.name in moved else None

    return rebuilt(expression, put)


def _all(meaning: Meaning) -> Iterable[Meaning]:
    yield meaning
    for part in inner(meaning):
        yield from _all(part)


__all__ = ["Claim", "Derivative", "at_indices", "batchwise", "claim_of", "perturbed", "witness"]
