"""Hypotheses: conditions that the prose sets for its sentence (`when $i = j$`) or from there on (`assume`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symbn.answer import ASSUMED
from symbn.document.prose import prose_between
from symbn.document.source import Formula, Text
from symbn.elaboration.conditions import on_indices
from symbn.elaboration.notation import BATCH_NAMES, FEATURE_NAMES, Notation
from symbn.elaboration.resolving import resolve
from symbn.errors import UnreadableError
from symbn.following import defining, prose
from symbn.following.chains import DEFINES, Chain, chains
from symbn.following.state import Follower, Hypothesis, blank_step
from symbn.judging import Options
from symbn.syntax.tree import Name, Node, Number, Relation, names_in

SIZES = frozenset((*BATCH_NAMES, *FEATURE_NAMES))
UNUSABLE = "?"
_OPPOSITE = {"=": "\\neq", "\\neq": "="}
_CONDITIONS = tuple(_OPPOSITE)


def trailing(follower: Follower, place: int, formula: Formula) -> tuple[list[Relation], list[Hypothesis]]:
    """Return the conditions that follow the formula in its sentence, `$a = b$ for $i = j$ and $k = 1$`, and those that stand
    near without saying that they belong to it."""
    attached: list[Relation] = []
    near: list[Hypothesis] = []
    contrary = False
    document = follower.document
    options = replace(follower.base, notation=follower.notation)
    for number in range(place + 1, min(place + 4, len(document.items))):
        after = document.items[number]
        between = prose.plain(prose_between(document, number))
        if (
            not isinstance(after, Formula)
            or after.display
            or prose.ends_sentence(between, formula.display and number == place + 1)
        ):
            break
        found = listed(after.text)
        if not found or not all(gives_value_to_input(chain, options) for chain in found):
            break
        relations = [relation for chain in found for relation in conditions_of(chain)]
        joined = bool(attached) and prose.role(between, prose.HYPOTHESIS) == prose.HYPOTHESIS
        if joined and (contrary or prose.alternative(between)):
            attached = [unusable(relation) for relation in (*attached, *relations)]
        elif prose.attaches_back(between) or joined:
            contrary = contrary or prose.negated(between)
            attached += opposites(relations) if prose.negated(between) else relations
        else:
            line = document.place(after.span.start)[0]
            shown = document.text[after.span.start : after.span.end]
            near += [Hypothesis(relation, False, line, shown) for relation in relations]
    return attached, near


def listed(text: Text) -> list[Chain]:
    """Return the chains of a list of conditions, `\\gamma = 1, \\beta = 0`, which is no formula as a whole."""
    found: list[Chain] = []
    start = 0
    for end in (*(place for place, character in enumerate(text.text) if character == ","), len(text.text)):
        part = list(chains(text.part(start, end)))
        if not all(isinstance(chain, Chain) for chain in part):
            return []
        found += [chain for chain in part if isinstance(chain, Chain)]
        start = end + 1
    return found


def opposites(relations: list[Relation]) -> list[Relation]:
    """Return what `unless` supposes: indices that differ where these are equal. Of several at once, and of values, the
    contrary is no condition that could be used; it is kept as one that leaves doubt."""
    if len(relations) != 1 or not on_indices(relations[0]) or on_sizes(relations[0]):
        return [unusable(relation) for relation in relations]
    return [replace(relation, operator=_OPPOSITE[relation.operator]) for relation in relations]


def unusable(relation: Relation) -> Relation:
    """Return a condition that says only that there is one: under it nothing is refuted."""
    return replace(relation, operator=UNUSABLE)


def on_sizes(relation: Relation) -> bool:
    """Tell whether a condition says how large something is, N = 2, which no equation takes as a condition on its indices."""
    return isinstance(relation.left, Name) and isinstance(relation.right, Number) and relation.left.text in SIZES


def conditions_of(chain: Chain) -> Iterator[Relation]:
    """Yield the conditions that a chain states; `\\neq` between anything but indices is one that leaves doubt."""
    for left, sign, right in zip(chain.sides, chain.relations, chain.sides[1:], strict=False):
        if sign in _CONDITIONS:
            relation = Relation(left.node.span.to(right.node.span), sign, left.node, right.node)
            plain = sign == "=" or (on_indices(relation) and not on_sizes(relation))
            yield relation if plain else unusable(relation)


def is_index_condition(chain: Chain, notation: Notation) -> bool:
    """Tell whether the chain compares indices: letters that mean nothing else, or one of them with a number."""
    return (
        len(chain.sides) == 2
        and chain.relations[0] in _CONDITIONS
        and not chain.continued
        and all(isinstance(side.node, Number) or _is_index(side.node, notation) for side in chain.sides)
        and any(isinstance(side.node, Name) for side in chain.sides)
    )


def _is_index(node: Node, notation: Notation) -> bool:
    if not (isinstance(node, Name) and len(node.text) == 1 and node.text.isalpha()):
        return False
    try:
        return resolve(node, notation) is None
    except UnreadableError:
        return False


def taken_as_hypothesis(follower: Follower, chain: Chain, role: str, options: Options, before: str) -> bool:
    """Take a chain as a hypothesis of the prose before it, if it is one, and tell whether it is.

    What `let`, `where` and `assume` introduce is checked when it defines a node of the layer.
    """
    left, right = chain.sides[0].node, chain.sides[-1].node
    supposed = gives_value_to_input(chain, options)
    if not supposed and role == prose.HYPOTHESIS:
        supposed = prose.strong(before)
    if not supposed and role == prose.ASSUMPTION:
        node = defining.layer_node(left, options.notation)
        supposed = node is not None and isinstance(right, Number)
    if supposed and role == prose.DEFINITION and defining.defines(left, options.notation) is not None:
        return False
    if supposed:
        assume(follower, chain, role == prose.ASSUMPTION or prose.lasts(before), before)
    return supposed


def gives_value_to_input(chain: Chain, options: Options) -> bool:
    """Tell whether the chain says gamma = 1, N = 2 or i = j: what one supposes, and what no equation of the layer claims."""
    left, right = chain.sides[0].node, chain.sides[-1].node
    return (
        is_index_condition(chain, options.notation)
        or defining.is_size(left, right, options.notation)
        or defining.layer_node(left, options.notation) == "input"
        or defining.is_upstream(left, right, options.notation)
    )


def assume(follower: Follower, chain: Chain, lasting: bool, before: str = "") -> None:
    """Take a chain as a hypothesis. before: the prose before it, which may exclude what it says, or make it an alternative."""
    found = list(conditions_of(chain))
    letters = set[str]().union(*(names_in(relation) for relation in found if on_indices(relation)))
    if letters:
        follower.hypotheses = [h for h in follower.hypotheses if not (on_indices(h.relation) and h.letters <= letters)]
    contrary = prose.negated(before)
    if contrary:
        found = opposites(found)
    elif prose.joins(before) and (follower.contrary or prose.alternative(before)):
        # Neither the contrary of two conditions nor one of two is a condition that could be used.
        found = [unusable(relation) for relation in found]
        follower.hypotheses = [replace(h, relation=unusable(h.relation)) for h in follower.hypotheses]
        spoiled = {h.shown for h in follower.hypotheses}
        follower.remembered = [h for h in follower.remembered if h.shown not in spoiled]
    follower.contrary = contrary
    blank = blank_step(follower, chain.sides[0], chain.sides[-1], 0, chain)
    shown = f"{blank.lhs} {chain.relations[0]} {blank.rhs}"
    new = [Hypothesis(relation, lasting, blank.line, shown) for relation in found]
    follower.hypotheses += new
    # A new value of a name takes the place of the old one.
    follower.remembered = [h for h in follower.remembered if not h.shown.startswith(f"{blank.lhs} ")] + new
    for place, (left, sign, right) in enumerate(zip(chain.sides, chain.relations, chain.sides[1:], strict=False)):
        if sign not in ("=", *DEFINES):
            continue
        step = blank_step(follower, left, right, place, chain)
        what = "to the end of its section" if lasting else "for its sentence"
        follower.steps.append(replace(step, verdict=ASSUMED, reason=f"a hypothesis, which holds {what}"))
