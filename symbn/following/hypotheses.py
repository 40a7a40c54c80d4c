"""Hypotheses: conditions that the prose sets for its sentence (`when $i = j$`) or from there on (`assume`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symbn.answer import ASSUMED
from symbn.document.prose import prose_between
from symbn.document.source import Formula
from symbn.elaboration.conditions import on_indices
from symbn.following import defining, prose
from symbn.following.chains import DEFINES, Chain, chains
from symbn.following.state import Follower, Hypothesis, blank_step, names_in
from symbn.judging import Options
from symbn.syntax.tree import Name, Node, Number, Relation

_OPPOSITE = {"=": "\\neq", "\\neq": "="}
_CONDITIONS = tuple(_OPPOSITE)


def trailing(follower: Follower, place: int, formula: Formula) -> tuple[Relation, ...]:
    """Return the conditions that follow the formula in its sentence: `$a = b$ for $i = j$`."""
    items = follower.document.items
    after = items[place + 1] if place + 1 < len(items) else None
    if not isinstance(after, Formula):
        return ()
    between = prose.plain(prose_between(follower.document, place + 1))
    if not prose.attaches_back(between):
        return ()
    found = [relation for chain in chains(after.text) if isinstance(chain, Chain) for relation in conditions_of(chain)]
    return tuple(opposites(found) if prose.negated(between) else found)


def opposites(relations: list[Relation]) -> list[Relation]:
    """Return what `unless` supposes: indices that differ where these are equal; of other relations nothing usable is left."""
    return [replace(relation, operator=_OPPOSITE[relation.operator]) for relation in relations if on_indices(relation)]


def conditions_of(chain: Chain) -> Iterator[Relation]:
    for left, sign, right in zip(chain.sides, chain.relations, chain.sides[1:], strict=False):
        if (sign in _CONDITIONS and isinstance(left.node, Name | Number)) or (
            sign == "=" and not isinstance(left.node, Number)
        ):
            yield Relation(left.node.span.to(right.node.span), sign, left.node, right.node)


def is_index_condition(chain: Chain) -> bool:
    return (
        len(chain.sides) == 2
        and chain.relations[0] in _CONDITIONS
        and not chain.continued
        and all(_is_index(side.node) for side in chain.sides)
        and any(isinstance(side.node, Name) for side in chain.sides)
    )


def _is_index(node: Node) -> bool:
    return (isinstance(node, Name) and len(node.text) == 1 and node.text.isalpha()) or isinstance(node, Number)


def taken_as_hypothesis(follower: Follower, chain: Chain, role: str, options: Options, negated: bool = False) -> bool:
    """Take a chain as a hypothesis of the prose, if it is one, and tell whether it is.

    What `let`, `where` and `assume` introduce is checked when it defines a node of the layer.
    """
    left = chain.sides[0].node
    if is_index_condition(chain) or defining.is_size(left, chain.sides[-1].node, options.notation):
        assume(follower, chain, role != prose.HYPOTHESIS, negated)
        return True
    key = defining.defines(left, options.notation)
    if role == prose.HYPOTHESIS:
        assume(follower, chain, False, negated)
        return True
    node = defining.layer_node(left, options.notation)
    if key is not None or node == "defined":
        return False
    if node == "input" or (node is not None and role == prose.ASSUMPTION and isinstance(chain.sides[-1].node, Number)):
        assume(follower, chain, lasting=True)
        return True
    return False


def gives_value_to_input(chain: Chain, options: Options) -> bool:
    """Tell whether the chain says gamma = 1, N = 2 or i = j: what an equation of the layer never claims."""
    left, right = chain.sides[0].node, chain.sides[-1].node
    return (
        is_index_condition(chain)
        or defining.is_size(left, right, options.notation)
        or defining.layer_node(left, options.notation) == "input"
    )


def assume(follower: Follower, chain: Chain, lasting: bool, negated: bool = False) -> None:
    """Take a chain as a hypothesis; negated: as one that excludes what it says."""
    found = list(conditions_of(chain))
    letters = set[str]().union(*(names_in(relation) for relation in found if on_indices(relation)))
    follower.hypotheses = [h for h in follower.hypotheses if not (on_indices(h.relation) and h.letters <= letters)]
    if negated:
        found = opposites(found)
    follower.hypotheses += [Hypothesis(relation, lasting) for relation in found]
    for place, (left, sign, right) in enumerate(zip(chain.sides, chain.relations, chain.sides[1:], strict=False)):
        if sign not in ("=", *DEFINES):
            continue
        step = blank_step(follower, left, right, place, chain)
        what = "from here on" if lasting else "for its sentence"
        follower.steps.append(replace(step, verdict=ASSUMED, reason=f"a hypothesis, which holds {what}"))
