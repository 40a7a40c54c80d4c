"""A layer as a graph: named nodes, each with its index slots and its defining term over its parents.

For nodes A, B of the graph, dA/dB is one of
- *total*: A as a function of B through every path; what is not downstream of B is held fixed;
- *local*: A's own defining term, its other parents held fixed. Auxiliary nodes (abbreviations that a hand derivation rarely
  names, such as c_i = x_i - mu) are written out first: they are no parents of their own.
For the loss the total derivative is meant always. The loss is known only through its upstream gradient g = dL/dy, so it
stands as sum_k g_k y_k with g held fixed, which is exact for first derivatives and says nothing about second ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import is_
from typing import TypeVar, assert_never

from symbn.diagnostic import Value
from symbn.kernel.derive import derive
from symbn.kernel.term import Add, Delta, Entry, Index, KernelError, Mul, Num, Power, Sum, Term, Var, rename, subterms

Leaf = Var | Entry
K = TypeVar("K")
MAX_KEPT = 4096  # expansions of leaves that a graph remembers


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node(Value):
    """One quantity. slots: the axes of its indices. definition: a term over other nodes, with `formal` as its own indices;
    None for an input. auxiliary: an abbreviation, written out in local derivatives. meaning: a few words for people."""

    name: str
    slots: tuple[str, ...]
    meaning: str
    latex: str
    definition: Term | None = None
    formal: tuple[Index, ...] = ()
    auxiliary: bool = False

    def __post_init__(self) -> None:
        if self.definition is not None and tuple(i.axis for i in self.formal) != self.slots:
            raise KernelError(f"the formal indices of {self.name} do not fit its slots")


@dataclass(frozen=True, slots=True)
class Graph:
    """name: shown in statements. loss, upstream: the names of L and of dL/dy. expansions, slopes: of leaves, and of leaves by
    leaves, kept since the equations of a document share them; they depend on nothing else."""

    name: str
    nodes: Mapping[str, Node]
    loss: str = "L"
    upstream: str = "g"
    positive: frozenset[str] = frozenset({"eps"})
    expansions: dict[tuple[Leaf, frozenset[str], bool], Term] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    slopes: dict[tuple[Leaf, Leaf], Term] = field(default_factory=dict, init=False, repr=False, compare=False)

    def leaf(self, name: str, indices: tuple[Index, ...]) -> Leaf:
        """Return the node at the indices as a leaf. Raises: KernelError if the slots do not fit."""
        node = self.nodes[name]
        if tuple(i.axis for i in indices) != node.slots:
            raise KernelError(f"{name} has the slots {node.slots}")
        return Entry(name, indices) if indices else Var(name)

    def expand(self, term: Term, keep: frozenset[str] = frozenset(), only_auxiliary: bool = False) -> Term:
        """Return the term with every defined node replaced by its definition, down to the inputs and the nodes in `keep`."""
        # An input is kept anyway; said so, the expansions for it are those that are there.
        keep = frozenset([name for name in keep if name in self.nodes and self.nodes[name].definition is not None])
        return _Expansion(self, keep, only_auxiliary).run(term)

    def depends(self, name: str, on: str) -> bool:
        """Tell whether the node is `on`, or is computed from it."""
        node = self.nodes.get(name)
        if name == on or node is None or node.definition is None:
            return name == on
        return any(isinstance(t, Var | Entry) and self.depends(t.name, on) for t in subterms(node.definition))

    def total(self, term: Term, by: Leaf) -> Term:
        """Return d term / d by through every path; the result may still name nodes upstream of `by`."""
        found = self.slopes.get((term, by)) if isinstance(term, Var | Entry) else None
        if found is None:
            found = derive(self.expand(term, frozenset({by.name})), by)
            if isinstance(term, Var | Entry):
                _remember(self.slopes, (term, by), found)
        return found

    def own_term(self, of: Leaf, by: str) -> Term | None:
        """Return the defining term of a node over its parents (auxiliaries written out), or None if `by` is not one of them."""
        node = self.nodes[of.name]
        if node.definition is None or of.name == self.loss:
            return None
        term = self.expand(self.instance(node, of), frozenset({by}), only_auxiliary=True)
        return term if any(isinstance(t, Var | Entry) and t.name == by for t in subterms(term)) else None

    def local(self, of: Leaf, by: Leaf) -> Term:
        """Return the derivative of the node's own defining term, its other parents held fixed. Raises: KernelError if not a
        parent."""
        term = self.own_term(of, by.name)
        if term is None:
            raise KernelError(f"{by.name} is not a parent of {of.name}")
        return derive(term, by)

    def instance(self, node: Node, leaf: Leaf) -> Term:
        if node.definition is None:
            return leaf
        indices = leaf.indices if isinstance(leaf, Entry) else ()
        return rename(node.definition, dict(zip(node.formal, indices, strict=True)))


def _remember(kept: dict[K, Term], key: K, term: Term) -> None:
    if len(kept) >= MAX_KEPT:
        kept.clear()
    kept[key] = term


class _Expansion:
    """Replaces leaves by definitions. A definition is closed but for its formal indices, so that nothing can be captured.

    What holds no such leaf stays the very same term: what is worked out of it is found again by its identity.
    """

    def __init__(self, graph: Graph, keep: frozenset[str], only_auxiliary: bool) -> None:
        self.graph, self.keep, self.only_auxiliary = graph, keep, only_auxiliary
        self.memo: dict[int, tuple[Term, Term]] = {}

    def run(self, term: Term) -> Term:
        known = self.memo.get(id(term))
        if known is None:
            known = self.memo[id(term)] = (term, self.rebuild(term))
        return known[1]

    def rebuild(self, term: Term) -> Term:
        match term:
            case Num() | Delta():
                return term
            case Var() | Entry():
                return self.replaced(term)
            case Sum(index=index, body=body, excluding=excluding):
                inner = self.run(body)
                return term if inner is body else Sum(index, inner, excluding)
            case Add(terms=terms):
                parts = self.all(terms)
                return term if parts is terms else Add(parts)
            case Mul(factors=factors):
                parts = self.all(factors)
                return term if parts is factors else Mul(parts)
            case Power(base=base, exponent=exponent):
                inner = self.run(base)
                return term if inner is base else Power(inner, exponent)
            case _:
                assert_never(term)

    def all(self, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        parts = tuple([self.run(term) for term in terms])
        return terms if all(map(is_, parts, terms)) else parts

    def replaced(self, leaf: Leaf) -> Term:
        node = self.graph.nodes.get(leaf.name)
        if node is None or node.definition is None or leaf.name in self.keep or (self.only_auxiliary and not node.auxiliary):
            return leaf
        kept, key = self.graph.expansions, (leaf, self.keep, self.only_auxiliary)
        found = kept.get(key)
        if found is None:
            found = self.run(self.graph.instance(node, leaf))
            _remember(kept, key, found)
        return found
