"""The meaning of derivatives: of the loss, of a node by a node (total or local), of an expression, with indices or without."""

from __future__ import annotations

from symbn.elaboration.context import Context, Inside
from symbn.elaboration.meaning import LOCAL, TOTAL, Meaning, OutsideError, Quantity, Slope, SumOver
from symbn.elaboration.readings import TRUE_ONLY_IF
from symbn.elaboration.resolving import ARRAYS, Resolved, resolve
from symbn.errors import unreadable
from symbn.kernel.term import BATCH, Entry, Index, Var, subterms
from symbn.layers.graph import Graph
from symbn.syntax.tree import Derivative, Name, Node, Scripted


def derivative(context: Context, node: Derivative, inside: Inside) -> Meaning:
    of_node, by_nodes = node.of, node.by
    of_name = resolve(of_node, context.notation) if isinstance(of_node, Name | Scripted) else None
    result: Meaning
    if of_name is not None and of_name.role == "L" and of_name.power is None:
        if of_name.indices or of_name.label:
            raise unreadable("bad-index", "the loss has no index", node.of.span)
        if len(by_nodes) > 1:
            raise OutsideError("the second derivative of the loss is not determined by its gradient")
        result = Quantity("L")
    elif both_omitted(context, of_name, by_nodes):
        return jacobian(context, of_name, by_nodes[0], node, inside)
    else:
        result = context.read(of_node, inside)
    for by_node in by_nodes:
        by = variable(context, by_node, inside)
        result = Slope(result, by, kind(context, result, by, node.sign) if len(by_nodes) == 1 else TOTAL)
    return result


def both_omitted(context: Context, of: Resolved | None, by_nodes: tuple[Node, ...]) -> bool:
    by = resolve(by_nodes[0], context.notation) if isinstance(by_nodes[0], Name | Scripted) else None
    return (
        len(by_nodes) == 1
        and of is not None
        and by is not None
        and all(r.role in ARRAYS and not r.indices and r.label is None and r.power is None for r in (of, by))
    )


def jacobian(context: Context, of: Resolved | None, by_node: Node, node: Derivative, inside: Inside) -> Meaning:
    span = node.span
    assert of is not None
    assert isinstance(by_node, Name | Scripted)
    by = resolve(by_node, context.notation)
    assert by is not None
    if inside.default is not None or context.scope.wide:
        raise unreadable("missing-index", "this derivative lacks its indices", span, f"write {of.key}_i and {by.key}_k")
    context.bare.add("jacobian")
    name = f"d{of.key}/d{by.key}"
    options = [
        f"{name} without indices is the whole Jacobian, entry by entry",
        f"{name} without indices takes the same index on both",
        f"{name} without indices is the sum of all entries of the Jacobian: write \\sum_i \\sum_k",
    ]
    taken = context.choices.pick(f"jacobian {of.role} {by.role}", options)
    if taken == 2:
        context.totals += 1
        if context.totals == 2:  # nobody compares two grand totals and writes neither sum
            context.choices.withheld.append(f"{TRUE_ONLY_IF}each {name} is the sum of all its entries: write \\sum_i \\sum_k")
    if taken == 1:
        index = context.neighbour(of.key, BATCH, span)
        target = Quantity(by.role, (index,))
        of_meaning = Quantity(of.role, (index,))
        return Slope(of_meaning, target, kind(context, of_meaning, target, node.sign))
    row, column = jacobian_letters(context)
    entry = Quantity(of.role, (row,))
    target = Quantity(by.role, (column,))
    slope = Slope(entry, target, kind(context, entry, target, node.sign))
    return slope if taken == 0 else SumOver(row, (), SumOver(column, (), slope))


def jacobian_letters(context: Context) -> tuple[Index, Index]:
    # The same two letters for every such derivative of the equation, so that both sides speak of one entry.
    first = context.scope.letter()
    return Index(first), Index(context.scope.letter(frozenset({first})))


def variable(context: Context, node: Node, inside: Inside) -> Quantity:
    meaning = context.read(node, inside)
    if isinstance(meaning, Quantity) and meaning.name not in ("L", "m", "n", "g"):
        return meaning
    raise unreadable(
        "bad-derivative",
        "a derivative is taken by a quantity of the layer or a free number",
        node.span,
        "name one quantity",
    )


def kind(context: Context, of: Meaning, by: Quantity, sign: str) -> str:
    """Choose between the total and the local derivative, where they may differ.

    Raises: OutsideError for a derivative against the order of computation, which depends on what is held fixed.
    """
    if not isinstance(of, Quantity) or of.name not in context.graph.nodes or by.name not in context.graph.nodes:
        return TOTAL
    backwards = of.name != by.name and context.graph.depends(by.name, of.name)
    # The input is held fixed where one differentiates by a moment, as in d (x_i - mu) / d mu.
    if backwards and not (of.name == "x" and by.name in ("mu", "var")):
        raise OutsideError(f"{by.name} is computed from {of.name}, so that d{of.name}/d{by.name} depends on what is held fixed")
    others = held_fixed(context.graph, of, by)
    if not others:
        return TOTAL
    name = f"d{of.name}/d{by.name}"
    if context.signs.setdefault(name, sign) != sign:
        words = "the total derivative and the local one, which are not told apart in one equation"
        context.choices.doubts.append(f"{name} is written with d and with \\partial: they may mean {words}")
    held = " and ".join(others)
    options = [f"{name} is the total derivative", f"{name} is the local derivative, with {held} held fixed"]
    return (TOTAL, LOCAL)[context.choices.pick(f"derivative {of.name} {by.name}", options)]


def held_fixed(graph: Graph, of: Quantity, by: Quantity) -> list[str]:
    """Return what the local derivative holds fixed, and the total one does not: parents of `of` that depend on `by` too."""
    own = graph.own_term(graph.leaf(of.name, of.indices), by.name)
    if own is None or of.name == by.name:
        return []
    parents = {term.name for term in subterms(own) if isinstance(term, Var | Entry)}
    return [name for name in graph.nodes if name != by.name and name in parents and graph.depends(name, by.name)]
