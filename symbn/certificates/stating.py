r"""Equation -> claim: what Coq is asked to believe, from the author's own tree.

    forall m x g .. i k, 0 < m -> i < m -> .. -> 0 < eps -> left = right

A derivative is a real one, `derivable_pt_lim f a d`: f is the node as a function of the perturbed variable t, by every path
(total) or in its own definition (local). Where one side is a lone derivative the other is what it equals; else the claim is
that there *are* derivatives D1, D2, .. with which the equation holds, as there is at most one of each. The loss is any L that
is differentiable at y with gradient g.
"""

from __future__ import annotations

from collections.abc import Mapping

from symbn.certificates.building import Builder, all_parts
from symbn.certificates.expressions import Expression, Leaf, NotCertified, reindexed, within
from symbn.certificates.letters import fresh, hygienic
from symbn.certificates.spelling import RESERVED, check_letter, unfolded
from symbn.certificates.statements import Claim, at_indices
from symbn.certificates.terms import expression_of
from symbn.elaboration.elaborate import Equation
from symbn.elaboration.meaning import Meaning, Quantity, Slope, free, names
from symbn.kernel.goal import Condition
from symbn.kernel.term import BATCH, Index, Power, Sum, Term, Var, add, mul
from symbn.layers.graph import Graph


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
    every = {i for side in meanings for part in all_parts(side) for i in free(part)}
    build = Builder(equation.graph, equation.mode, {*letters, *letters.values(), *every})
    given = tuple(_given(build, fixed, value, letters) for fixed, value in equation.given)
    sides = [hygienic(reindexed(build.side(side), letters), letters.values()) for side in (equation.left, equation.right)]
    if len(build.found) == 1 and _is_witness(sides[1]) and not _holds_witness(sides[0]):
        sides.reverse()
    direct = len(build.found) == 1 and _is_witness(sides[0]) and not _holds_witness(sides[1])
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


def _given(build: Builder, fixed: Quantity, value: Meaning, letters: Mapping[Index, Index]) -> tuple[Leaf, Expression]:
    """Return an input and its value. Raises: NotCertified."""
    graph = build.graph
    if any(isinstance(part, Slope) for part in all_parts(value)) or any(
        graph.depends(name, fixed.name) for name in names(value)
    ):
        raise NotCertified("a condition gives an input a value that depends on it, or holds a derivative")
    formal = {index: fresh([*build.letters, *letters.values()]) for index in fixed.indices}
    if len(formal) > 1 or any(index.axis != BATCH for index in formal):
        raise NotCertified("features are not certified yet")
    side = reindexed(build.side(value), {**letters, **formal})
    return Leaf(fixed.name, tuple(formal.values())), hygienic(side, (*letters.values(), *formal.values()))


def _is_witness(part: Expression) -> bool:
    return isinstance(part, Leaf) and part.name.startswith("D") and part.name[1:].isdigit()


def _holds_witness(side: Expression) -> bool:
    return any(_is_witness(part) for part in within(side))


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
