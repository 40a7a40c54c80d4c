"""Hypotheses: conditions that the prose sets for its sentence (`when $i = j$`) or from there on (`assume`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from symbn.answer import ASSUMED
from symbn.document.prose import prose_between
from symbn.document.source import Formula, Text
from symbn.decision.decide import proved
from symbn.elaboration.conditions import on_indices
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.notation import BATCH_NAMES, FEATURE_NAMES, Notation
from symbn.elaboration.resolving import resolve
from symbn.errors import SymbnError, UnreadableError
from symbn.following import defining, prose, wording
from symbn.following.chains import DEFINES, Chain, Fault, chains
from symbn.following.restrictions import UNUSABLE, is_bound, restriction
from symbn.following.state import Follower, Hypothesis, blank_step
from symbn.judging import Options
from symbn.syntax.parser import parse
from symbn.syntax.tree import Name, Node, Number, Relation, Scripted, names_in, number_value

SIZES = frozenset((*BATCH_NAMES, *FEATURE_NAMES))
_SECONDS = 0.5  # for one attempt to prove what is assumed
_CASES = 4  # conditions that may be cases beside each other
_INPUTS = frozenset(("x", "g", "gamma", "beta"))
_OPPOSITE = {"=": "\\neq", "\\neq": "="}
_CONDITIONS = tuple(_OPPOSITE)


def said_by(follower: Follower, formula: Formula, relations: Iterable[Relation], lasting: bool) -> list[Hypothesis]:
    line = follower.document.place(formula.span.start)[0]
    shown = follower.document.text[formula.span.start : formula.span.end]
    return [Hypothesis(relation, lasting, line, shown) for relation in relations]


def restrictions_of(follower: Follower, place: int, formula: Formula) -> tuple[Relation, ...] | None:
    """Return what a formula restricts that is a range, a list or a bound, or None. `$i = 1$ to $m$` is a range too."""
    notation = follower.notation
    text = formula.text.text
    ends = (*prose.goes_on(*prose_behind(follower, place)), "") if text.rstrip()[-1:].isdigit() else ("",)
    tried = (restriction(text + end, notation, lambda node: _is_index(node, notation)) for end in ends)
    return next((found for found in tried if found is not None), None)


def prose_behind(follower: Follower, place: int) -> tuple[str, str]:
    """Return the prose behind a formula, and the formula after that if it stands in a line with it."""
    items = follower.document.items
    words = prose.plain(prose_between(follower.document, place + 1))
    after = items[place + 1] if place + 1 < len(items) else None
    return words, after.text.text if isinstance(after, Formula) and not after.display else ""


def restrict(follower: Follower, place: int, formula: Formula, relations: tuple[Relation, ...], role: str, before: str) -> None:
    """Take a range, a list or a bound as what it is: a hypothesis of its sentence, or of its section if it is assumed or said
    to hold."""
    stated = role == prose.CLAIM and place not in follower.behind and all(map(is_bound, relations))
    lasting = stated or role == prose.ASSUMPTION or prose.lasts(before)
    said = said_by(follower, formula, relations, lasting)
    if prose.negated(before):
        said = opposites(said)
    again(follower, set[str]().union(*(names_in(relation.left) for relation in relations)))
    if place in follower.behind:
        follower.attached += said
    else:
        follower.hypotheses += said
    if lasting:
        follower.remembered += said


def again(follower: Follower, names: set[str]) -> None:
    """Let what was assumed of the names before this sentence leave doubt only: the text says something else of them."""
    follower.remembered = [
        replace(h, lasting=False) if h.letters & names and h not in follower.hypotheses else h for h in follower.remembered
    ]


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


def opposites(hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Return what `unless` supposes: indices that differ where these are equal. Of several at once, and of values, the
    contrary is no condition that could be used; it is kept as one that leaves doubt."""
    if len(hypotheses) == 1:
        relation = hypotheses[0].relation
        if relation.operator in _OPPOSITE and on_indices(relation) and not on_sizes(relation):
            return [replace(hypotheses[0], relation=replace(relation, operator=_OPPOSITE[relation.operator]))]
    return [unusable(h) for h in hypotheses]


def unusable(hypothesis: Hypothesis) -> Hypothesis:
    """Return a condition that says only that there is one: under it nothing is refuted."""
    return replace(hypothesis, relation=replace(hypothesis.relation, operator=UNUSABLE))


def on_sizes(relation: Relation) -> bool:
    """Tell whether a condition says how large something is, N = 2, which no equation takes as a condition on its indices."""
    return isinstance(relation.left, Name) and isinstance(relation.right, Number) and relation.left.text in SIZES


def conditions_of(chain: Chain) -> Iterator[Relation]:
    """Yield the conditions that a chain states; `\\neq` between anything but indices, and `\\approx`, can only leave doubt."""
    for left, sign, right in zip(chain.sides, chain.relations, chain.sides[1:], strict=False):
        relation = Relation(left.node.span.to(right.node.span), sign, left.node, right.node)
        plain = sign in ("=", *DEFINES) or (sign == "\\neq" and on_indices(relation) and not on_sizes(relation))
        yield replace(relation, operator=("\\neq" if sign == "\\neq" else "=") if plain else UNUSABLE)


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


def taken_as_hypothesis(follower: Follower, place: int, chain: Chain, role: str, options: Options, before: str) -> bool:
    """Take a chain as a hypothesis of the prose before it, if it is one, and tell whether it is.

    What `let` and `where` introduce is checked when it defines a node of the layer. What is assumed is never judged, unless it
    is true anyway.
    """
    left, right = chain.sides[0].node, chain.sides[-1].node
    if chain.relations[0] in DEFINES and defining.updates(left, right):
        return False  # whatever the words say, the name gets another value
    upstream = defining.is_upstream(left, right, options.notation) and number_value(right) is not None
    named = defining.defines(left, options.notation) is not None
    supposed = gives_value_to_input(chain, options)
    valued = gives_value_to_node(chain, options)
    if role == prose.HYPOTHESIS:
        supposed = supposed or valued or prose.strong(before)
    elif role == prose.DEFINITION:
        supposed = upstream or valued or (supposed and not named)
    elif not supposed:
        supposed = not named and not _true_anyway(chain, options)
    if supposed:
        assume(follower, place, chain, options, role == prose.ASSUMPTION or prose.lasts(before), before)
    return supposed


def _true_anyway(chain: Chain, options: Options) -> bool:
    pairs = zip(chain.sides, chain.relations, chain.sides[1:], strict=False)
    try:
        return all(
            sign == "=" and proved(readings(left.node, right.node, chain.conditions, options.notation), _SECONDS) is not None
            for left, sign, right in pairs
        )
    except (SymbnError, OutsideError):
        return False


def gives_value_to_input(chain: Chain, options: Options) -> bool:
    """Tell whether the chain says gamma = 1, N = 2 or i = j: what one supposes, and what no equation of the layer claims."""
    left, right = chain.sides[0].node, chain.sides[-1].node
    return (
        is_index_condition(chain, options.notation)
        or defining.is_size(left, right, options.notation)
        or defining.layer_node(left, options.notation) == "input"
        or defining.is_upstream(left, right, options.notation)
    )


def gives_value_to_node(chain: Chain, options: Options) -> bool:
    """Tell whether the chain says mu = 0 or sum x_i = 0: what one supposes of the nodes, and of what is computed from inputs
    alone."""
    left, right = chain.sides[0].node, chain.sides[-1].node
    roles = set() if isinstance(left, Name | Scripted) else defining.roles_in(left, options.notation)
    defined = defining.layer_node(left, options.notation) == "defined" or (bool(roles) and roles <= _INPUTS)
    return number_value(right) is not None and defined


def gives_value_to_free(chain: Chain, options: Options, display: bool) -> bool:
    """Tell whether the chain says gamma = 1 or x_1 = 0, as an example does: no equation of the layer claims that."""
    left, right = chain.sides[0].node, chain.sides[-1].node
    entry = isinstance(left, Name) or (isinstance(left, Scripted) and defining.is_numbered(left))
    free = (entry and defining.is_input(left, options.notation)) or (
        not display and defining.is_parameter(left, options.notation)
    )
    return free and number_value(right) is not None


def unread_value(fault: Fault, notation: Notation) -> bool:
    """Tell whether a step that cannot be read gives numbers to an input, x = (1, 3): what follows may be about these only."""
    if not any(character.isdigit() for character in fault.text.text[fault.right.start : fault.right.end]):
        return False
    try:
        statements = parse(fault.text.text[fault.left.start : fault.left.end], "latex")
    except UnreadableError:
        return False
    sides = [side for statement in statements for side in statement.sides]
    return not fault.lists and len(sides) == 1 and defining.layer_node(sides[0], notation) == "input"


def is_usable(chain: Chain, options: Options) -> bool:
    """Tell the same of what an equation can be judged under: not of x_i = x_k, which is rather a claim where it may be one."""
    left, right = chain.sides[0].node, chain.sides[-1].node
    if len(chain.sides) == 2 and on_indices(Relation(left.span, "=", left, right)):  # by its looks: g = 1 is none
        return is_index_condition(chain, options.notation) or defining.is_size(left, right, options.notation)
    return gives_value_to_input(chain, options) and not defining.is_input(left, options.notation)


def assume(
    follower: Follower, place: int, chain: Chain, options: Options, lasting: bool, before: str = "", near: bool = False
) -> None:
    """Take a chain as a hypothesis.

    before: the prose before it, which may exclude what it says, or make it an alternative. near: nothing says of what it is a
    condition.
    """
    found = list(conditions_of(chain))
    letters = set[str]().union(*(names_in(relation) for relation in found if on_indices(relation)))
    if letters:
        follower.hypotheses = [h for h in follower.hypotheses if not (on_indices(h.relation) and h.letters <= letters)]
    blank = blank_step(follower, chain.sides[0], chain.sides[-1], 0, chain)
    shown = f"{blank.lhs} {chain.relations[0]} {blank.rhs}"
    new = [Hypothesis(relation, lasting, blank.line, shown) for relation in found]
    behind = prose_behind(follower, place)[0]
    contrary = prose.negated(before) or prose.denied(behind)
    said = follower.sentence.removesuffix(before) + before
    doubtful = prose.vague(before, behind) or (lasting and not wording.meant(said, behind))
    if doubtful or not is_usable(chain, options):
        new = [unusable(h) for h in new]
    elif contrary:
        new = opposites(new)
    elif prose.joins(before) and (follower.contrary or prose.alternative(before)):
        # Neither the contrary of two conditions nor one of two is a condition that could be used.
        new = [unusable(h) for h in new]
        spoiled = {h.shown for h in follower.hypotheses}
        follower.hypotheses = [unusable(h) for h in follower.hypotheses]
        follower.remembered = [h for h in follower.remembered if h.shown not in spoiled]
    follower.contrary = contrary
    if near or place in follower.behind:  # a condition behind its claim belongs to no other one
        follower.attached += new
    else:
        follower.hypotheses += new
    # A new value of a name takes the place of the old one, which may be meant again where the new one holds for a sentence.
    old = [h if not h.shown.startswith(f"{blank.lhs} ") else replace(h, lasting=False) for h in follower.remembered]
    follower.remembered = [h for h in old if h.lasting or not lasting or not h.shown.startswith(f"{blank.lhs} ")] + new
    for number, (left, sign, right) in enumerate(zip(chain.sides, chain.relations, chain.sides[1:], strict=False)):
        if sign not in ("=", *DEFINES):
            continue
        step = blank_step(follower, left, right, number, chain)
        what = "which holds to the end of its paragraph" if lasting else "which holds for its sentence"
        what = "of which it is not said how far it holds" if near else what
        follower.steps.append(replace(step, verdict=ASSUMED, reason=f"a hypothesis, {what}"))


def own_and_around(own: list[Hypothesis], around: list[Hypothesis]) -> tuple[Hypothesis, ...]:
    """Return the conditions of an equation and those of its sentence, without those that it replaces: `.. when $i = k$`, after
    the sentence began with `when $i \\neq k$`."""
    said = {h.letters for h in own if h.usable and on_indices(h.relation)}
    return (*own, *(h for h in around if not (on_indices(h.relation) and h.letters in said)))


def otherwise(follower: Follower) -> list[Hypothesis]:
    """Return the conditions of the other case than the one the sentence, or the last one, spoke of. After two there may be
    none left."""
    left = follower.hypotheses or follower.attached or follower.remembered[-1:]
    lately = [h for h in follower.remembered[-_CASES:] if on_indices(h.relation)]
    several = any(h.letters == one.letters and h.relation.operator != one.relation.operator for one in left for h in lately)
    return [unusable(h) for h in left] if several else opposites(left)
