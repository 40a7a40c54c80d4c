"""The meaning of Kronecker deltas, indicators, cases, and of the side conditions of an equation."""

from __future__ import annotations

from fractions import Fraction as Rational

from symbn.diagnostic import Span
from symbn.elaboration.context import Context, Inside
from symbn.elaboration.meaning import Constant, Meaning, Plus, Same, free, times
from symbn.errors import unreadable
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
