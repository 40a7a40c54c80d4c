"""The meaning of Kronecker deltas, indicators, cases, and of the side conditions of an equation."""

from __future__ import annotations

from fractions import Fraction as Rational

from symbn.diagnostic import Span
from symbn.elaboration.context import Context, Inside
from symbn.elaboration.meaning import Constant, Meaning, Plus, Quantity, Same, free, names, times
from symbn.errors import UnreadableError, unreadable
from symbn.kernel.goal import Condition
from symbn.kernel.term import Index
from symbn.syntax.tree import Cases, Name, Node, Number, Relation


def condition(context: Context, relation: Relation) -> Condition:
    left, right = (
        context.scope.index(node) if isinstance(node, Name | Number) else Index("?") for node in (relation.left, relation.right)
    )
    if left.axis != right.axis:
        raise unreadable("two-roles", "the condition compares an example with a feature", relation.span)
    return Condition(left, right, relation.operator == "=")


def on_indices(relation: Relation) -> bool:
    """Tell whether a condition compares indices; the other ones give a value to an input."""
    return all(
        isinstance(node, Number) or (isinstance(node, Name) and len(node.text) == 1) for node in (relation.left, relation.right)
    )


def values_of(context: Context, given: tuple[Relation, ...]) -> tuple[tuple[Quantity, Meaning], ...]:
    """Return the inputs that the conditions fix, with their values: gamma = sqrt(var + eps). Raises: UnreadableError."""
    found: list[tuple[Quantity, Meaning]] = []
    for relation in given:
        if relation.operator != "=":
            raise _refused(relation, "only an equation gives a value")
        left, right = (context.read(side, Inside()) for side in (relation.left, relation.right))
        known = isinstance(left, Quantity) and (left.name in ("gamma", "beta", "g") or left.name not in context.graph.nodes)
        if not isinstance(left, Quantity) or not known or left.name in ("m", "n", "deviation"):
            raise _refused(relation, "a condition gives a value to gamma, beta, g or a free number")
        if any(isinstance(index.name, int) for index in left.indices):
            raise _refused(relation, "a condition on one entry alone is not read")
        found.append((left, right))
    fixed = {left.name for left, _ in found}
    used = {name for _, right in found for name in names(right)}
    if len(fixed) < len(found) or any(name == "L" or context.graph.depends(name, f) for name in used for f in fixed):
        raise _refused(given[0], "these conditions depend on each other")
    return tuple(found)


def _refused(relation: Relation, why: str) -> UnreadableError:
    return unreadable("unsupported-condition", f"this condition is outside what symbn reads: {why}", relation.span)


def same(context: Context, left: Name | Number, right: Name | Number, span: Span, inside: Inside) -> Same:
    pair = Same(context.index(left, inside), context.index(right, inside))
    if pair.left.axis != pair.right.axis:
        raise unreadable("two-roles", "this compares an example with a feature", span, "use indices of one kind")
    return pair


def indicator(context: Context, condition: Node, inside: Inside) -> Meaning:
    if isinstance(condition, Relation) and condition.operator in ("=", "\\neq"):
        pair = (condition.left, condition.right)
        if isinstance(pair[0], Name | Number) and isinstance(pair[1], Name | Number):
            equal = same(context, pair[0], pair[1], condition.span, inside)
            if condition.operator == "=":
                return equal
            return Plus((Constant(Rational(1)), times(Constant(Rational(-1)), equal)))
    raise unreadable("unsupported", "only conditions i = k and i \\neq k are read", condition.span)


def cases(context: Context, node: Cases, inside: Inside) -> Meaning:
    first = node.conditions[0]
    if len(node.values) != 2 or first is None:
        raise unreadable("unsupported", "two cases are read: i = k and i \\neq k (or otherwise)", node.span)
    holds = indicator(context, first, inside)
    second = node.conditions[1]
    fails = Plus((Constant(Rational(1)), times(Constant(Rational(-1)), holds)))
    if second is not None:
        other = indicator(context, second, inside)
        opposite = isinstance(first, Relation) and isinstance(second, Relation) and first.operator != second.operator
        if not opposite or not {frozenset(free(holds))} == {frozenset(free(other))}:
            raise unreadable("unsupported", "the two conditions must be opposite", second.span, "write i = k and i \\neq k")
    values = [context.read(value, inside) for value in node.values]
    return Plus((times(holds, values[0]), times(fails, values[1])))
