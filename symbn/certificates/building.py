"""Meaning -> expression: the sides of an equation, with a leaf D1, D2, .. for each derivative in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from symbn.certificates.expressions import Expression, Leaf, NotCertified, reindexed
from symbn.certificates.letters import fresh, hygienic
from symbn.certificates.rules import MARK, TIME
from symbn.certificates.spelling import PRIME, RESERVED, Moved, unfolded, whole_array
from symbn.certificates.statements import Derivative, batchwise, perturbed, witness
from symbn.certificates.terms import expression_of
from symbn.elaboration.meaning import LOCAL, Constant, Meaning, Plus, Quantity, Raised, Same, Slope, SumOver, Times, free, names
from symbn.elaboration.meaning import parts as inner
from symbn.kernel.term import Delta, Entry, Index, Power, Sum, Term, Var, add, mul, num
from symbn.layers.graph import Graph


class Builder:
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
        if slope.by.name != TIME or not any(name.endswith(MARK) for name in names(slope.of)):
            self.term(slope.by)  # which refuses names that cannot be written
        nested = any(isinstance(part, Slope) for part in all_parts(slope.of))
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


def all_parts(meaning: Meaning) -> Iterable[Meaning]:
    yield meaning
    for part in inner(meaning):
        yield from all_parts(part)
